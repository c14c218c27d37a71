import { type Database, inOrganization } from "../platform/database/index.ts";
import type { ListCursor, Tenant } from "../platform/http/index.ts";
import type { ProductRow, StockLevels, VariantRow } from "./product.ts";
import * as store from "./product-store.ts";
import { tableHead, tableTextOf } from "./product-table.ts";
import { listLevels } from "./stock-store.ts";

const exportedAtOnce = 500;

interface ExportedPage {
  readonly products: readonly { readonly row: ProductRow; readonly variants: readonly VariantRow[] }[];
  readonly levels: StockLevels;
}

/** The table of all products, in pieces. No connection is held while one is on its way. */
export async function* exportProducts(
  database: Database,
  tenant: Tenant,
  status: ProductRow["status"] | undefined,
  onFault: (error: unknown) => void,
): AsyncGenerator<string> {
  yield tableHead;
  let after: ListCursor | null = null;
  do {
    const page: ExportedPage = await readPage(database, tenant, status, after).catch((error: unknown) => {
      onFault(error);
      throw error;
    });
    const { products } = page;
    if (products.length > 0) yield tableTextOf(products, page.levels);
    after = products.length < exportedAtOnce ? null : (products.at(-1)?.row ?? null);
  } while (after !== null);
}

function readPage(
  database: Database,
  tenant: Tenant,
  status: ProductRow["status"] | undefined,
  after: ListCursor | null,
): Promise<ExportedPage> {
  return inOrganization(database, tenant, async (db) => {
    const rows = await store.listProductsSince(db, tenant, { after, status, limit: exportedAtOnce });
    const ids = rows.map(({ id }) => id);
    const variants = await store.listVariants(db, tenant, ids);
    const levels = await listLevels(db, tenant, [...ids, ...variants.map(({ id }) => id)]);
    const ofProducts = Map.groupBy(variants, ({ productId }) => productId);
    const products = rows.map((row) => ({ row, variants: ofProducts.get(row.id) ?? [] }));
    return { products, levels };
  });
}
