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

/** Notes anew which types somebody of the organization is told of. */
export async function writeSubscriptions(db: Db, owner: Owner): Promise<void> {
  const rows = await endpointsOf(db, owner).where("disabledAt", "is", null).execute();
  const types: EventType[] = [...new Set(rows.flatMap(({ events }) => events))].sort();
  await db
    .updateTable("eventSubscriptions")
    .set({ types })
    .where("organizationId", "=", owner.organizationId)
    .where("isLive", "=", owner.isLive)
    .execute();
}

function endpointsOf(db: Db, { organizationId, isLive }: Owner) {
  return db
    .selectFrom("webhookEndpoints")
    .selectAll()
    .where("organizationId", "=", organizationId)
    .where("isLive", "=", isLive)
    .where("deletedAt", "is", null);
}
