import type { EntryStatus } from "@stanchion/contract";
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
  const state = isEnded ? "DENIED" : status;
  return apiError("INVALID_STATE", { details: { state, hint: noAdmissionOf(state) } });
}

/** Why there is no admission of an entry in this state to complete or to be let in with. */
export function noAdmissionOf(state: EntryStatus): string {
  return state === "QUEUED"
    ? "This person still waits: complete it once they are admitted."
    : "This person has left the line or was taken out of it, so there is no admission to complete.";
}
