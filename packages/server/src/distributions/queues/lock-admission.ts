import type { Kysely } from "kysely";
import type { AdmissionHolder, LockedAdmission } from "../../admissions/index.ts";
import type { Tables } from "../../platform/database/index.ts";
import { type ApiError, apiError } from "../../platform/errors/index.ts";
import {
  completeAdmitted,
  isTicketEnded,
  type LockedEntry,
  lockEntryOfAdmission,
  lockLatestEntry,
} from "./admission-store.ts";

/**
 * Locks an admission of the queue, which the caller knows to be its own organization's, for an order; undefined where there is
 * none, and the consumer never entered.
 */
export async function lockQueueAdmission(
  db: Kysely<Tables>,
  queueId: string,
  holder: AdmissionHolder,
): Promise<LockedAdmission | undefined> {
  const entry =
    "admissionId" in holder
      ? await lockEntryOfAdmission(db, queueId, holder.admissionId)
      : await lockLatestEntry(db, queueId, holder.consumerId);
  if (entry === undefined) return undefined;
  const { admissionId, consumerId, orderId } = entry;
  return {
    admissionId,
    consumerId,
    usedBy: orderId,
    refusal: await whyNotCompleted(db, queueId, entry),
    use: (order) => completeAdmitted(db, entry.entryId, order),
  };
}

/** What stands in the way of completing a locked entry. Within the grace a checkout that was paid a moment late is honoured: its place is held until then. */
export async function whyNotCompleted(
  db: Kysely<Tables>,
  queueId: string,
  entry: LockedEntry,
): Promise<ApiError | null> {
  const { status } = entry;
  if (status === "COMPLETED") return apiError("ADMISSION_USED", { details: { state: status } });
  if (status === "EXPIRED" || (status === "ADMITTED" && entry.isPastRelease))
    return apiError("ADMISSION_EXPIRED", { details: { state: "EXPIRED" } });
  if (status === "ADMITTED") return null;
  const isEnded = status === "QUEUED" && (await isTicketEnded(db, queueId, entry.ticket));
  return apiError("INVALID_STATE", { details: { state: isEnded ? "DENIED" : status } });
}
