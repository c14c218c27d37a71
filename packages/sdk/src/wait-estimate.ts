import type { Board, Entry } from "@stanchion/contract";

const windowMs = 60_000;
const observedMsMin = 15_000;
const sampleEveryMs = 1_000;

/** How the line before one entry moved: from when on it was watched, and what was seen last. */
export interface Movement {
  readonly samples: readonly MovementSample[];
  /** People per minute; null until enough was observed. Kept while nothing moves. */
  readonly ratePerMinute: number | null;
}

interface MovementSample {
  readonly atMs: number;
  /** How many before the entry have been served or have departed. */
  readonly passed: number;
}

export const noMovement: Movement = { samples: [], ratePerMinute: null };

/** Takes note of how many have passed before the entry; the rate is that of the last minute. */
export function observeMovement(before: Movement, atMs: number, passed: number): Movement {
  const last = before.samples.at(-1);
  const isDue = last === undefined || atMs - last.atMs >= sampleEveryMs;
  const samples = trimSamples(isDue ? [...before.samples, { atMs, passed }] : before.samples, atMs);
  const first = samples[0];
  if (first === undefined) return before;
  const observedMs = Math.min(windowMs, atMs - first.atMs);
  const moved = passed - first.passed;
  if (observedMs < observedMsMin || moved <= 0) return { samples, ratePerMinute: before.ratePerMinute };
  return { samples, ratePerMinute: (moved * 60_000) / observedMs };
}

// The newest sample from before the window stays: it says where the line stood when the window began.
function trimSamples(samples: readonly MovementSample[], atMs: number): readonly MovementSample[] {
  const inside = samples.findIndex((sample) => sample.atMs > atMs - windowMs);
  return inside > 1 ? samples.slice(inside - 1) : samples;
}

/**
 * How long until the entry is served, in whole seconds: by what was observed, until then by what the server said.
 * Null while nobody is admitted.
 */
export function estimateWaitSeconds(
  board: Board,
  entry: Entry,
  position: number,
  movement: Movement | null,
): number | null {
  if (
    board.stock?.free === 0 ||
    board.status === "PAUSED" ||
    board.status === "SCHEDULED" ||
    board.admitRate <= 0
  )
    return null;
  const ratePerMinute = movement?.ratePerMinute;
  if (ratePerMinute) return secondsAt(position, Math.min(ratePerMinute, board.admitRate));
  if (entry.estimatedWaitSeconds === null || entry.position === null || entry.position < 1)
    return secondsAt(position, board.admitRate);
  return Math.ceil((entry.estimatedWaitSeconds * position) / entry.position);
}

function secondsAt(position: number, ratePerMinute: number): number {
  return Math.ceil((position * 60) / ratePerMinute);
}
