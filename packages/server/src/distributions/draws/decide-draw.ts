import { encodeId } from "@stanchion/contract";
import {
  type FairnessSettings,
  fetchRound,
  rankInThread,
  roundThatCounts,
  timeOfRound,
} from "../../fairness/index.ts";
import type { Database } from "../../platform/database/index.ts";
import type { Log } from "../../platform/log.ts";
import * as store from "./draw-outcome-store.ts";
import { readRules } from "./draw-rules.ts";
import { makeDrawSeed } from "./draw-seed.ts";
import { numbersOfLeaves, packNumbers } from "./entry-numbers.ts";
import { commaJoined, statementsOf, writeProofParts } from "./proof-part-writer.ts";
import { measureUniformity } from "./uniformity.ts";

/** What the draw's chance is: nothing without a beacon, else the signature of the round that counts. */
export type Chance =
  | { readonly kind: "come"; readonly round: number | null; readonly signature: Buffer | null }
  /** Asked for in vain: it is to be asked for again then. */
  | { readonly kind: "awaited"; readonly retryAt: Date }
  /** It has not come for so long that it will not be waited for. */
  | { readonly kind: "given up"; readonly round: number };

const givenUpAfterMs = 7 * 86_400_000;
const retryMsMin = 1_000;
const retryMsMax = 60_000;

/** Looks for the one round that can decide the draw. No other is ever taken, nor another source. */
export async function findChance(
  deps: { readonly fairness: FairnessSettings; readonly log: Log },
  draw: store.DueDraw,
): Promise<Chance> {
  const { beacon } = readRules(draw.rules);
  if (beacon.kind === "none") return { kind: "come", round: null, signature: null };
  if (draw.frozenAt === null) throw new Error("the draw is not frozen");
  const round = roundThatCounts(beacon, draw.frozenAt.getTime());
  const fetched = await fetchRound(deps.fairness.drandUrls, beacon, round);
  if (fetched.kind === "signed") return { kind: "come", round, signature: fetched.signature };
  const lateMs = draw.now.getTime() - timeOfRound(beacon, round);
  if (lateMs > givenUpAfterMs) return { kind: "given up", round };
  if (fetched.kind !== "missing" || lateMs > retryMsMax)
    deps.log.warn(
      { drawId: encodeId("draw", draw.drawId), round, lateMs, ...fetched },
      "the beacon's round has not come; the draw waits for it",
    );
  // The later it is, the less often it is asked for.
  const waitMs = Math.min(retryMsMax, Math.max(retryMsMin, lateMs / 10));
  return { kind: "awaited", retryAt: new Date(draw.now.getTime() + waitMs) };
}

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
