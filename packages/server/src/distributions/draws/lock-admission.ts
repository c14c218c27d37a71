import type { Transaction } from "kysely";
import type { AdmissionHolder, LockedAdmission } from "../../admissions/index.ts";
import type { Tables } from "../../platform/database/index.ts";
import { type ApiError, apiError } from "../../platform/errors/index.ts";
import type { Tenant } from "../../platform/http/index.ts";
import { statusOfDrawEntry, turnToCome } from "./draw-entry.ts";
import { type DrawEntryRow, findAdmittedDrawEntry, findLatestDrawEntryIn } from "./draw-entry-store.ts";
import { lockOutcome } from "./draw-outcome-store.ts";
import { completeSeat, readOrderOf } from "./seat-store.ts";
import { writeAwards } from "./settle-draw.ts";

const turnIsToCome = "The winner's time to buy has not begun.";

/**
 * Locks a win of the draw, which the caller knows to be its own organization's, for an order; undefined where there is none, and
 * the consumer never entered.
 */
export async function lockDrawAdmission(
  db: Transaction<Tables>,
  { tenant, drawId }: { tenant: Tenant; drawId: string },
  holder: AdmissionHolder,
): Promise<LockedAdmission | undefined> {
  const draw = { drawId, organizationId: tenant.organizationId, isLive: tenant.isLive };
  await lockOutcome(db, draw);
  const entry =
    "admissionId" in holder
      ? await findAdmittedDrawEntry(db, draw, holder.admissionId)
      : await findLatestDrawEntryIn(db, tenant, { drawId, consumerId: holder.consumerId });
  if (entry === undefined) return undefined;
  return {
    admissionId: entry.admissionId,
    consumerId: entry.consumerId,
    usedBy: await readOrderOf(db, entry.entryId),
    refusal: whyNotCompleted(entry),
    use: (orderId) => completeWin(db, draw, entry, orderId),
  };
}

/** What stands in the way of completing a win. Within the grace a checkout that was paid a moment late is honoured: its seat is held until then. */
export function whyNotCompleted(entry: DrawEntryRow): ApiError | null {
  const state = statusOfDrawEntry(entry);
  if (state === "COMPLETED") return apiError("ADMISSION_USED", { details: { state } });
  if (state === "EXPIRED") return apiError("ADMISSION_EXPIRED", { details: { state } });
  if (state !== "WON") return apiError("INVALID_STATE", { details: { state, hint: whyNoWin(entry) } });
  const admissionAt = turnToCome(entry);
  if (admissionAt === null) return null;
  return apiError("INVALID_STATE", { details: { state, admissionAt, hint: turnIsToCome } });
}

/** Why there is no win of this entry to complete or to be let in with. */
export function whyNoWin(entry: DrawEntryRow): string {
  const { drawStatus } = entry;
  switch (statusOfDrawEntry(entry)) {
    case "ENTERED":
      return drawStatus === "CANCELLED" || drawStatus === "VOID"
        ? "The draw admits nobody, so there is no win to complete."
        : "Nobody has won yet: ask again once the draw is drawn.";
    case "LEFT":
      return "This person has left the draw or given the win up, so there is none to complete.";
    case "DENIED":
      return "This person was taken out of the draw, or the win was taken back, so there is none to complete.";
    default:
      return "This person has not won, so there is no win to complete.";
  }
}

/** Uses up a win that nothing stands in the way of, under the lock of the draw's outcome. */
export async function completeWin(
  db: Transaction<Tables>,
  draw: { readonly drawId: string; readonly organizationId: string; readonly isLive: boolean },
  { entryId, seat }: DrawEntryRow,
  orderId: string | null,
): Promise<void> {
  await completeSeat(db, entryId, orderId);
  await writeAwards(db, draw, [{ entryId, seat: seat ?? 0, outcome: "COMPLETED", reason: null }]);
}
