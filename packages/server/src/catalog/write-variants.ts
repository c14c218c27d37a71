import { duplicateIssue, type FieldPath, type ValidationIssue } from "@stanchion/contract";
import type { Kysely } from "kysely";
import { claimId, markDeleted } from "../identity/index.ts";
import type { Tables } from "../platform/database/index.ts";
import { validationError } from "../platform/errors/index.ts";
import type { Tenant } from "../platform/http/index.ts";
import { newUuid } from "../platform/randomness.ts";
import { priceIssues, skusOf, type VariantRow, type WishedProduct } from "./product.ts";
import * as store from "./product-store.ts";
import { requireUnused } from "./write-levels.ts";

/** Refuses what no schema can see: taken SKUs, twice the same one, and prices without their currency. */
export async function refuseIssues(
  db: Kysely<Tables>,
  tenant: Tenant,
  productId: string,
  wished: WishedProduct,
): Promise<void> {
  const skus = skusOf(wished);
  const known = skus.map(({ sku }) => sku);
  const taken = await store.findTakenSkus(db, tenant, known, productId);
  const issues = [...repeatedIds(wished), ...duplicates(skus, taken), ...priceIssues(wished)];
  if (issues.length > 0) throw validationError(issues.sort((a, b) => placeOf(a) - placeOf(b)));
}

const fieldsInOrder: readonly unknown[] = [
  "id",
  "name",
  "sku",
  "price",
  "currency",
  "stock",
  "status",
  "variants",
];

/** Where an issue's field stands in the schema. */
function placeOf({ path: [field, index, nested] }: ValidationIssue): number {
  return (
    fieldsInOrder.indexOf(field?.key) * 1_000_000 +
    (Number(index?.key ?? -1) + 1) * 10 +
    fieldsInOrder.indexOf(nested?.key)
  );
}

/** Makes the SKUs and the variants of a product, which is locked or new, what they are wished to be. */
export async function writeVariants(
  db: Kysely<Tables>,
  tenant: Tenant,
  productId: string,
  wished: WishedProduct,
  now: Date,
): Promise<VariantRow[]> {
  const skus = skusOf(wished);
  const known = skus.map(({ sku }) => sku);
  const own = await store.reserveSkus(db, tenant, productId, known);
  const lost = duplicates(skus, new Set(known.filter((sku) => !own.has(sku))));
  if (lost.length > 0) throw validationError(lost);

  const present = new Set((await store.listVariants(db, tenant, [productId])).map(({ id }) => id));
  const rows: VariantRow[] = [];
  for (const [ordinal, { id: givenId, name, sku, price }] of wished.variants.entries()) {
    const id = givenId ?? newUuid(now.getTime());
    if (!present.delete(id)) await claimId(db, "variant", id, tenant);
    const { organizationId, isLive } = tenant;
    const values = { id, organizationId, isLive, productId, ordinal, name, sku, price };
    rows.push(await store.upsertVariant(db, values));
  }
  await requireUnused(db, [...present]);
  for (const id of present) await forgetVariant(db, tenant, id, now);
  return rows;
}

export async function forgetVariant(
  db: Kysely<Tables>,
  tenant: Tenant,
  id: string,
  deletedAt: Date,
): Promise<void> {
  await store.removeVariant(db, tenant, id, deletedAt);
  await markDeleted(db, "variant", id, tenant, deletedAt);
}

/** An issue for each field whose SKU is taken, or stands in a field before it. */
function duplicates(
  skus: readonly { sku: string; field: FieldPath }[],
  taken: ReadonlySet<string>,
): ValidationIssue[] {
  const seen = new Set<string>(taken);
  return skus.flatMap(({ sku, field }) => {
    if (seen.has(sku)) return [duplicateIssue(field)];
    seen.add(sku);
    return [];
  });
}

function repeatedIds({ variants }: WishedProduct): ValidationIssue[] {
  const ids = variants.map(({ id }) => id);
  return ids.flatMap((id, index) =>
    id !== null && ids.indexOf(id) < index ? [duplicateIssue(["variants", index, "id"])] : [],
  );
}
