import { decodeId, encodeId, operations, shapes } from "@stanchion/contract";
import type { Kysely } from "kysely";
import { claimId, markDeleted, missing } from "../identity/index.ts";
import { recordChange } from "../platform/audit/index.ts";
import type { Clock } from "../platform/clock.ts";
import type { Tables } from "../platform/database/index.ts";
import { apiError } from "../platform/errors/index.ts";
import {
  jsonAnswer,
  type OperationCall,
  type OperationHost,
  pageOf,
  patched,
  readPage,
  registerOperation,
  registerRead,
  registerWrite,
  requireVersion,
} from "../platform/http/index.ts";
import type { Log } from "../platform/log.ts";
import { newUuid } from "../platform/randomness.ts";
import { exportProducts } from "./export-products.ts";
import { importProducts } from "./import-products.ts";
import {
  type ProductRow,
  productOf,
  type StockLevels,
  type VariantRow,
  type WishedProduct,
  wishedVariantOf,
} from "./product.ts";
import * as store from "./product-store.ts";
import { readTable, type TableRow } from "./product-table.ts";
import { listLevels } from "./stock-store.ts";
import { requireUnused, writeLevels } from "./write-levels.ts";
import { forgetVariant, refuseIssues, writeVariants } from "./write-variants.ts";

/** Making, reading, changing and deleting products with their variants. */
export function registerProductRoutes(host: OperationHost, { clock, log }: { clock: Clock; log: Log }): void {
  const answer = (
    status: number,
    row: ProductRow,
    variants: readonly VariantRow[],
    levels: StockLevels,
    more: readonly string[] = [],
  ) => jsonAnswer(status, productOf(row, variants, levels), ["ETag", `"${row.version}"`, ...more]);

  registerWrite(host, "createProduct", async (call, db) => {
    const body = call.readBody(shapes.productCreate);
    const { tenant } = call;
    const now = new Date(clock.now());
    const id = body.id === undefined ? newUuid(clock.now()) : (decodeId("product", body.id) ?? "");
    const wished: WishedProduct = {
      name: body.name,
      sku: body.sku,
      price: body.price ?? null,
      currency: body.currency ?? null,
      stock: body.stock ?? null,
      variants: (body.variants ?? []).map(wishedVariantOf),
    };
    await refuseIssues(db, tenant, id, wished);
    await claimId(db, "product", id, tenant);
    const { variants: _, stock: __, ...columns } = wished;
    const row = await store.insertProduct(db, {
      id,
      organizationId: tenant.organizationId,
      isLive: tenant.isLive,
      ...columns,
      status: body.status ?? "ACTIVE",
      createdAt: now,
      updatedAt: now,
    });
    const variants = await writeVariants(db, tenant, id, wished, now);
    const levels = await writeLevels(db, tenant, row, variants, wished);
    const after = productOf(row, variants, levels);
    await recordChange(db, call, { action: "product.created", target: after.id, after });
    return answer(201, row, variants, levels, ["Location", `/api/v1/products/${encodeId("product", id)}`]);
  });

  registerRead(host, "listProducts", async (call, db) => {
    const query = call.readQuery(operations.listProducts.query);
    const page = readPage(query);
    const filter = { ...query, after: page.after, limit: page.first + 1 };
    const rows = await store.listProducts(db, call.tenant, filter);
    const ids = rows.slice(0, page.first).map(({ id }) => id);
    const variants = Map.groupBy(
      await store.listVariants(db, call.tenant, ids),
      ({ productId }) => productId,
    );
    const items = [...ids, ...[...variants.values()].flat().map(({ id }) => id)];
    const levels = await listLevels(db, call.tenant, items);
    return jsonAnswer(
      200,
      pageOf(rows, page.first, (row) => productOf(row, variants.get(row.id) ?? [], levels)),
    );
  });

  registerOperation(host, "exportProducts", async (call) => {
    const { status } = call.readQuery(operations.exportProducts.query);
    const { tenant, requestId } = call;
    return {
      status: 200,
      contentType: "text/csv; charset=utf-8; header=present",
      headers: ["Content-Disposition", 'attachment; filename="products.csv"'],
      pieces: exportProducts(host.database, tenant, status, (error) =>
        log.warn({ requestId, err: error }, "an export of products broke off"),
      ),
    };
  });

  registerWrite<readonly TableRow[]>(
    host,
    "importProducts",
    async (call, db, rows) => {
      const { dryRun } = call.readQuery(operations.importProducts.query);
      const options = { isDryRun: dryRun === "true", nowMs: clock.now() };
      return jsonAnswer(200, await importProducts(db, call, rows, options));
    },
    async (call) => {
      call.readQuery(operations.importProducts.query);
      return readTable(call.readText());
    },
  );

  registerRead(host, "readProduct", async (call, db) => {
    const id = call.idParam("product");
    const row = await store.findProduct(db, call.tenant, id);
    if (row === undefined) throw await notFound(db, call, id);
    const variants = await store.listVariants(db, call.tenant, [id]);
    return answer(200, row, variants, await levelsOf(db, call, row, variants));
  });

  registerWrite(host, "updateProduct", async (call, db) => {
    const row = await lock(db, call);
    const patch = call.readBody(shapes.productPatch);
    requireVersion(call, row.version);
    const now = new Date(clock.now());
    const present = await store.listVariants(db, call.tenant, [row.id]);
    const presentLevels = await levelsOf(db, call, row, present);
    const variants =
      patch.variants === undefined
        ? present.map((variant) => ({ ...variant, stock: undefined }))
        : (patch.variants ?? []).map(wishedVariantOf);
    const wished: WishedProduct = {
      name: patch.name ?? row.name,
      sku: patch.sku ?? row.sku,
      price: patched(patch.price, row.price, null),
      currency: patched(patch.currency, row.currency, null),
      stock: patch.stock,
      variants,
    };
    await refuseIssues(db, call.tenant, row.id, wished);
    const { variants: _, stock: __, ...columns } = wished;
    const status = patched(patch.status, row.status, "ACTIVE");
    const updated = await store.updateProduct(db, call.tenant, row.id, {
      ...columns,
      status,
      updatedAt: now,
    });
    const written = await writeVariants(db, call.tenant, row.id, wished, now);
    const levels = await writeLevels(db, call.tenant, updated, written, wished);
    const before = productOf(row, present, presentLevels);
    const after = productOf(updated, written, levels);
    await recordChange(db, call, { action: "product.updated", target: after.id, before, after });
    return answer(200, updated, written, levels);
  });

  registerWrite(host, "deleteProduct", async (call, db) => {
    const row = await lock(db, call);
    requireVersion(call, row.version);
    await refuseOffered(db, call, row.id);
    const deletedAt = new Date(clock.now());
    const variants = await store.listVariants(db, call.tenant, [row.id]);
    await requireUnused(db, [row.id, ...variants.map(({ id }) => id)]);
    for (const { id } of variants) await forgetVariant(db, call.tenant, id, deletedAt);
    await store.releaseSkus(db, call.tenant, row.id);
    await store.updateProduct(db, call.tenant, row.id, { deletedAt });
    await markDeleted(db, "product", row.id, call.tenant, deletedAt);
    const before = productOf(row, variants, await levelsOf(db, call, row, variants));
    await recordChange(db, call, { action: "product.deleted", target: before.id, before });
    return { status: 204 };
  });
}

const experiencesNamedMax = 10;

async function refuseOffered(db: Kysely<Tables>, call: OperationCall, id: string): Promise<void> {
  const { count, ids } = await store.findOfferingExperiences(db, call.tenant, id, experiencesNamedMax);
  if (count === 0) return;
  const experienceIds = ids.map((experienceId) => encodeId("experience", experienceId));
  const hint = "Archive the product, or take it out of the products of these experiences first.";
  throw apiError("RESOURCE_IN_USE", { details: { experiences: count, experienceIds, hint } });
}

function levelsOf(
  db: Kysely<Tables>,
  { tenant }: OperationCall,
  row: ProductRow,
  variants: readonly VariantRow[],
): Promise<StockLevels> {
  return listLevels(db, tenant, [row.id, ...variants.map(({ id }) => id)]);
}

async function lock(db: Kysely<Tables>, call: OperationCall): Promise<ProductRow> {
  const id = call.idParam("product");
  const row = await store.lockProduct(db, call.tenant, id);
  if (row === undefined) throw await notFound(db, call, id);
  return row;
}

function notFound(db: Kysely<Tables>, call: OperationCall, id: string) {
  return missing(db, "PRODUCT_NOT_FOUND", "product", id, call.tenant);
}
