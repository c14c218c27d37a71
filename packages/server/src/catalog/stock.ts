import {
  decodeId,
  duplicateIssue,
  encodeId,
  fieldIssue,
  type Hold,
  type HoldInput,
  type ValidationIssue,
} from "@stanchion/contract";
import type { Kysely } from "kysely";
import type { Tables } from "../platform/database/index.ts";
import { type ApiError, apiError, validationError } from "../platform/errors/index.ts";
import type { Tenant } from "../platform/http/index.ts";
import { findItemsById } from "./sellable-items.ts";
import type * as store from "./stock-store.ts";

export type { ItemQuantity, Shortage, StockLevel } from "./stock-store.ts";

/** What the holds of a body come to. Throws an issue for each item that is not there or stands in the list twice. */
export async function requireHolds(
  db: Kysely<Tables>,
  tenant: Tenant,
  given: readonly HoldInput[],
): Promise<store.KnownHold[]> {
  const holds = given.map(({ id, quantity }): store.KnownHold => {
    const kind = decodeId("variant", id) === null ? "product" : "variant";
    return { itemId: itemIdOf(id), kind, quantity: quantity ?? 1 };
  });
  const ids = holds.map(({ itemId }) => itemId);
  const sellable = await findItemsById(db, tenant, ids);
  const issues = given.flatMap(({ id }, index): ValidationIssue[] => {
    const itemId = ids[index] ?? "";
    if (!sellable.has(itemId))
      return [fieldIssue(["holds", index, "id"], "reference", "variant, or product without variants", id)];
    return ids.indexOf(itemId) < index ? [duplicateIssue(["holds", index, "id"])] : [];
  });
  if (issues.length > 0) throw validationError(issues);
  return holds;
}

/** The holds as they are shown. */
export function holdsJson(holds: readonly store.KnownHold[]): Hold[] {
  return holds.map(({ itemId, kind, quantity }) => ({ id: encodeId(kind, itemId), quantity }));
}

/** The refusal that names what a draw or line holds as its own body does. */
export function outOfHeldStock(
  shortages: readonly store.Shortage[],
  holds: readonly store.KnownHold[],
): ApiError {
  const kinds = new Map(holds.map(({ itemId, kind }) => [itemId, kind]));
  return outOfStock(shortages, (itemId) => encodeId(kinds.get(itemId) ?? "variant", itemId));
}

/** The UUID of a variant's or a product's id, which the contract has checked. */
export function itemIdOf(id: string): string {
  return decodeId("variant", id) ?? decodeId("product", id) ?? "";
}

/** The refusal that says of which items there is not enough. `wireIdOf`: the ids as the caller has written them. */
export function outOfStock(
  shortages: readonly store.Shortage[],
  wireIdOf: (itemId: string) => string,
): ApiError {
  const items = shortages.map(({ itemId, available }) => ({ id: wireIdOf(itemId), available }));
  return apiError("OUT_OF_STOCK", { details: { items } });
}

/** Units that are neither held nor sold; null: as many as anybody wants. */
export function availableOf({ stock, reserved, sold }: store.StockLevel): number | null {
  return stock === null ? null : stock - reserved - sold;
}
