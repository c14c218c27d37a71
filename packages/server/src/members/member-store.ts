import type { Role } from "@stanchion/contract";
import { type Kysely, sql, type Updateable } from "kysely";
import type { Tables } from "../platform/database/index.ts";
import { type ListCursor, likePattern, olderThan } from "../platform/http/index.ts";

type Db = Kysely<Tables>;

export interface MemberRow {
  readonly id: string;
  readonly organizationId: string;
  readonly accountId: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly hasSecondFactor: boolean;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export async function findMember(db: Db, organizationId: string, id: string): Promise<MemberRow | undefined> {
  return membersOf(db, organizationId).where("id", "=", id).executeTakeFirst();
}

export async function listMembers(
  db: Db,
  organizationId: string,
  filter: { limit: number; after: ListCursor | null; search?: string | undefined; role?: Role | undefined },
): Promise<MemberRow[]> {
  const { after, search, role } = filter;
  let query = membersOf(db, organizationId);
  if (after !== null) query = query.where(olderThan(after));
  if (role !== undefined) query = query.where("role", "=", role);
  if (search !== undefined) {
    const pattern = likePattern(search);
    query = query.where((is) => is.or([is("name", "ilike", pattern), is("email", "ilike", pattern)]));
  }
  return query.orderBy("createdAt", "desc").orderBy("id", "desc").limit(filter.limit).execute();
}

/** The owners of an organization, locked: who lowers or removes one of them waits here for the others who do. */
export async function lockOwners(db: Db, organizationId: string): Promise<readonly string[]> {
  const owners = await db
    .selectFrom("members")
    .select("id")
    .where("organizationId", "=", organizationId)
    .where("role", "=", "owner")
    .where("deletedAt", "is", null)
    .orderBy("id")
    .forUpdate()
    .execute();
  return owners.map(({ id }) => id);
}

export async function lockMember(db: Db, organizationId: string, id: string): Promise<MemberRow | undefined> {
  await db
    .selectFrom("members")
    .select("id")
    .where("organizationId", "=", organizationId)
    .where("id", "=", id)
    .forUpdate()
    .execute();
  return findMember(db, organizationId, id);
}

export async function updateMember(
  db: Db,
  organizationId: string,
  id: string,
  values: Updateable<Tables["members"]>,
): Promise<void> {
  await db
    .updateTable("members")
    .set({ ...values, version: sql<number>`version + 1` })
    .where("organizationId", "=", organizationId)
    .where("id", "=", id)
    .execute();
}

/** Makes an account a member; one that is a member already stays what it is. */
export async function insertMembership(
  db: Db,
  values: { id: string; organizationId: string; accountId: string; role: Role; now: Date },
): Promise<void> {
  const { now, ...member } = values;
  await db
    .insertInto("members")
    .values({ ...member, createdAt: now, updatedAt: now, deletedAt: null })
    .onConflict((conflict) =>
      conflict.columns(["organizationId", "accountId"]).where("deletedAt", "is", null).doNothing(),
    )
    .execute();
}

export async function isMemberByEmail(db: Db, organizationId: string, email: string): Promise<boolean> {
  const found = await membersOf(db, organizationId).where("email", "=", email).executeTakeFirst();
  return found !== undefined;
}

function membersOf(db: Db, organizationId: string) {
  return db
    .selectFrom((from) =>
      from
        .selectFrom("members as m")
        .innerJoin("memberAccounts as a", "a.id", "m.accountId")
        .select([
          "m.id",
          "m.organizationId",
          "m.accountId",
          "a.email",
          "a.name",
          "m.role",
          "m.version",
          "m.createdAt",
          "m.updatedAt",
          sql<boolean>`a.totp_confirmed_at is not null`.as("hasSecondFactor"),
        ])
        .where("m.organizationId", "=", organizationId)
        .where("m.deletedAt", "is", null)
        .as("t"),
    )
    .selectAll();
}
