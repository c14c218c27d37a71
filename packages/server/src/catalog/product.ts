import {
  decodeId,
  encodeId,
  type FieldPath,
  fieldIssue,
  type Product,
  type ValidationIssue,
  type VariantInput,
} from "@stanchion/contract";
import type { Selectable } from "kysely";
import type { Tables } from "../platform/database/index.ts";
import { stampsOf } from "../platform/http/index.ts";

export type ProductRow = Selectable<Tables["products"]>;
export type VariantRow = Selectable<Tables["variants"]>;

/** A variant as a call wishes it; without an id it is a new one. */
export interface WishedVariant {
  readonly id: string | null;
  readonly name: string;
  readonly sku: string;
  readonly price: string | null;
}

/** What a product is to be. */
export interface WishedProduct {
  readonly name: string;
  readonly sku: string;
  readonly price: string | null;
  readonly currency: string | null;
  readonly variants: readonly WishedVariant[];
}

export function productOf(row: ProductRow, variants: readonly VariantRow[]): Product {
  return {
    id: encodeId("product", row.id),
    name: row.name,
    sku: row.sku,
    price: row.price,
    currency: row.currency,
    status: row.status,
    variants: variants.map(({ id, name, sku, price }) => ({
      id: encodeId("variant", id),
      name,
      sku,
      price,
    })),
    ...stampsOf(row),
  };
}

export function wishedVariantOf(given: VariantInput): WishedVariant {
  const id = given.id === undefined ? null : decodeId("variant", given.id);
  return { id, name: given.name, sku: given.sku, price: given.price ?? null };
}

/** Every SKU of a product with the field that it stands in: its own first, then its variants' in their order. */
export function skusOf(wished: WishedProduct): { sku: string; field: FieldPath }[] {
  const ofVariants = wished.variants.map(({ sku }, index) => ({ sku, field: ["variants", index, "sku"] }));
  return [{ sku: wished.sku, field: ["sku"] }, ...ofVariants];
}

/** The issues of prices that their currency does not have, or that have none. */
export function priceIssues(wished: WishedProduct): ValidationIssue[] {
  const prices: { price: string | null; field: FieldPath }[] = [
    { price: wished.price, field: ["price"] },
    ...wished.variants.map(({ price }, index) => ({ price, field: ["variants", index, "price"] })),
  ];
  const { currency } = wished;
  if (currency === null) {
    const isNeeded = prices.some(({ price }) => price !== null);
    return isNeeded ? [fieldIssue("currency", "required", "string", "undefined")] : [];
  }
  const decimals = decimalsOf(currency);
  return prices.flatMap(({ price, field }) => {
    const given = price?.split(".")[1]?.length ?? 0;
    if (price === null || given <= decimals) return [];
    return [
      fieldIssue(field, "pattern", `an amount of ${currency} with at most ${decimals} decimals`, price),
    ];
  });
}

function decimalsOf(currency: string): number {
  const format = new Intl.NumberFormat("en", { style: "currency", currency });
  return format.resolvedOptions().maximumFractionDigits ?? 2;
}
