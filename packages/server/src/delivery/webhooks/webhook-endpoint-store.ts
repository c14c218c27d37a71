import type { EventType, WebhookEndpoint } from "@stanchion/contract";
import { type Insertable, type Kysely, sql, type Updateable } from "kysely";
import type { Tables } from "../../platform/database/index.ts";
import { type ListCursor, olderThan, type Tenant } from "../../platform/http/index.ts";
import type { WebhookEndpointRow } from "./webhook-endpoint.ts";

type Db = Kysely<Tables>;
type Owner = Pick<Tenant, "organizationId" | "isLive">;

export async function insertEndpoint(
  db: Db,
  values: Insertable<Tables["webhookEndpoints"]>,
): Promise<WebhookEndpointRow> {
  return db.insertInto("webhookEndpoints").values(values).returningAll().executeTakeFirstOrThrow();
}

export async function findEndpoint(
  db: Db,
  owner: Owner,
  id: string,
): Promise<WebhookEndpointRow | undefined> {
  return endpointsOf(db, owner).where("id", "=", id).executeTakeFirst();
}

export async function lockEndpoint(
  db: Db,
  owner: Owner,
  id: string,
): Promise<WebhookEndpointRow | undefined> {
  return endpointsOf(db, owner).where("id", "=", id).forUpdate().executeTakeFirst();
}

export async function listEndpoints(
  db: Db,
  owner: Owner,
  filter: {
    limit: number;
    after: ListCursor | null;
    status?: WebhookEndpoint["status"] | undefined;
  },
): Promise<WebhookEndpointRow[]> {
  const { after, status } = filter;
  let query = endpointsOf(db, owner);
  if (after !== null) query = query.where(olderThan(after));
  if (status !== undefined) query = query.where("disabledAt", status === "ENABLED" ? "is" : "is not", null);
  return query.orderBy("createdAt", "desc").orderBy("id", "desc").limit(filter.limit).execute();
}

export async function updateEndpoint(
  db: Db,
  owner: Owner,
  id: string,
  values: Updateable<Tables["webhookEndpoints"]>,
): Promise<WebhookEndpointRow> {
  return db
    .updateTable("webhookEndpoints")
    .set({ ...values, version: sql<number>`version + 1` })
    .where("organizationId", "=", owner.organizationId)
    .where("isLive", "=", owner.isLive)
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Changes to what an organization's endpoints are told wait for each other here. */
export async function lockSubscriptions(db: Db, { organizationId, isLive }: Owner): Promise<void> {
  await db
    .insertInto("eventSubscriptions")
    .values({ organizationId, isLive, types: [] })
    .onConflict((conflict) =>
      conflict.columns(["organizationId", "isLive"]).doUpdateSet((row) => ({
        types: row.ref("eventSubscriptions.types"),
      })),
    )
    .execute();
}

export async function countEndpoints(db: Db, owner: Owner): Promise<number> {
  const { count } = await db
    .selectFrom("webhookEndpoints")
    .select((is) => is.fn.countAll<number>().as("count"))
    .where("organizationId", "=", owner.organizationId)
    .where("isLive", "=", owner.isLive)
    .where("deletedAt", "is", null)
    .executeTakeFirstOrThrow();
  return count;
}

/** Notes anew which types somebody of the organization is told of. Under the lock of its subscriptions. */
export async function writeSubscriptions(db: Db, owner: Owner): Promise<void> {
  const { rows } = await sql<{ events: EventType[] }>`
    select events from event_receivers
    where organization_id = ${owner.organizationId} and is_live = ${owner.isLive}`.execute(db);
  const types: EventType[] = [...new Set(rows.flatMap(({ events }) => events))].sort();
  const known = db
    .selectFrom("eventSubscriptions")
    .select("types")
    .where("organizationId", "=", owner.organizationId)
    .where("isLive", "=", owner.isLive);
  const { types: before } = await known.executeTakeFirstOrThrow();
  const isNew = (wanted: readonly EventType[]): boolean =>
    wanted.some((type) => types.includes(type) && !before.includes(type));
  if (isNew(["queue.opened", "queue.closed"])) await watchOpenings(db, owner);
  if (isNew(["queue.consumer.entered", "draw.consumer.entered"])) await watchEntering(db, owner);
  if (isNew(["draw.consumer.lost"])) await watchLosing(db, owner);
  await db
    .updateTable("eventSubscriptions")
    .set({ types })
    .where("organizationId", "=", owner.organizationId)
    .where("isLive", "=", owner.isLive)
    .execute();
}

/** What is open or closed by now is not told of; what is made from now on has no row, and is neither yet. */
async function watchOpenings(db: Db, { organizationId, isLive }: Owner): Promise<void> {
  await sql`
    insert into event_watches (distribution_id, organization_id, is_live, is_opened, is_closed)
    select q.id, q.organization_id, q.is_live, coalesce(q.open_at <= stanchion_now(), true),
      coalesce(least(q.close_at, e.close_at) <= stanchion_now(), false)
    from queues q join experiences e on e.id = q.experience_id
    where q.organization_id = ${organizationId} and q.is_live = ${isLive} and q.deleted_at is null
    on conflict (distribution_id) do update set is_opened = excluded.is_opened, is_closed = excluded.is_closed`.execute(
    db,
  );
}

/** Nor who is in already. */
async function watchEntering(db: Db, { organizationId, isLive }: Owner): Promise<void> {
  await sql`
    insert into event_watches (distribution_id, organization_id, is_live, last_number)
    select q.id, q.organization_id, q.is_live, l.last_ticket from queues q join lines l on l.queue_id = q.id
    where q.organization_id = ${organizationId} and q.is_live = ${isLive} and q.deleted_at is null
    union all
    select d.id, d.organization_id, d.is_live, l.last_number from draws d join draw_lists l on l.draw_id = d.id
    where d.organization_id = ${organizationId} and d.is_live = ${isLive} and d.deleted_at is null
    on conflict (distribution_id) do update set last_number = excluded.last_number`.execute(db);
}

/** Nor of draws that are published. */
async function watchLosing(db: Db, { organizationId, isLive }: Owner): Promise<void> {
  await sql`
    insert into event_watches (distribution_id, organization_id, is_live, last_lost)
    select d.id, d.organization_id, d.is_live, o.last_number from draws d join draw_outcomes o on o.draw_id = d.id
    where d.organization_id = ${organizationId} and d.is_live = ${isLive} and d.deleted_at is null
      and o.published_at is not null
    on conflict (distribution_id) do update set last_lost = excluded.last_lost`.execute(db);
}

function endpointsOf(db: Db, { organizationId, isLive }: Owner) {
  return db
    .selectFrom("webhookEndpoints")
    .selectAll()
    .where("organizationId", "=", organizationId)
    .where("isLive", "=", isLive)
    .where("deletedAt", "is", null);
}
