import type { Surroundings } from "../surroundings.ts";

const moreTurns = 20;

interface Sleeper {
  readonly dueAtMs: number;
  wake(): void;
}

/** The clock of a fake server: the machine's own, or the test framework's, and as far ahead as the test has moved it. */
export class FakeClock {
  readonly #realNow: () => number;
  readonly #sleepers = new Set<Sleeper>();
  #aheadMs = 0;

  constructor(realNow: () => number) {
    this.#realNow = realNow;
  }

  /** In ms since 1970. */
  readonly now = (): number => this.#realNow() + this.#aheadMs;

  /** As a client waits: until the time has passed by itself, or the test has moved the clock past it. */
  readonly wait: Surroundings["wait"] = (ms, signal) =>
    new Promise((resolve, reject) => {
      const end = (finish: () => void): void => {
        clearTimeout(timer);
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener("abort", stop);
        finish();
      };
      const stop = (): void => end(() => reject(signal?.reason));
      const sleeper = { dueAtMs: this.now() + ms, wake: () => end(resolve) };
      const timer = setTimeout(sleeper.wake, Math.min(ms, timerMsMax));
      this.#sleepers.add(sleeper);
      if (signal?.aborted) stop();
      else signal?.addEventListener("abort", stop, { once: true });
    });

  /** Moves the clock, from one sleeper to the next; `settle` lets each one's work be done before the next is due. */
  async advance(seconds: number, settle: () => Promise<void>): Promise<void> {
    if (!Number.isFinite(seconds) || seconds < 0)
      throw new RangeError("advance takes the seconds to move the clock ahead by: 0 or more.");
    // What was begun before this call waits from before it, so that its wait is over by the end of it.
    await settle();
    const targetMs = this.now() + seconds * 1_000;
    for (;;) {
      await settle();
      const next = [...this.#sleepers].sort((a, b) => a.dueAtMs - b.dueAtMs)[0];
      if (next === undefined || next.dueAtMs > targetMs) break;
      this.#moveTo(next.dueAtMs);
      next.wake();
    }
    this.#moveTo(targetMs);
    await settle();
  }

  #moveTo(atMs: number): void {
    this.#aheadMs += Math.max(0, atMs - this.now());
  }
}

// What is longer overflows.
const timerMsMax = 2 ** 31 - 1;

/** What the client loads when it needs it: no turn of the test says when a file has been read. */
function loadPieces(): Promise<unknown> {
  return Promise.all([
    import("../device.ts"),
    import("../line-detail.ts"),
    import("../shuffle.ts"),
    import("../stream-parts.ts"),
  ]);
}

/** Lets happen what needs no time; by no timer, since the test may have replaced those. */
export async function turnOver(): Promise<void> {
  await loadPieces();
  for (let turn = 0; turn < moreTurns; turn += 1) await Promise.resolve();
  if (typeof MessageChannel === "undefined") return;
  const { port1, port2 } = new MessageChannel();
  await new Promise<void>((resolve) => {
    port1.onmessage = () => resolve();
    port2.postMessage(null);
  });
  port1.close();
}
