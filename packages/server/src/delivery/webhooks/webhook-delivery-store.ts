import type { WebhookDelivery } from "@stanchion/contract";
import { type Insertable, type Kysely, sql } from "kysely";
import type { Tables } from "../../platform/database/index.ts";
import { type ListCursor, olderThan } from "../../platform/http/index.ts";
import type { WebhookDeliveryRow } from "./webhook-delivery.ts";

type Db = Kysely<Tables>;

/** An endpoint of an organization, whose deliveries are meant. */
export interface EndpointKey {
  readonly organizationId: string;
  readonly endpointId: string;
}

/** A delivery that is due at once. */
export async function insertDelivery(
  db: Db,
  values: Omit<Insertable<Tables["webhookDeliveries"]>, "dueAt">,
): Promise<WebhookDeliveryRow> {
  return db
    .insertInto("webhookDeliveries")
    .values({ ...values, dueAt: sql<Date>`stanchion_now()` })
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function listDeliveries(
  db: Db,
  key: EndpointKey,
  filter: {
    limit: number;
    after: ListCursor | null;
    status?: WebhookDelivery["status"] | undefined;
    from?: string | undefined;
    to?: string | undefined;
  },
): Promise<WebhookDeliveryRow[]> {
  const { after, status, from, to } = filter;
  let query = deliveriesOf(db, key);
  if (after !== null) query = query.where(olderThan(after));
  if (status !== undefined) query = query.where("status", "=", status);
  if (from !== undefined) query = query.where("createdAt", ">=", new Date(from));
  if (to !== undefined) query = query.where("createdAt", "<", new Date(to));
  return query.orderBy("createdAt", "desc").orderBy("id", "desc").limit(filter.limit).execute();
}

/** Lets one delivery begin anew; undefined where it is none of the endpoint's. One that is under way goes on as it does. */
export async function replayDelivery(db: Db, key: EndpointKey, id: string): Promise<number | undefined> {
  const found = await deliveriesOf(db, key).where("id", "=", id).executeTakeFirst();
  if (found === undefined) return undefined;
  const replayed = await db
    .updateTable("webhookDeliveries")
    .set({ status: "PENDING", tries: 0, dueAt: sql<Date>`stanchion_now()` })
    .where("organizationId", "=", key.organizationId)
    .where("endpointId", "=", key.endpointId)
    .where("id", "=", id)
    .where("status", "<>", "PENDING")
    .executeTakeFirst();
  return Number(replayed.numUpdatedRows);
}

export interface ReplayRange {
  readonly from: Date | null;
  readonly to: Date | null;
  readonly includesDelivered: boolean;
  readonly most: number;
}

/** Lets the deliveries of a time begin anew, the oldest first; answers how many, and where those begin that were too many. */
export async function replayRange(
  db: Db,
  key: EndpointKey,
  { from, to, includesDelivered, most }: ReplayRange,
): Promise<{ replayed: number; nextFrom: Date | null }> {
  const ended: WebhookDelivery["status"][] = includesDelivered ? ["FAILED", "DELIVERED"] : ["FAILED"];
  let query = db
    .selectFrom("webhookDeliveries")
    .select(["ordinal", "createdAt"])
    .where("organizationId", "=", key.organizationId)
    .where("endpointId", "=", key.endpointId)
    .where("status", "in", ended);
  if (from !== null) query = query.where("createdAt", ">=", from);
  if (to !== null) query = query.where("createdAt", "<", to);
  const found = await query
    .orderBy("createdAt")
    .orderBy("id")
    .limit(most + 1)
    .execute();
  const chosen = found.slice(0, most);
  if (chosen.length > 0)
    await db
      .updateTable("webhookDeliveries")
      .set({ status: "PENDING", tries: 0, dueAt: sql<Date>`stanchion_now()` })
      .where("organizationId", "=", key.organizationId)
      .where("endpointId", "=", key.endpointId)
      .where("ordinal", "=", sql<number>`any(${chosen.map(({ ordinal }) => ordinal)}::bigint[])`)
      .where("status", "<>", "PENDING")
      .execute();
  return { replayed: chosen.length, nextFrom: found[most]?.createdAt ?? null };
}

function deliveriesOf(db: Db, { organizationId, endpointId }: EndpointKey) {
  return db
    .selectFrom("webhookDeliveries")
    .selectAll()
    .where("organizationId", "=", organizationId)
    .where("endpointId", "=", endpointId);
}
