import { type Insertable, type Kysely, sql, type Updateable } from "kysely";
import type { Tables } from "../platform/database/index.ts";
import { type ListCursor, likePattern, olderThan, type Tenant } from "../platform/http/index.ts";
import type { ProductRow, VariantRow } from "./product.ts";

type Db = Kysely<Tables>;

export async function insertProduct(db: Db, values: Insertable<Tables["products"]>): Promise<ProductRow> {
  return db.insertInto("products").values(values).returningAll().executeTakeFirstOrThrow();
}

export async function findProduct(db: Db, tenant: Tenant, id: string): Promise<ProductRow | undefined> {
  return productsOf(db, tenant).where("id", "=", id).executeTakeFirst();
}

export async function lockProduct(db: Db, tenant: Tenant, id: string): Promise<ProductRow | undefined> {
  return productsOf(db, tenant).where("id", "=", id).forUpdate().executeTakeFirst();
}

export async function findProducts(db: Db, tenant: Tenant, ids: readonly string[]): Promise<ProductRow[]> {
  return productsOf(db, tenant).where("id", "in", ids).execute();
}

/** Locked so that nobody archives or deletes them meanwhile, in an order that is the same for all. */
export async function lockProductsToOffer(
  db: Db,
  tenant: Tenant,
  ids: readonly string[],
): Promise<ProductRow[]> {
  if (ids.length === 0) return [];
  return productsOf(db, tenant).where("id", "in", ids).orderBy("id").forShare().execute();
}

/** The experiences that offer the product, at most `limit` of them, and how many there are. */
export async function findOfferingExperiences(
  db: Db,
  tenant: Tenant,
  productId: string,
  limit: number,
): Promise<{ count: number; ids: string[] }> {
  const rows = await db
    .selectFrom("experienceProducts")
    .select(["experienceId", sql<number>`count(*) over ()`.as("count")])
    .where("organizationId", "=", tenant.organizationId)
    .where("isLive", "=", tenant.isLive)
    .where("productId", "=", productId)
    .orderBy("experienceId")
    .limit(limit)
    .execute();
  return { count: rows[0]?.count ?? 0, ids: rows.map(({ experienceId }) => experienceId) };
}

export async function listProducts(
  db: Db,
  tenant: Tenant,
  filter: {
    limit: number;
    after: ListCursor | null;
    search?: string | undefined;
    status?: ProductRow["status"] | undefined;
  },
): Promise<ProductRow[]> {
  const { after, search, status } = filter;
  let query = productsOf(db, tenant);
  if (after !== null) query = query.where(olderThan(after));
  if (search !== undefined) {
    const pattern = likePattern(search);
    query = query.where((is) => is.or([is("name", "ilike", pattern), is("sku", "ilike", pattern)]));
  }
  if (status !== undefined) query = query.where("status", "=", status);
  return query.orderBy("createdAt", "desc").orderBy("id", "desc").limit(filter.limit).execute();
}

/** A page of the products as they were made, behind one of them. */
export async function listProductsSince(
  db: Db,
  tenant: Tenant,
  filter: { limit: number; after: ListCursor | null; status: ProductRow["status"] | undefined },
): Promise<ProductRow[]> {
  const { limit, after, status } = filter;
  let query = productsOf(db, tenant);
  if (after !== null)
    query = query.where(sql<boolean>`(created_at, id) > (${after.createdAt}, ${after.id}::uuid)`);
  if (status !== undefined) query = query.where("status", "=", status);
  return query.orderBy("createdAt").orderBy("id").limit(limit).execute();
}

export async function updateProduct(
  db: Db,
  tenant: Tenant,
  id: string,
  values: Updateable<Tables["products"]>,
): Promise<ProductRow> {
  return db
    .updateTable("products")
    .set({ ...values, version: sql<number>`version + 1` })
    .where("organizationId", "=", tenant.organizationId)
    .where("isLive", "=", tenant.isLive)
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** The variants of these products, each product's in their order. */
export async function listVariants(
  db: Db,
  tenant: Tenant,
  productIds: readonly string[],
): Promise<VariantRow[]> {
  if (productIds.length === 0) return [];
  return db
    .selectFrom("variants")
    .selectAll()
    .where("organizationId", "=", tenant.organizationId)
    .where("isLive", "=", tenant.isLive)
    .where("productId", "in", productIds)
    .where("deletedAt", "is", null)
    .orderBy("ordinal")
    .execute();
}

export async function upsertVariant(db: Db, values: Insertable<Tables["variants"]>): Promise<VariantRow> {
  return db
    .insertInto("variants")
    .values(values)
    .onConflict((conflict) =>
      conflict.column("id").doUpdateSet((row) => ({
        ordinal: row.ref("excluded.ordinal"),
        name: row.ref("excluded.name"),
        sku: row.ref("excluded.sku"),
        price: row.ref("excluded.price"),
      })),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function removeVariant(db: Db, tenant: Tenant, id: string, deletedAt: Date): Promise<void> {
  await db
    .updateTable("variants")
    .set({ deletedAt })
    .where("organizationId", "=", tenant.organizationId)
    .where("isLive", "=", tenant.isLive)
    .where("id", "=", id)
    .execute();
}

/** Which of these SKUs other products of the organization have, or their variants. */
export async function findTakenSkus(
  db: Db,
  tenant: Tenant,
  skus: readonly string[],
  exceptProductId: string,
): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom("skus")
    .select("sku")
    .where("organizationId", "=", tenant.organizationId)
    .where("isLive", "=", tenant.isLive)
    .where("sku", "in", skus)
    .where("productId", "<>", exceptProductId)
    .execute();
  return new Set(rows.map((row) => row.sku));
}

/**
 * Makes these the SKUs of the product. Answers those that it got or had: one is missing where another product has it, also by
 * an insert that has not committed yet, which is waited for. Sorted, so that two products do not wait for each other.
 */
export async function reserveSkus(
  db: Db,
  tenant: Tenant,
  productId: string,
  skus: readonly string[],
): Promise<ReadonlySet<string>> {
  const { organizationId, isLive } = tenant;
  await db
    .deleteFrom("skus")
    .where("organizationId", "=", organizationId)
    .where("isLive", "=", isLive)
    .where("productId", "=", productId)
    .where("sku", "not in", skus)
    .execute();
  await db
    .insertInto("skus")
    .values([...skus].sort().map((sku) => ({ organizationId, isLive, sku, productId })))
    .onConflict((conflict) => conflict.columns(["organizationId", "isLive", "sku"]).doNothing())
    .execute();
  const rows = await db
    .selectFrom("skus")
    .select("sku")
    .where("organizationId", "=", organizationId)
    .where("isLive", "=", isLive)
    .where("productId", "=", productId)
    .execute();
  return new Set(rows.map((row) => row.sku));
}

export async function releaseSkus(db: Db, tenant: Tenant, productId: string): Promise<void> {
  await db
    .deleteFrom("skus")
    .where("organizationId", "=", tenant.organizationId)
    .where("isLive", "=", tenant.isLive)
    .where("productId", "=", productId)
    .execute();
}

function productsOf(db: Db, tenant: Tenant) {
  return db
    .selectFrom("products")
    .selectAll()
    .where("organizationId", "=", tenant.organizationId)
    .where("isLive", "=", tenant.isLive)
    .where("deletedAt", "is", null);
}
