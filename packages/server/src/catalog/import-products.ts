import { decodeId, encodeId, limits, type ProductsImported } from "@stanchion/contract";
import type { Transaction } from "kysely";
import { recordChange } from "../platform/audit/index.ts";
import { clashError, type Tables } from "../platform/database/index.ts";
import { apiError } from "../platform/errors/index.ts";
import type { OperationCall, Tenant } from "../platform/http/index.ts";
import { claimNewIds } from "../platform/owners.ts";
import { newUuid } from "../platform/randomness.ts";
import * as importStore from "./import-store.ts";
import { type PlannedProduct, type Present, planImport, type TableFault } from "./plan-import.ts";
import { type StockLevels, skusOf } from "./product.ts";
import type { TableRow } from "./product-table.ts";
import { listLevels, lockLevels } from "./stock-store.ts";
import { requireUnused } from "./write-levels.ts";

type Db = Transaction<Tables>;

const takenMeanwhile = "a SKU was taken meanwhile";

/** Makes the products what a table wishes, or, where anything in it is at fault, leaves all as it is. */
export async function importProducts(
  db: Db,
  call: OperationCall,
  rows: readonly TableRow[],
  options: { isDryRun: boolean; nowMs: number },
): Promise<ProductsImported> {
  const { tenant } = call;
  await importStore.lockImports(db, tenant);
  const present = await readPresent(db, tenant, rows);
  const plan = planImport(rows, present);
  refuseFaults(plan.faults);
  const created = plan.products.filter(({ present }) => present === null);
  const updated = plan.products.filter(({ present, isChanged }) => present !== null && isChanged);
  const counts = {
    created: created.length,
    updated: updated.length,
    unchanged: plan.products.length - created.length - updated.length,
  };
  await requireUnused(db, newlyDivided(updated, present));
  if (options.isDryRun || created.length + updated.length === 0) return counts;
  const ids = await write(db, tenant, [...created, ...updated], present.levels, options.nowMs);
  const related = ids.map((id) => encodeId("product", id));
  await recordChange(db, call, { action: "product.imported", target: null, related, after: counts });
  return counts;
}

/** Products that get their first variants: from then on each variant has its stock, and the product none. */
function newlyDivided(updated: readonly PlannedProduct[], { variants }: Present): string[] {
  return updated.flatMap(({ present, wished }) =>
    present !== null && wished.variants.length > 0 && !variants.has(present.id) ? [present.id] : [],
  );
}

/** What there is of what the table names; its products are locked. */
async function readPresent(db: Db, tenant: Tenant, rows: readonly TableRow[]): Promise<Present> {
  const named = rows.flatMap(({ cells }) => [cells.sku, cells.variant_sku]);
  const skus = [...new Set(named.filter((sku) => typeof sku === "string"))];
  const given = rows.flatMap(({ cells }) => decodeId("product", cells.product_id ?? "") ?? []);
  const known = await importStore.findOwnersOfSkus(db, tenant, skus);
  const ids = [...new Set([...given, ...known.map(({ productId }) => productId)])];
  const products = await importStore.lockProducts(db, tenant, ids);
  const variants = await importStore.listVariantsOf(db, tenant, ids);
  const items = [...products, ...variants].map(({ id }) => id);
  // Admissions wait for the levels: without a word about stock none is held.
  const saysStock = rows.some(({ cells }) => "stock" in cells || "variant_stock" in cells);
  const levels = saysStock ? await lockLevels(db, tenant, items) : await listLevels(db, tenant, items);
  // Read anew: what the locks were waited for may have changed whose they are.
  const owners = await importStore.findOwnersOfSkus(db, tenant, skus);
  const locked = new Set(ids);
  if (owners.some(({ productId }) => !locked.has(productId))) throw clashError(takenMeanwhile);
  return {
    products: new Map(products.map((row) => [row.id, row])),
    levels,
    variants: Map.groupBy(variants, ({ productId }) => productId),
    skus: new Map(owners.map(({ sku, productId }) => [sku, productId])),
  };
}

/** All faults at once, at most as many as an answer holds; `lines` says of each where it stands. */
function refuseFaults(faults: readonly TableFault[]): void {
  if (faults.length === 0) return;
  const shown = faults.slice(0, limits.issuesMax);
  throw apiError("VALIDATION_ERROR", {
    issues: shown.map(({ issue }) => issue),
    details: { faults: faults.length, lines: shown.map(({ line }) => line) },
  });
}

/** Answers the UUIDs of the products, in their order. */
async function write(
  db: Db,
  tenant: Tenant,
  planned: readonly PlannedProduct[],
  levels: StockLevels,
  nowMs: number,
): Promise<string[]> {
  const now = new Date(nowMs);
  // Lists go by time and id: within one import the order of the table.
  const newIds = planned.flatMap(({ present }) => (present === null ? [newUuid(nowMs)] : [])).sort();
  const products = planned.map(({ present, wished }, index) => ({
    id: present?.id ?? newIds[index] ?? newUuid(nowMs),
    isNew: present === null,
    wished,
  }));
  const variants = products.flatMap(({ id: productId, wished }) =>
    wished.variants.map((variant, ordinal) => ({
      ...variant,
      id: variant.id ?? newUuid(nowMs),
      isNew: variant.id === null,
      productId,
      ordinal,
    })),
  );
  const added = products.filter(({ isNew }) => isNew);
  await claimNewIds(
    db,
    "product",
    added.map(({ id }) => id),
    tenant,
  );
  await claimNewIds(
    db,
    "variant",
    variants.filter(({ isNew }) => isNew).map(({ id }) => id),
    tenant,
  );
  await importStore.insertProducts(db, tenant, added, now);
  await importStore.updateProducts(
    db,
    tenant,
    products.filter(({ isNew }) => !isNew),
    now,
  );
  const skus = products.flatMap(({ id, wished }) =>
    skusOf(wished).map(({ sku }) => ({ sku, productId: id })),
  );
  // Taken by somebody since they were looked at. Planned anew, the line is a change of what is there, or told that it is taken.
  if (!(await importStore.replaceSkus(db, tenant, skus))) throw clashError(takenMeanwhile);
  await importStore.writeVariants(db, tenant, variants);
  const stocks = [...products.map(({ id, wished: { stock } }) => ({ id, stock })), ...variants].filter(
    ({ id, stock }) => !levels.has(id) || levels.get(id)?.stock !== stock,
  );
  await importStore.writeStocks(
    db,
    tenant,
    stocks.map(({ id, stock }) => ({ itemId: id, stock })),
  );
  return products.map(({ id }) => id);
}
