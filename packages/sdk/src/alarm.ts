import type { CallSurroundings } from "./surroundings.ts";

/** One call-back that is due later. */
export class Alarm {
  readonly #surroundings: CallSurroundings;
  #pending: AbortController | null = null;

  constructor(surroundings: CallSurroundings) {
    this.#surroundings = surroundings;
  }

  get isSet(): boolean {
    return this.#pending !== null;
  }

  /** Runs `ring` in `ms`, instead of whatever was pending. */
  set(ms: number, ring: () => void): void {
    this.clear();
    const pending = new AbortController();
    this.#pending = pending;
    this.#surroundings.wait(ms, pending.signal).then(
      () => {
        if (pending.signal.aborted) return;
        this.#pending = null;
        ring();
      },
      // A wait ends early only when this alarm was cleared.
      () => {},
    );
  }

  clear(): void {
    this.#pending?.abort();
    this.#pending = null;
  }
}
