import { type ConsumerExport, encodeId, limits } from "@stanchion/contract";
import { type Kysely, sql } from "kysely";
import type { Tables } from "../platform/database/index.ts";
import type { Tenant } from "../platform/http/index.ts";

type Db = Kysely<Tables>;

/** The newest orders of a consumer, one more than an export holds. */
export async function listOrdersOf(
  db: Db,
  { organizationId, isLive }: Tenant,
  consumerId: string,
): Promise<ConsumerExport["orders"]> {
  const rows = await db
    .selectFrom("orders")
    .selectAll()
    .where("organizationId", "=", organizationId)
    .where("isLive", "=", isLive)
    .where("consumerId", "=", consumerId)
    .orderBy("createdAt", "desc")
    .orderBy("id", "desc")
    .limit(limits.exportedOrdersMax + 1)
    .execute();
  return rows.map(({ id, createdAt, paidAt, cancelledAt, ...row }) => ({
    id: encodeId("order", id),
    status: row.status,
    externalId: row.externalId,
    items: row.items,
    total: row.total,
    currency: row.currency,
    reason: row.reason,
    metadata: row.metadata,
    createdAt: createdAt.toISOString(),
    paidAt: paidAt?.toISOString() ?? null,
    cancelledAt: cancelledAt?.toISOString() ?? null,
  }));
}

/** Takes from a consumer's orders what could tell who it was; amounts and items stay, since the shop must account for them. */
export async function blankOrders(
  db: Db,
  { organizationId, isLive }: Tenant,
  consumerId: string,
): Promise<void> {
  await db
    .updateTable("orders")
    .set({
      externalId: null,
      reason: null,
      metadata: "{}",
      // What the shop calls a thing that is none of ours is the shop's own words.
      items: sql<string>`(select coalesce(jsonb_agg(case when i ->> 'id' is null then i || '{"sku": null}' else i end order by n), '[]')
        from jsonb_array_elements(items) with ordinality as t(i, n))`,
    })
    .where("organizationId", "=", organizationId)
    .where("isLive", "=", isLive)
    .where("consumerId", "=", consumerId)
    .execute();
}

/** Gives the orders of a consumer to another. */
export async function moveOrders(
  db: Db,
  { organizationId, isLive }: Tenant,
  fromId: string,
  toId: string,
): Promise<void> {
  await db
    .updateTable("orders")
    .set({ consumerId: toId })
    .where("organizationId", "=", organizationId)
    .where("isLive", "=", isLive)
    .where("consumerId", "=", fromId)
    .execute();
}
