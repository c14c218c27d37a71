import { createHash } from "node:crypto";
import { CompiledQuery, type Transaction } from "kysely";
import { releaseHolds } from "../../catalog/index.ts";
import { appendToLog, commaJoined, type RunStatement, writeProofParts } from "../../fairness/index.ts";
import { canonicalJson } from "../../platform/canonical-json.ts";
import { type Database, inOrganization, type Tables } from "../../platform/database/index.ts";
import type { DecidedDraw } from "./decide-draw.ts";
import * as store from "./draw-outcome-store.ts";
import { turnAt } from "./draw-turns.ts";
import { admitToSeats } from "./seat-store.ts";

/** How many seats one statement gives. */
const seatsAtOnce = 1_000;
/** How long giving one seat takes, about: everybody's time to claim begins when all can see the result. */
const seatMs = 0.05;

/**
 * Publishes a result: admissions, proof and states appear with the commit, all at once, and only once. A draw that was cancelled
 * after its list was fixed admits nobody, and yet the log keeps what it would have come to.
 */
export async function publishDraw(
  database: Database,
  draw: store.DueDraw,
  decided: DecidedDraw,
): Promise<void> {
  await inOrganization(database, draw, async (db) => {
    const outcome = await store.lockOutcome(db, draw);
    if (outcome.seed !== null) return;
    const winners = decided.winners.length;
    const publishedAt = outcome.isCancelled ? null : await timeOfPublication(db, winners);
    const turnOf = (index: number): Date => turnAt(publishedAt ?? new Date(0), outcome.admitRate, index);
    await releaseHolds(db, draw.drawId);
    if (publishedAt !== null) await giveSeats(db, draw, decided, turnOf);
    const claimMs = (draw.admissionExpirationSeconds + draw.completionGraceSeconds) * 1_000;
    const dueAt = publishedAt === null || winners === 0 ? null : new Date(publishedAt.getTime() + claimMs);
    const lastTurnAt = dueAt && turnOf(winners - 1);
    await store.writeResult(db, draw.drawId, { ...decided, publishedAt, dueAt, lastTurnAt });
    await appendToLog(db, draw, {
      distribution: { kind: "draw", id: draw.drawId },
      kind: "result",
      data: {
        cancelled: outcome.isCancelled,
        count: draw.count ?? 0,
        resultHash: hashWinners(decided),
        seed: decided.seed.toString("hex"),
        winners,
      },
    });
  });
}

/** SHA-256 of the canonical JSON of the winners' list as the proof has it, in hex. */
function hashWinners({ winners }: DecidedDraw): string {
  const listed = canonicalJson(winners.map(({ entryId }) => entryId));
  return createHash("sha256").update(listed).digest("hex");
}

async function timeOfPublication(db: Transaction<Tables>, winners: number): Promise<Date> {
  const now = await store.readNow(db);
  return new Date(now.getTime() + Math.ceil(winners * seatMs));
}

async function giveSeats(
  db: Transaction<Tables>,
  draw: store.DueDraw,
  { winners }: DecidedDraw,
  turnOf: (index: number) => Date,
): Promise<void> {
  const claim = {
    expirationSeconds: draw.admissionExpirationSeconds,
    graceSeconds: draw.completionGraceSeconds,
  };
  const awards = commaJoined(writeProofParts(within(db), draw.drawId, "awards"));
  for (let from = 0; from < winners.length; from += seatsAtOnce) {
    const seats = winners
      .slice(from, from + seatsAtOnce)
      .map((winner, index) => ({ ...winner, admittedAt: turnOf(from + index) }));
    await admitToSeats(db, draw.drawId, seats, claim);
    const given = seats.map(
      ({ entryId, seat, admittedAt }) =>
        `{"at":"${admittedAt.toISOString()}","entryId":"${entryId}","outcome":"ADMITTED","reason":null,"seat":${seat}}`,
    );
    await awards.add(given.join(","));
  }
  await awards.finish();
}

function within(db: Transaction<Tables>): RunStatement {
  return (text, values) => db.executeQuery(CompiledQuery.raw(text, [...values]));
}
