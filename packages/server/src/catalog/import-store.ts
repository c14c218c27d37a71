import { type Kysely, sql } from "kysely";
import type { Tables } from "../platform/database/index.ts";
import type { Tenant } from "../platform/http/index.ts";
import type { ProductRow, VariantRow, WishedProduct } from "./product.ts";

type Db = Kysely<Tables>;

/** So many rows are written by one statement: on a machine under load none of them takes longer than a statement may. */
const rowsAtOnce = 1_000;

async function inParts<T>(
  rows: readonly T[],
  write: (part: readonly T[]) => Promise<unknown>,
): Promise<void> {
  for (let from = 0; from < rows.length; from += rowsAtOnce) await write(rows.slice(from, from + rowsAtOnce));
}

/** One import of an organization at a time, so that two of one table do not race for its SKUs. */
export async function lockImports(db: Db, { organizationId, isLive }: Tenant): Promise<void> {
  const name = `product import ${organizationId} ${isLive}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(db);
}

/** The product that has each of these SKUs, itself or by a variant. */
export async function findOwnersOfSkus(
  db: Db,
  { organizationId, isLive }: Tenant,
  skus: readonly string[],
): Promise<{ sku: string; productId: string }[]> {
  const found = await sql<{ sku: string; productId: string }>`
    select sku, product_id as "productId" from skus
    where organization_id = ${organizationId} and is_live = ${isLive} and sku = any(${skus}::text[])`.execute(
    db,
  );
  return found.rows;
}

/** In an order that is the same for all who lock several. */
export async function lockProducts(db: Db, tenant: Tenant, ids: readonly string[]): Promise<ProductRow[]> {
  return db
    .selectFrom("products")
    .selectAll()
    .where("organizationId", "=", tenant.organizationId)
    .where("isLive", "=", tenant.isLive)
    .where(sql<boolean>`id = any(${ids}::uuid[])`)
    .where("deletedAt", "is", null)
    .orderBy("id")
    .forUpdate()
    .execute();
}

/** The variants of these products, each product's in their order. */
export async function listVariantsOf(
  db: Db,
  tenant: Tenant,
  productIds: readonly string[],
): Promise<VariantRow[]> {
  return db
    .selectFrom("variants")
    .selectAll()
    .where("organizationId", "=", tenant.organizationId)
    .where("isLive", "=", tenant.isLive)
    .where(sql<boolean>`product_id = any(${productIds}::uuid[])`)
    .where("deletedAt", "is", null)
    .orderBy("ordinal")
    .execute();
}

/** Makes these the stocks of their items, whose levels are locked; those that have none yet get one. */
export async function writeStocks(
  db: Db,
  { organizationId, isLive }: Tenant,
  stocks: readonly { itemId: string; stock: number | null }[],
): Promise<void> {
  await inParts(stocks, (part) =>
    sql`
    insert into stock_levels (item_id, organization_id, is_live, stock)
    select "itemId", ${organizationId}::uuid, ${isLive}::boolean, stock
    from json_to_recordset(${JSON.stringify(part)}::json) as s("itemId" uuid, stock integer)
    on conflict (item_id) do update set stock = excluded.stock, version = stock_levels.version + 1`.execute(
      db,
    ),
  );
}

interface WrittenProduct {
  readonly id: string;
  readonly wished: WishedProduct & { readonly status: ProductRow["status"] };
}

const columnsOf = ({ id, wished: { name, sku, price, currency, status } }: WrittenProduct) => ({
  id,
  name,
  sku,
  price,
  currency,
  status,
});

export async function insertProducts(
  db: Db,
  { organizationId, isLive }: Tenant,
  products: readonly WrittenProduct[],
  now: Date,
): Promise<void> {
  await inParts(products, (part) =>
    sql`
    insert into products (id, organization_id, is_live, name, sku, price, currency, status, created_at, updated_at)
    select id, ${organizationId}::uuid, ${isLive}::boolean, name, sku, price, currency, status, ${now}, ${now}
    from json_to_recordset(${JSON.stringify(part.map(columnsOf))}::json)
      as p(id uuid, name text, sku text, price text, currency text, status text)`.execute(db),
  );
}

export async function updateProducts(
  db: Db,
  { organizationId, isLive }: Tenant,
  products: readonly WrittenProduct[],
  now: Date,
): Promise<void> {
  await inParts(products, (part) =>
    sql`
    update products set name = p.name, sku = p.sku, price = p.price, currency = p.currency, status = p.status,
      updated_at = ${now}, version = version + 1
    from json_to_recordset(${JSON.stringify(part.map(columnsOf))}::json)
      as p(id uuid, name text, sku text, price text, currency text, status text)
    where products.id = p.id and organization_id = ${organizationId} and is_live = ${isLive}`.execute(db),
  );
}

/** Makes these the SKUs of their products. False where another product has one of them by now. */
export async function replaceSkus(
  db: Db,
  { organizationId, isLive }: Tenant,
  skus: readonly { sku: string; productId: string }[],
): Promise<boolean> {
  const productIds = [...new Set(skus.map(({ productId }) => productId))];
  await sql`
    delete from skus where organization_id = ${organizationId} and is_live = ${isLive}
      and product_id = any(${productIds}::uuid[])`.execute(db);
  // Sorted, so that two who take several do not wait for each other.
  const sorted = skus.toSorted((one, other) => (one.sku < other.sku ? -1 : 1));
  let taken = 0;
  await inParts(sorted, async (part) => {
    const inserted = await sql`
      insert into skus (organization_id, is_live, sku, product_id)
      select ${organizationId}, ${isLive}, sku, "productId"
      from json_to_recordset(${JSON.stringify(part)}::json) as s(sku text, "productId" uuid) order by sku
      on conflict (organization_id, is_live, sku) do nothing`.execute(db);
    taken += Number(inserted.numAffectedRows ?? 0);
  });
  return taken === skus.length;
}

interface WrittenVariant {
  readonly id: string;
  readonly productId: string;
  readonly ordinal: number;
  readonly name: string;
  readonly sku: string;
  readonly price: string | null;
}

export async function writeVariants(
  db: Db,
  { organizationId, isLive }: Tenant,
  variants: readonly WrittenVariant[],
): Promise<void> {
  await inParts(variants, (part) =>
    sql`
    insert into variants (id, organization_id, is_live, product_id, ordinal, name, sku, price)
    select id, ${organizationId}, ${isLive}, "productId", ordinal, name, sku, price
    from json_to_recordset(${JSON.stringify(part)}::json)
      as v(id uuid, "productId" uuid, ordinal integer, name text, sku text, price text)
    on conflict (id) do update set
      ordinal = excluded.ordinal, name = excluded.name, sku = excluded.sku, price = excluded.price`.execute(
      db,
    ),
  );
}
