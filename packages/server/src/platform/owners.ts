import { type ErrorCode, encodeId, type IdKind } from "@stanchion/contract";
import { type Kysely, sql } from "kysely";
import type { Tables } from "./database/index.ts";
import { type ApiError, apiError } from "./errors/index.ts";
import type { Tenant } from "./http/index.ts";

/** Notes whose a new id is; 409 ALREADY_EXISTS where the caller's own id is taken, by whomever. */
export async function claimId(
  db: Kysely<Tables>,
  kind: IdKind,
  id: string,
  tenant: Pick<Tenant, "organizationId" | "isLive">,
): Promise<void> {
  const inserted = await db
    .insertInto("owners")
    .values({ id, kind, organizationId: tenant.organizationId, isLive: tenant.isLive })
    .onConflict((conflict) => conflict.columns(["id", "kind"]).doNothing())
    .returning("id")
    .executeTakeFirst();
  if (inserted === undefined) throw apiError("ALREADY_EXISTS", { details: { id: encodeId(kind, id) } });
}

/** Notes whose these ids are, which the server has just made and nobody else can have. */
export async function claimNewIds(
  db: Kysely<Tables>,
  kind: IdKind,
  ids: readonly string[],
  { organizationId, isLive }: Pick<Tenant, "organizationId" | "isLive">,
): Promise<void> {
  await sql`
    insert into owners (id, kind, organization_id, is_live)
    select id, ${kind}, ${organizationId}, ${isLive} from unnest(${[...ids]}::uuid[]) as id`.execute(db);
}

export interface Owner {
  readonly id: string;
  readonly organizationId: string;
  /** Null: of what belongs to no mode. */
  readonly isLive: boolean | null;
  readonly deletedAt: Date | null;
}

/** Whose the things are that have no row among the owners, deleted or not; those that there are not are missing. */
export async function findOwnersOf(
  db: Kysely<Tables>,
  kind: "consumer" | "member" | "invitation",
  ids: readonly string[],
): Promise<Owner[]> {
  if (ids.length === 0) return [];
  const found = await sql<Owner>`
    select id, organization_id as "organizationId", is_live as "isLive", deleted_at as "deletedAt"
    from stanchion_owners_of(${kind}, ${[...ids]}::uuid[])`.execute(db);
  return found.rows;
}

export async function markDeleted(
  db: Kysely<Tables>,
  kind: IdKind,
  id: string,
  tenant: Pick<Tenant, "organizationId">,
  deletedAt: Date,
): Promise<void> {
  await db
    .updateTable("owners")
    .set({ deletedAt })
    .where("organizationId", "=", tenant.organizationId)
    .where("id", "=", id)
    .where("kind", "=", kind)
    .execute();
}

/** Why a thing was not found among one's own: another organization's (403), the other mode's, deleted, or none at all (404). */
export async function missing(
  db: Kysely<Tables>,
  notFound: ErrorCode,
  kind: IdKind,
  id: string,
  tenant: Tenant,
): Promise<ApiError> {
  const owner = await db
    .selectFrom("owners")
    .selectAll()
    .where("id", "=", id)
    .where("kind", "=", kind)
    .executeTakeFirst();
  if (owner === undefined) return apiError(notFound);
  if (owner.organizationId !== tenant.organizationId) return apiError("OTHER_ORGANIZATION");
  const isDeleted = owner.isLive === tenant.isLive && owner.deletedAt !== null;
  return apiError(notFound, isDeleted ? { details: { deleted: true } } : {});
}
