import { encodeId } from "@stanchion/contract";
import { commaJoined, rankInThread, statementsOf, writeProofParts } from "../../fairness/index.ts";
import type { Database } from "../../platform/database/index.ts";
import * as store from "./draw-outcome-store.ts";
import { makeDrawSeed } from "./draw-seed.ts";
import { numbersOfLeaves, packNumbers } from "./entry-numbers.ts";
import { measureUniformity } from "./uniformity.ts";

/** How many rows are worked on in one turn of the event loop. */
const rowsAtOnce = 2_000;

export interface DecidedDraw extends store.DrawResult {
  /** The winners as the proof lists them. */
  readonly winners: readonly Winner[];
}

export interface Winner {
  /** From 1. */
  readonly seat: number;
  readonly number: number;
  /** The entry's id on the wire. */
  readonly entryId: string;
}

/**
 * Works out a frozen draw, and keeps the large parts of its proof. The same list, seed and chance give the same result, however
 * often and by whomever it is worked out, so nothing needs to be kept of a draw that was not published.
 */
export async function decideDraw(
  { pool, kysely }: Database,
  draw: store.DueDraw,
  { serverSeed, round, signature }: { serverSeed: Buffer; round: number | null; signature: Buffer | null },
): Promise<DecidedDraw> {
  const { root, count, lastNumber } = draw;
  if (root === null || count === null || lastNumber === null) throw new Error("the draw is not frozen");
  const seed = makeDrawSeed({
    rulesHash: draw.rulesHash,
    root,
    count,
    serverSeed,
    beacon: signature ?? Buffer.alloc(0),
  });
  const ranking = await rankInThread(seed, count);
  const run = statementsOf(pool);
  const parts = commaJoined(writeProofParts(run, draw.drawId, "ranking"));
  for (let at = 0; at < count; at += rowsAtOnce)
    await parts.add(ranking.subarray(at, at + rowsAtOnce).join(","));
  await parts.finish();
  const removedNumbers = await store.readRemovedNumbers(pool, draw.drawId);
  const numbers = numbersOfLeaves({ lastNumber, removedNumbers });
  const ranked = ranking.map((leaf) => numbers[leaf] ?? 0);
  return {
    round,
    beacon: signature,
    seed,
    rankedNumbers: packNumbers(ranked),
    uniformity: measureUniformity(ranking),
    winners: await readWinners({ pool, kysely }, draw, ranked.subarray(0, Math.min(draw.winnerCount, count))),
  };
}

async function readWinners(
  { pool, kysely }: Pick<Database, "pool" | "kysely">,
  { drawId }: store.DueDraw,
  numbers: Uint32Array,
): Promise<Winner[]> {
  const parts = commaJoined(writeProofParts(statementsOf(pool), drawId, "winners"));
  const winners: Winner[] = [];
  for (let at = 0; at < numbers.length; at += rowsAtOnce) {
    const rows = await store.findEntriesByNumber(kysely, drawId, [...numbers.subarray(at, at + rowsAtOnce)]);
    for (const { number, entryId } of rows)
      winners.push({ seat: winners.length + 1, number, entryId: encodeId("entry", entryId) });
    await parts.add(rows.map(({ entryId }) => `"${encodeId("entry", entryId)}"`).join(","));
  }
  await parts.finish();
  if (winners.length !== numbers.length) throw new Error("an entry of the frozen list is gone");
  return winners;
}
