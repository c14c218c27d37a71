import { encodeId } from "@stanchion/contract";
import type { Transaction } from "kysely";
import { lockStockRoom } from "../../catalog/index.ts";
import { appendToLog } from "../../fairness/index.ts";
import { type Database, inOrganization, type Tables } from "../../platform/database/index.ts";
import * as store from "./draw-outcome-store.ts";
import { makeTurns, nextTurnAt } from "./draw-turns.ts";
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
const pacedStepMs = 5_000;

/**
 * Sees to seats whose admissions are over: who let the time pass has lost the win, and with `backfill` the seat goes to the next of
 * the ranking who had no turn. Each award is on the log in the transaction that makes it.
 */
export async function settleDraw(database: Database, draw: store.DueDraw): Promise<void> {
  await inOrganization(database, draw, async (db) => {
    const outcome = await store.lockOutcome(db, draw);
    const ended = await lockEndedSeats(db, draw.drawId, seatsAtOnce);
    const now = await store.readNow(db);
    if (ended.length > 0) {
      await settleSeats(
        db,
        ended.map(({ admissionId }) => admissionId),
      );
      const expired = ended
        .filter(({ status }) => status === "ADMITTED")
        .map(({ entryId, seat }): Award => ({ at: now, entryId, outcome: "EXPIRED", reason: null, seat }));
      const free = ended.filter(({ status }) => status !== "COMPLETED");
      const promoted = draw.backfill ? await giveToAlternates(db, draw, free, { now, ...outcome }) : [];
      await writeAwards(db, draw, [...expired, ...promoted]);
    }
    const nextAt = await nextSeatEnd(db, draw.drawId);
    const isPaced = outcome.admitRate !== null && ended.length < seatsAtOnce;
    await store.setDue(db, draw.drawId, nextAt && isPaced ? laterOf(nextAt, now) : nextAt);
  });
}

/** Turns that begin one after the other end one after the other: each by itself would be an entry of the log. */
function laterOf(nextAt: Date, now: Date): Date {
  return new Date(Math.max(nextAt.getTime(), now.getTime() + pacedStepMs));
}

/** Puts awards on the draw's list and on the log, of now where they say no other time. Under the lock of the draw's outcome, and before that of the audit chain. */
export async function writeAwards(
  db: Transaction<Tables>,
  draw: { readonly drawId: string; readonly organizationId: string; readonly isLive: boolean },
  awards: readonly (Omit<Award, "at"> & { readonly at?: Date })[],
): Promise<void> {
  if (awards.length === 0) return;
  const now = await store.readNow(db);
  const dated = awards.map((award): Award => ({ at: now, ...award }));
  await insertAwards(db, draw.drawId, dated);
  await appendToLog(db, draw, {
    distribution: { kind: "draw", id: draw.drawId },
    kind: "awards",
    data: {
      awards: dated.map(({ at, entryId, ...award }) => ({
        ...award,
        at: at.toISOString(),
        entryId: encodeId("entry", entryId),
      })),
    },
  });
}

async function giveToAlternates(
  db: Transaction<Tables>,
  draw: store.DueDraw,
  free: readonly EndedSeat[],
  {
    now,
    admitRate,
    lastTurnAt,
  }: { readonly now: Date } & Pick<store.LockedOutcome, "admitRate" | "lastTurnAt">,
): Promise<Award[]> {
  // What the free seats held is free by now, but for what an order has taken over that is not paid yet.
  const room = await lockStockRoom(db, draw.drawId);
  const most = Math.max(0, Math.min(free.length, room ?? free.length));
  const numbers = unpackNumbers(await store.takeAlternates(db, draw.drawId, draw.winnerCount, most));
  const turns = makeTurns(nextTurnAt(now, admitRate, lastTurnAt), admitRate, numbers.length);
  const seats = numbers.map((number, at) => ({
    number,
    seat: free[at]?.seat ?? 0,
    admittedAt: turns[at] ?? now,
  }));
  const last = turns.at(-1);
  if (last !== undefined) await store.noteLastTurn(db, draw.drawId, last);
  await admitToSeats(db, draw.drawId, seats, {
    expirationSeconds: draw.admissionExpirationSeconds,
    graceSeconds: draw.completionGraceSeconds,
  });
  const entries = await store.findEntriesByNumber(db, draw.drawId, numbers);
  return entries.map(({ entryId }, at) => ({
    at: turns[at] ?? now,
    entryId,
    outcome: "ADMITTED",
    reason: null,
    seat: seats[at]?.seat ?? 0,
  }));
}
