import { decodeId, encodeId, operations, shapes } from "@stanchion/contract";
import type { Kysely } from "kysely";
import { claimId, markDeleted, missing } from "../identity/index.ts";
import { recordChange } from "../platform/audit/index.ts";
import type { Clock } from "../platform/clock.ts";
import type { Tables } from "../platform/database/index.ts";
import {
  jsonAnswer,
  type OperationCall,
  type OperationHost,
  pageOf,
  patched,
  readPage,
  registerRead,
  registerWrite,
  requireVersion,
} from "../platform/http/index.ts";
import { newUuid } from "../platform/randomness.ts";
import {
  type ProductRow,
  productOf,
  type VariantRow,
  type WishedProduct,
  wishedVariantOf,
} from "./product.ts";
import * as store from "./product-store.ts";
import { forgetVariant, refuseIssues, writeVariants } from "./write-variants.ts";

/** Making, reading, changing and deleting products with their variants. */
export function registerProductRoutes(host: OperationHost, { clock }: { clock: Clock }): void {
  const answer = (
    status: number,
    row: ProductRow,
    variants: readonly VariantRow[],
    more: readonly string[] = [],
  ) => jsonAnswer(status, productOf(row, variants), ["ETag", `"${row.version}"`, ...more]);

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
      variants: (body.variants ?? []).map(wishedVariantOf),
    };
    await refuseIssues(db, tenant, id, wished);
    await claimId(db, "product", id, tenant);
    const { variants: _, ...columns } = wished;
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
    const after = productOf(row, variants);
    await recordChange(db, call, { action: "product.created", target: after.id, after });
    return answer(201, row, variants, ["Location", `/api/v1/products/${encodeId("product", id)}`]);
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
    return jsonAnswer(
      200,
      pageOf(rows, page.first, (row) => productOf(row, variants.get(row.id) ?? [])),
    );
  });

  registerRead(host, "readProduct", async (call, db) => {
    const id = call.idParam("product");
    const row = await store.findProduct(db, call.tenant, id);
    if (row === undefined) throw await notFound(db, call, id);
    return answer(200, row, await store.listVariants(db, call.tenant, [id]));
  });

  registerWrite(host, "updateProduct", async (call, db) => {
    const row = await lock(db, call);
    const patch = call.readBody(shapes.productPatch);
    requireVersion(call, row.version);
    const now = new Date(clock.now());
    const present = await store.listVariants(db, call.tenant, [row.id]);
    const variants = patch.variants === undefined ? present : (patch.variants ?? []).map(wishedVariantOf);
    const wished: WishedProduct = {
      name: patch.name ?? row.name,
      sku: patch.sku ?? row.sku,
      price: patched(patch.price, row.price, null),
      currency: patched(patch.currency, row.currency, null),
      variants,
    };
    await refuseIssues(db, call.tenant, row.id, wished);
    const { variants: _, ...columns } = wished;
    const status = patched(patch.status, row.status, "ACTIVE");
    const updated = await store.updateProduct(db, call.tenant, row.id, {
      ...columns,
      status,
      updatedAt: now,
    });
    const written = await writeVariants(db, call.tenant, row.id, wished, now);
    const [before, after] = [productOf(row, present), productOf(updated, written)];
    await recordChange(db, call, { action: "product.updated", target: after.id, before, after });
    return answer(200, updated, written);
  });

  registerWrite(host, "deleteProduct", async (call, db) => {
    const row = await lock(db, call);
    requireVersion(call, row.version);
    const deletedAt = new Date(clock.now());
    const variants = await store.listVariants(db, call.tenant, [row.id]);
    for (const { id } of variants) await forgetVariant(db, call.tenant, id, deletedAt);
    await store.releaseSkus(db, call.tenant, row.id);
    await store.updateProduct(db, call.tenant, row.id, { deletedAt });
    await markDeleted(db, "product", row.id, call.tenant, deletedAt);
    const before = productOf(row, variants);
    await recordChange(db, call, { action: "product.deleted", target: before.id, before });
    return { status: 204 };
  });
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
