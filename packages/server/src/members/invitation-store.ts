import { type Insertable, type Kysely, type Selectable, sql } from "kysely";
import type { Tables } from "../platform/database/index.ts";
import { type ListCursor, likePattern, olderThan } from "../platform/http/index.ts";

type Db = Kysely<Tables>;

export type InvitationRow = Selectable<Tables["memberInvitations"]>;

/** One that is over makes room for a new one to the same address. */
export async function retireExpired(db: Db, organizationId: string, email: string, now: Date): Promise<void> {
  await db
    .updateTable("memberInvitations")
    .set({ revokedAt: sql<Date>`expires_at` })
    .where("organizationId", "=", organizationId)
    .where("email", "=", email)
    .where("acceptedAt", "is", null)
    .where("revokedAt", "is", null)
    .where("expiresAt", "<=", now)
    .execute();
}

export async function hasOpenInvitation(db: Db, organizationId: string, email: string): Promise<boolean> {
  const found = await invitationsOf(db, organizationId)
    .where("email", "=", email)
    .where("acceptedAt", "is", null)
    .where("revokedAt", "is", null)
    .executeTakeFirst();
  return found !== undefined;
}

export async function insertInvitation(
  db: Db,
  values: Insertable<Tables["memberInvitations"]>,
): Promise<InvitationRow> {
  return db.insertInto("memberInvitations").values(values).returningAll().executeTakeFirstOrThrow();
}

/** Takes one back that was never sent. */
export async function deleteInvitation(
  db: Db,
  { organizationId, id }: Pick<InvitationRow, "organizationId" | "id">,
): Promise<void> {
  await db
    .deleteFrom("memberInvitations")
    .where("organizationId", "=", organizationId)
    .where("id", "=", id)
    .execute();
}

export async function findInvitation(
  db: Db,
  organizationId: string,
  id: string,
): Promise<InvitationRow | undefined> {
  return invitationsOf(db, organizationId).where("id", "=", id).executeTakeFirst();
}

export async function findInvitationByToken(db: Db, tokenHash: Buffer): Promise<InvitationRow | undefined> {
  return db.selectFrom("memberInvitations").selectAll().where("tokenHash", "=", tokenHash).executeTakeFirst();
}

export async function listInvitations(
  db: Db,
  organizationId: string,
  filter: { limit: number; after: ListCursor | null; search?: string | undefined },
): Promise<InvitationRow[]> {
  const { after, search } = filter;
  let query = invitationsOf(db, organizationId);
  if (after !== null) query = query.where(olderThan(after));
  if (search !== undefined) query = query.where("email", "ilike", likePattern(search));
  return query.orderBy("createdAt", "desc").orderBy("id", "desc").limit(filter.limit).execute();
}

/** False where it was accepted or revoked meanwhile. */
export async function spendInvitation(
  db: Db,
  { organizationId, id }: Pick<InvitationRow, "organizationId" | "id">,
  values: { acceptedAt: Date } | { revokedAt: Date },
): Promise<boolean> {
  const spent = await db
    .updateTable("memberInvitations")
    .set(values)
    .where("organizationId", "=", organizationId)
    .where("id", "=", id)
    .where("acceptedAt", "is", null)
    .where("revokedAt", "is", null)
    .returning("id")
    .execute();
  return spent.length > 0;
}

function invitationsOf(db: Db, organizationId: string) {
  return db.selectFrom("memberInvitations").selectAll().where("organizationId", "=", organizationId);
}
