const samplesKept = 8;
const stepMsMin = 100;

/**
 * Estimates the server's clock from the times that its answers carry.
 *
 * A time is always read later than it was written, so each sample is too low by the way it travelled and the time it
 * lay in a cache: the largest of the last few is the best.
 */
export class ServerClock {
  readonly #now: () => number;
  #samples: readonly number[] = [];
  #offsetMs = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** What to add to the local clock to have the server's, in ms; 0 until something was observed. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** The server's time, in ms since 1970. */
  now(): number {
    return this.#now() + this.#offsetMs;
  }

  /** Takes note of a time that the server has just told, in ms since 1970; what is no number is ignored. */
  observe(serverMs: number): void {
    if (!Number.isFinite(serverMs)) return;
    this.#samples = [...this.#samples.slice(1 - samplesKept), serverMs - this.#now()];
    const offsetMs = Math.max(...this.#samples);
    // Small steps are the network's, not the clock's; they would only make pages draw again.
    if (Math.abs(offsetMs - this.#offsetMs) >= stepMsMin) this.#offsetMs = offsetMs;
  }
}
