import type { Board, Entry } from "@stanchion/contract";
import { departedBefore } from "./position.ts";

/** Before that a checkout that fills at once would look like a pace. */
const observedMsMin = 15_000;
const windowMsMin = 60_000;
const windowMsMax = 600_000;
const sampleEveryMs = 5_000;
/** The window reaches back until so many have passed. What the server said counts like so many that were seen to pass. */
const passedEnough = 50;

/** How the line before one entry moved, as long as it was watched. */
export interface Movement {
  readonly samples: readonly MovementSample[];
  /** At which it moved; at another one it begins anew. */
  readonly admitRate: number;
  /** How many before the entry have been served or have departed in so many ms of late. */
  readonly passed: number;
  readonly ms: number;
  /** The estimate is good to about this factor: two standard deviations of what was counted, and 2 where that is little. */
  readonly factor: number;
}

interface MovementSample {
  readonly atMs: number;
  readonly passed: number;
}

/** Takes note of how many have passed before the entry by this board. */
export function observeMovement(before: Movement | null, atMs: number, board: Board, rank: number): Movement {
  // Without the own segment's bits: they come late and at once, which would look like speed.
  const now = { atMs, passed: board.nowServing + departedBefore(board, rank, null) };
  const known = before?.admitRate === board.admitRate ? before.samples : [];
  const last = known.at(-1);
  const isDue = last === undefined || atMs - last.atMs >= sampleEveryMs;
  const samples = trimSamples(isDue ? [...known, now] : known, now);
  const first = samples[0] ?? now;
  const isLong = atMs - first.atMs >= observedMsMin;
  const passed = isLong ? Math.max(0, now.passed - first.passed) : 0;
  const ms = isLong ? atMs - first.atMs : 0;
  return { samples, admitRate: board.admitRate, passed, ms, factor: 1 + Math.sqrt(5 / (5 + passed)) };
}

function trimSamples(samples: readonly MovementSample[], now: MovementSample): readonly MovementSample[] {
  const old = samples.filter(({ atMs, passed }) => {
    const ms = now.atMs - atMs;
    return ms >= windowMsMax || (ms >= windowMsMin && now.passed - passed >= passedEnough);
  });
  return samples.slice(Math.max(0, old.length - 1));
}

/**
 * How long until the entry is served, in whole seconds: by what the server said, the less the more was seen of the line since.
 * Null while nobody is admitted, and where nobody knows whether a turn comes.
 */
export function estimateWaitSeconds(
  board: Board,
  entry: Entry,
  position: number,
  movement: Movement | null,
): number | null {
  const { status, stock, admitRate } = board;
  if (status === "PAUSED" || status === "SCHEDULED" || admitRate <= 0) return null;
  if (stock && position > stock.free) return null;
  const { passed, ms } = movement ?? { passed: 0, ms: 0 };
  const isTold = entry.estimatedWaitSeconds !== null && entry.position !== null && entry.position > 0;
  if (!isTold && (passed < passedEnough || ms < windowMsMin)) return null;
  const toldEnough = isTold ? passedEnough : 0;
  const toldSeconds = isTold ? ((entry.estimatedWaitSeconds ?? 0) / (entry.position ?? 1)) * toldEnough : 0;
  const secondsEach = (ms / 1_000 + toldSeconds) / (passed + toldEnough);
  return Math.ceil(position * Math.max(secondsEach, 60 / admitRate));
}
