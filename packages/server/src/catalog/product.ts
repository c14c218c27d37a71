import {
  decodeId,
  encodeId,
  type FieldPath,
  fieldIssue,
  type Offer,
  type Product,
  type ValidationIssue,
  type VariantInput,
} from "@stanchion/contract";
import type { Selectable } from "kysely";
import type { Tables } from "../platform/database/index.ts";
import { stampsOf } from "../platform/http/index.ts";
import { availableOf, type StockLevel } from "./stock.ts";

export type ProductRow = Selectable<Tables["products"]>;
export type VariantRow = Selectable<Tables["variants"]>;

/** A variant as a call wishes it; without an id it is a new one. */
export interface WishedVariant {
  readonly id: string | null;
  readonly name: string;
  readonly sku: string;
  readonly price: string | null;
  /** Undefined: as it is, of a new one without a bound. */
  readonly stock: number | null | undefined;
}

/** What a product is to be. */
export interface WishedProduct {
  readonly name: string;
  readonly sku: string;
  readonly price: string | null;
  readonly currency: string | null;
  readonly stock: number | null | undefined;
  readonly variants: readonly WishedVariant[];
}

/** Levels by the id of their item. */
export type StockLevels = ReadonlyMap<string, StockLevel>;

export function productOf(row: ProductRow, variants: readonly VariantRow[], levels: StockLevels): Product {
  return {
    ...factsOf(row),
    stock: levels.get(row.id)?.stock ?? null,
    variants: variants.map((variant) => ({
      ...variantFactsOf(variant),
      stock: levels.get(variant.id)?.stock ?? null,
    })),
    stockLevels:
      variants.length === 0
        ? [levelOf(encodeId("product", row.id), levels.get(row.id))]
        : variants.map(({ id }) => levelOf(encodeId("variant", id), levels.get(id))),
    ...stampsOf(row),
  };
}

function levelOf(id: string, level: StockLevel | undefined): Product["stockLevels"][number] {
  if (level === undefined) throw new Error("something that is sold has no stock level");
  return { id, reserved: level.reserved, sold: level.sold, available: availableOf(level) };
}

/** A product as the experience shows it that offers it: what there is left of it is the shop's own business. */
export function offerOf(row: ProductRow, variants: readonly VariantRow[]): Offer {
  return { ...factsOf(row), variants: variants.map(variantFactsOf) };
}

function factsOf({ id, name, sku, price, currency, status }: ProductRow) {
  return { id: encodeId("product", id), name, sku, price, currency, status };
}

function variantFactsOf({ id, name, sku, price }: VariantRow) {
  return { id: encodeId("variant", id), name, sku, price };
}

export function wishedVariantOf(given: VariantInput): WishedVariant {
  const id = given.id === undefined ? null : decodeId("variant", given.id);
  return { id, name: given.name, sku: given.sku, price: given.price ?? null, stock: given.stock };
}

/** Every SKU of a product with the field that it stands in: its own first, then its variants' in their order. */
export function skusOf(wished: WishedProduct): { sku: string; field: FieldPath }[] {
  const ofVariants = wished.variants.map(({ sku }, index) => ({ sku, field: ["variants", index, "sku"] }));
  return [{ sku: wished.sku, field: ["sku"] }, ...ofVariants];
}

/** The issues of prices that their currency does not have, or that have none. */
export function priceIssues(wished: WishedProduct): ValidationIssue[] {
  const prices: NamedPrice[] = [
    { price: wished.price, field: ["price"] },
    ...wished.variants.map(({ price }, index) => ({ price, field: ["variants", index, "price"] })),
  ];
  const { currency } = wished;
  if (currency === null) {
    const isNeeded = prices.some(({ price }) => price !== null);
    return isNeeded ? [fieldIssue("currency", "required", "string", "undefined")] : [];
  }
  return decimalIssues(currency, prices);
}

interface NamedPrice {
  readonly price: string | null;
  readonly field: FieldPath;
}

/** The issues of prices with more decimals than their currency has. */
export function decimalIssues(currency: string, prices: readonly NamedPrice[]): ValidationIssue[] {
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
