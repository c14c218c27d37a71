import { type FieldPath, fieldIssue, type ValidationIssue } from "@stanchion/contract";
import type { Kysely } from "kysely";
import type { Tables } from "../platform/database/index.ts";
import { apiError, validationError } from "../platform/errors/index.ts";
import type { Tenant } from "../platform/http/index.ts";
import type { ProductRow, StockLevels, VariantRow, WishedProduct } from "./product.ts";
import * as store from "./stock-store.ts";

/** Makes the levels of a product and its variants, which are written, what they are wished to be; those that it has not yet are made. */
export async function writeLevels(
  db: Kysely<Tables>,
  tenant: Tenant,
  row: ProductRow,
  variants: readonly VariantRow[],
  wished: WishedProduct,
): Promise<StockLevels> {
  const items = [
    { itemId: row.id, stock: wished.stock, field: ["stock"] },
    ...variants.map(({ id }, index) => ({
      itemId: id,
      stock: wished.variants[index]?.stock,
      field: ["variants", index, "stock"],
    })),
  ];
  const ids = items.map(({ itemId }) => itemId);
  const levels = await store.lockLevels(db, tenant, ids);
  const issues = items.flatMap((item) => stockIssues(item, levels.get(item.itemId)));
  const own = wished.stock === undefined ? (levels.get(row.id)?.stock ?? null) : wished.stock;
  if (variants.length > 0 && own !== null)
    issues.unshift(fieldIssue("stock", "enum", "null where there are variants", String(own)));
  if (issues.length > 0) throw validationError(issues);
  if (variants.length > 0 && levels.has(row.id)) await requireUnused(db, [row.id]);

  for (const { itemId, stock } of items) {
    const level = levels.get(itemId);
    if (level === undefined) await store.insertLevel(db, tenant, itemId, stock ?? null);
    else if (stock !== undefined && stock !== level.stock) await store.writeStock(db, tenant, itemId, stock);
  }
  return store.listLevels(db, tenant, ids);
}

const freeThemFirst =
  "Take it out of the holds of queues and draws first, or delete those. What shall only not be sold any more can be archived.";

/** Refuses to take items away that somebody holds, or that a draw or line gives out. */
export async function requireUnused(db: Kysely<Tables>, itemIds: readonly string[]): Promise<void> {
  const inUse = await store.findItemsInUse(db, itemIds);
  if (inUse.size > 0)
    throw apiError("RESOURCE_IN_USE", { details: { heldItems: inUse.size, hint: freeThemFirst } });
}

function stockIssues(
  { stock, field }: { stock: number | null | undefined; field: FieldPath },
  level: store.StockLevel | undefined,
): ValidationIssue[] {
  const taken = level === undefined ? 0 : level.reserved + level.sold;
  if (stock === undefined || stock === null || stock >= taken) return [];
  return [fieldIssue(field, "min_value", `${taken}`, `${stock}`)];
}
