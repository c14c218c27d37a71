import { encodeId } from "@stanchion/contract";
import type { Transaction } from "kysely";
import { appendToLog } from "../../fairness/index.ts";
import { type Database, inOrganization, type Tables } from "../../platform/database/index.ts";
import * as store from "./draw-outcome-store.ts";
import { unpackNumbers } from "./entry-numbers.ts";
import {
  type Award,
  admitToSeats,
  type EndedSeat,
  insertAwards,
  lockEndedSeats,
  nextSeatEnd,
  settleSeats,
} from "./seat-store.ts";

const seatsAtOnce = 500;

/**
 * Sees to seats whose admissions are over: who let the time pass has lost the win, and with `backfill` the seat goes to the next of
 * the ranking who had no turn. Each award is on the log in the transaction that makes it.
 */
export async function settleDraw(database: Database, draw: store.DueDraw): Promise<void> {
  await inOrganization(database, draw, async (db) => {
    await store.lockOutcome(db, draw);
    const ended = await lockEndedSeats(db, draw.drawId, seatsAtOnce);
    if (ended.length > 0) {
      await settleSeats(
        db,
        ended.map(({ admissionId }) => admissionId),
      );
      const expired = ended
        .filter(({ status }) => status === "ADMITTED")
        .map(({ entryId, seat }): Award => ({ entryId, outcome: "EXPIRED", reason: null, seat }));
      const free = ended.filter(({ status }) => status !== "COMPLETED");
      const promoted = draw.backfill ? await giveToAlternates(db, draw, free) : [];
      await writeAwards(db, draw, [...expired, ...promoted]);
    }
    await store.setDue(db, draw.drawId, await nextSeatEnd(db, draw.drawId));
  });
}

/** Puts awards on the draw's list and on the log. Under the lock of the draw's outcome, and before that of the audit chain. */
export async function writeAwards(
  db: Transaction<Tables>,
  draw: { readonly drawId: string; readonly organizationId: string; readonly isLive: boolean },
  awards: readonly Award[],
): Promise<void> {
  if (awards.length === 0) return;
  const now = await store.readNow(db);
  await insertAwards(db, draw.drawId, awards, now);
  const at = now.toISOString();
  await appendToLog(db, draw, {
    distribution: { kind: "draw", id: draw.drawId },
    kind: "awards",
    data: { awards: awards.map((award) => ({ ...award, at, entryId: encodeId("entry", award.entryId) })) },
  });
}

async function giveToAlternates(
  db: Transaction<Tables>,
  draw: store.DueDraw,
  free: readonly EndedSeat[],
): Promise<Award[]> {
  const numbers = unpackNumbers(await store.takeAlternates(db, draw.drawId, draw.winnerCount, free.length));
  const seats = numbers.map((number, at) => ({ number, seat: free[at]?.seat ?? 0 }));
  const admittedAt = await store.readNow(db);
  await admitToSeats(db, draw.drawId, seats, {
    admittedAt,
    expirationSeconds: draw.admissionExpirationSeconds,
    graceSeconds: draw.completionGraceSeconds,
  });
  const entries = await store.findEntriesByNumber(db, draw.drawId, numbers);
  return entries.map(({ entryId }, at) => ({
    entryId,
    outcome: "ADMITTED",
    reason: null,
    seat: seats[at]?.seat ?? 0,
  }));
}
