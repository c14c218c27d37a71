import type { Kysely } from "kysely";
import type { Tables } from "../database/index.ts";
import { quotaExceeded } from "./quota-exceeded.ts";
import { lockOpenQueues } from "./quota-store.ts";

/**
 * Refuses with QUOTA_EXCEEDED where a queue or draw that this transaction has just written is open beyond what the organization may have.
 * Whoever asks at the same moment waits until the transaction has ended.
 */
export async function requireOpenRoom(
  db: Kysely<Tables>,
  owner: { readonly organizationId: string; readonly isLive: boolean },
  distributionId: string,
): Promise<void> {
  const queues = await lockOpenQueues(db, owner, distributionId);
  if (queues === undefined || !queues.isOpen || queues.used < queues.limit) return;
  const { limit, used } = queues;
  throw quotaExceeded({ quota: "openQueues", limit, used });
}
