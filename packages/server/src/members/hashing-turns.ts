import { apiError } from "../platform/errors/index.ts";

export interface HashingTurns {
  /** Throws OVERLOADED where too many strangers wait; never for who goes first. */
  requireRoom(goesFirst: boolean): void;
  /** Runs something that takes a core for a moment, when its turn comes. Throws as `requireRoom` does. */
  take<T>(goesFirst: boolean, run: () => Promise<T>): Promise<T>;
}

/** One hash takes 19 MiB and a thread of its own: two at a time leave the others to files and names. */
const atOnceMax = 2;
const strangersWaitingMax = 20;
/** Of one core in the long run: whoever guesses at many addresses must not take the cores from the line. */
const strangersShare = 0.1;
/** What strangers may take without a pause: some ninety of them. */
const strangersBurstMs = 3_000;

/** Those who go first run as soon as there is room; strangers within their share of the time, in the order in which they came. */
export function createHashingTurns(now: () => number = () => performance.now()): HashingTurns {
  const first: (() => void)[] = [];
  const strangers: (() => void)[] = [];
  let running = 0;
  let creditMs = strangersBurstMs;
  let creditedAtMs = now();
  // What a run takes by itself: others that want the cores meanwhile make it longer, and not dearer.
  let leastRunMs = Number.POSITIVE_INFINITY;
  let isPausing = false;

  const credit = (): void => {
    const nowMs = now();
    creditMs = Math.min(strangersBurstMs, creditMs + (nowMs - creditedAtMs) * strangersShare);
    creditedAtMs = nowMs;
  };
  const pause = (): void => {
    if (isPausing) return;
    isPausing = true;
    const resume = (): void => {
      isPausing = false;
      startNext();
    };
    setTimeout(resume, Math.ceil(-creditMs / strangersShare) + 1);
  };
  const startNext = (): void => {
    while (running < atOnceMax && first.length + strangers.length > 0) {
      credit();
      if (first.length === 0 && creditMs <= 0) {
        pause();
        return;
      }
      running += 1;
      (first.shift() ?? strangers.shift())?.();
    }
  };

  const requireRoom = (goesFirst: boolean): void => {
    if (!goesFirst && strangers.length >= strangersWaitingMax)
      throw apiError("OVERLOADED", { cause: new Error("too many passwords wait to be compared") });
  };
  const take: HashingTurns["take"] = async (goesFirst, run) => {
    requireRoom(goesFirst);
    await new Promise<void>((resolve) => {
      (goesFirst ? first : strangers).push(resolve);
      startNext();
    });
    const beganAtMs = now();
    try {
      const result = await run();
      leastRunMs = Math.min(leastRunMs, now() - beganAtMs);
      return result;
    } finally {
      if (!goesFirst && leastRunMs < Number.POSITIVE_INFINITY) creditMs -= leastRunMs;
      running -= 1;
      startNext();
    }
  };
  return { requireRoom, take };
}
