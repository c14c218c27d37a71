import { type Kysely, sql } from "kysely";
import type { Tables } from "../platform/database/index.ts";
import type { Tenant } from "../platform/http/index.ts";

type Db = Kysely<Tables>;
type Owner = Pick<Tenant, "organizationId" | "isLive">;

/** What can be sold: a variant, or a product without variants. */
export interface SellableItem {
  readonly id: string;
  readonly kind: "product" | "variant";
  readonly sku: string;
}

/** Those of these ids that can be sold, by their ids. */
export async function findItemsById(
  db: Db,
  owner: Owner,
  ids: readonly string[],
): Promise<ReadonlyMap<string, SellableItem>> {
  if (ids.length === 0) return new Map();
  const found = await sql<SellableItem>`
    select i.* from (${sellable(owner)}) i where i.id = any (${[...ids]}::uuid[])`.execute(db);
  return new Map(found.rows.map((item) => [item.id, item]));
}

/** What has one of these SKUs and can be sold, by its SKU. */
export async function findItemsBySku(
  db: Db,
  owner: Owner,
  skus: readonly string[],
): Promise<ReadonlyMap<string, SellableItem>> {
  if (skus.length === 0) return new Map();
  const found = await sql<SellableItem>`
    select i.* from (${sellable(owner)}) i where i.sku = any (${[...skus]}::text[])`.execute(db);
  return new Map(found.rows.map((item) => [item.sku, item]));
}

const sellable = ({ organizationId, isLive }: Owner) => sql`
  select v.id, 'variant' as kind, v.sku from variants v
  where v.organization_id = ${organizationId} and v.is_live = ${isLive} and v.deleted_at is null
  union all
  select p.id, 'product', p.sku from products p
  where p.organization_id = ${organizationId} and p.is_live = ${isLive} and p.deleted_at is null
    and not exists (select from variants v where v.product_id = p.id and v.deleted_at is null)`;
