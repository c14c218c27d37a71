import { duplicateIssue, encodeId, fieldIssue, type Offer, type ValidationIssue } from "@stanchion/contract";
import type { Kysely } from "kysely";
import type { Tables } from "../platform/database/index.ts";
import type { Tenant } from "../platform/http/index.ts";
import { offerOf } from "./product.ts";
import * as store from "./product-store.ts";

/** What stands in the way of offering products. */
export interface OfferFaults {
  /** Of products that there are not, or that stand in the list before, about the field `products`. */
  readonly issues: readonly ValidationIssue[];
  /** The UUIDs of those that are not sold any more. */
  readonly archivedIds: readonly string[];
}

/** Looks at products that are to be offered, by their UUIDs in their order, and locks them so that they stay what they are. */
export async function lockOffers(
  db: Kysely<Tables>,
  tenant: Tenant,
  productIds: readonly string[],
): Promise<OfferFaults> {
  const found = await store.lockProductsToOffer(db, tenant, productIds);
  const statuses = new Map(found.map(({ id, status }) => [id, status]));
  const issues = productIds.flatMap((id, index): ValidationIssue[] => {
    const field = ["products", index];
    if (!statuses.has(id)) return [fieldIssue(field, "reference", "product", encodeId("product", id))];
    return productIds.indexOf(id) < index ? [duplicateIssue(field)] : [];
  });
  return { issues, archivedIds: productIds.filter((id) => statuses.get(id) === "ARCHIVED") };
}

/** The products of these UUIDs in this order, each with its variants. */
export async function readOffers(
  db: Kysely<Tables>,
  tenant: Tenant,
  productIds: readonly string[],
): Promise<Offer[]> {
  if (productIds.length === 0) return [];
  const products = new Map((await store.findProducts(db, tenant, productIds)).map((row) => [row.id, row]));
  const variants = Map.groupBy(
    await store.listVariants(db, tenant, productIds),
    ({ productId }) => productId,
  );
  return productIds.flatMap((id) => {
    const row = products.get(id);
    return row === undefined ? [] : [offerOf(row, variants.get(id) ?? [])];
  });
}
