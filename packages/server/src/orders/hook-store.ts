import type { HookResult } from "@stanchion/contract";
import { type Insertable, type Kysely, sql, type Updateable } from "kysely";
import { overridesOf } from "../identity/index.ts";
import type { Tables } from "../platform/database/index.ts";
import { type ListCursor, olderThan, type Tenant } from "../platform/http/index.ts";
import type { HookRow } from "./hook.ts";

type Db = Kysely<Tables>;
type Owner = Pick<Tenant, "organizationId" | "isLive">;

export async function insertHook(db: Db, values: Insertable<Tables["hooks"]>): Promise<HookRow> {
  return db.insertInto("hooks").values(values).returningAll().executeTakeFirstOrThrow();
}

export async function findHook(db: Db, owner: Owner, id: string): Promise<HookRow | undefined> {
  return hooksOf(db, owner).where("id", "=", id).executeTakeFirst();
}

export async function lockHook(db: Db, owner: Owner, id: string): Promise<HookRow | undefined> {
  return hooksOf(db, owner).where("id", "=", id).forUpdate().executeTakeFirst();
}

export async function listHooks(
  db: Db,
  owner: Owner,
  { after, limit }: { after: ListCursor | null; limit: number },
): Promise<HookRow[]> {
  let query = hooksOf(db, owner);
  if (after !== null) query = query.where(olderThan(after));
  return query.orderBy("createdAt", "desc").orderBy("id", "desc").limit(limit).execute();
}

/** How many there are; those that are being made meanwhile wait until the transaction is over. */
export async function countHooksLocked(db: Db, owner: Owner): Promise<number> {
  const lane = `stanchion hooks ${owner.organizationId} ${owner.isLive}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${lane}, 0))`.execute(db);
  return (await hooksOf(db, owner).execute()).length;
}

export async function updateHook(
  db: Db,
  owner: Owner,
  id: string,
  values: Updateable<Tables["hooks"]>,
): Promise<HookRow> {
  return db
    .updateTable("hooks")
    .set({ ...values, version: sql<number>`version + 1` })
    .where("organizationId", "=", owner.organizationId)
    .where("isLive", "=", owner.isLive)
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** A hook that is called, whosever it is, with the limits of its organization. */
export async function findCalledHook(
  db: Db,
  id: string,
): Promise<(HookRow & Pick<Tenant, "rateLimits">) | undefined> {
  const row = await db
    .selectFrom("hooks")
    .innerJoin("organizations", "organizations.id", "hooks.organizationId")
    .selectAll("hooks")
    .select("organizations.rateLimits")
    .where("hooks.id", "=", id)
    .where("hooks.deletedAt", "is", null)
    .executeTakeFirst();
  return row === undefined ? undefined : { ...row, rateLimits: overridesOf(row) };
}

/** What has come of something that was received. */
export interface HookEvent {
  readonly result: HookResult;
  readonly orderId: string | null;
}

/** Notes that this is being received; waits for whoever receives the same at this moment. Answers what came of it where it was received before. */
export async function claimHookEvent(
  db: Db,
  {
    hookId,
    organizationId,
    eventId,
    topic,
  }: Record<"hookId" | "organizationId" | "eventId" | "topic", string>,
): Promise<HookEvent | null> {
  const claimed = await sql`
    insert into hook_events (hook_id, event_id, organization_id, topic, result, received_at)
    values (${hookId}, ${eventId}, ${organizationId}, ${topic}, 'IGNORED', stanchion_now())
    on conflict (hook_id, event_id) do nothing returning 1`.execute(db);
  if (claimed.rows.length > 0) return null;
  const known = await db
    .selectFrom("hookEvents")
    .select(["result", "orderId"])
    .where("organizationId", "=", organizationId)
    .where("hookId", "=", hookId)
    .where("eventId", "=", eventId)
    .executeTakeFirstOrThrow();
  // Written by settleHookEvent or the claim alone.
  return { result: known.result as HookResult, orderId: known.orderId };
}

export async function settleHookEvent(
  db: Db,
  { hookId, organizationId, eventId }: Record<"hookId" | "organizationId" | "eventId", string>,
  { result, orderId }: HookEvent,
): Promise<void> {
  await db
    .updateTable("hookEvents")
    .set({ result, orderId })
    .where("organizationId", "=", organizationId)
    .where("hookId", "=", hookId)
    .where("eventId", "=", eventId)
    .execute();
}

function hooksOf(db: Db, { organizationId, isLive }: Owner) {
  return db
    .selectFrom("hooks")
    .selectAll()
    .where("organizationId", "=", organizationId)
    .where("isLive", "=", isLive)
    .where("deletedAt", "is", null);
}
