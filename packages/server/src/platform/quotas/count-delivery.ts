import { limits } from "@stanchion/contract";
import type { Kysely } from "kysely";
import type { Tables } from "../database/index.ts";
import { quotaExceeded } from "./quota-exceeded.ts";
import { countOneDelivery, uncountDelivery } from "./quota-store.ts";

/** A delivery that counts in its organization's quota. */
export interface CountedDelivery {
  readonly organizationId: string;
  /** Null: the organization may send as many as it likes, and nothing was counted. */
  readonly windowEndsAt: Date | null;
}

/**
 * Counts what is about to be sent in an organization's name, to people or to systems; throws QUOTA_EXCEEDED where it may send no
 * more until its 24 hours are over, which begin with the first that is counted. What was not sent is given back.
 *
 * @example
 * const counted = await countDelivery(db, organizationId);
 * await send().catch(async (error: unknown) => {
 *   await giveDeliveryBack(db, counted);
 *   throw error;
 * });
 */
export async function countDelivery(db: Kysely<Tables>, organizationId: string): Promise<CountedDelivery> {
  const verdict = await countOneDelivery(db, organizationId, limits.deliveriesWindowSeconds);
  if (verdict === undefined) return { organizationId, windowEndsAt: null };
  const { isCounted, limit, used, windowEndsAt } = verdict;
  if (isCounted) return { organizationId, windowEndsAt };
  // Where no delivery is allowed at all, no window ever begins.
  const resetsAt = limit === 0 ? null : windowEndsAt.toISOString();
  throw quotaExceeded({ quota: "deliveries", limit, used, resetsAt });
}

/** Takes back what was counted for a delivery that did not go out. */
export async function giveDeliveryBack(
  db: Kysely<Tables>,
  { organizationId, windowEndsAt }: CountedDelivery,
): Promise<void> {
  if (windowEndsAt !== null) await uncountDelivery(db, organizationId, windowEndsAt);
}
