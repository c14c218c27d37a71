/** Parts of what the API answers that several resources have. */
import * as v from "valibot";

export const stamps = { version: v.number(), createdAt: v.string(), updatedAt: v.string() };

export const entryLevels = ["guest", "confirmed", "external"] as const;
export type EntryLevel = (typeof entryLevels)[number];

/** With what somebody who was let through goes to the checkout. */
export const entryAdmission = v.object({ id: v.string(), token: v.string(), expiresAt: v.string() });
