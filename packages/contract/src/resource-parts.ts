/** Parts of what the API answers that several resources have. */
import * as v from "valibot";
import { clearable, idOf, integer } from "./fields.ts";
import { limits } from "./limits.ts";

export const stamps = { version: v.number(), createdAt: v.string(), updatedAt: v.string() };

export const entryLevels = ["guest", "confirmed", "external"] as const;
export type EntryLevel = (typeof entryLevels)[number];

/** With what somebody who was let through goes to the checkout. */
export const entryAdmission = v.object({ id: v.string(), token: v.string(), expiresAt: v.string() });

/** What each admission of a line or a draw holds of the stock: a variant, or a product without variants. */
export const holdsInput = v.pipe(
  v.array(
    v.object({
      id: idOf(["variant", "product"]),
      quantity: clearable(integer(1, limits.holdQuantityMax)),
    }),
  ),
  v.maxLength(limits.holdsMax),
);
export type HoldInput = v.InferOutput<typeof holdsInput>[number];
export const hold = v.object({ id: v.string(), quantity: v.number() });
export type Hold = v.InferOutput<typeof hold>;
