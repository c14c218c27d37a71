/**
 * Remembers texts, each until a time of its own, within a bound. Two generations: the older one is dropped whole when the newer
 * one is full, so what is forgotten early is the oldest.
 */
export class RecentMarks {
  readonly #max: number;
  #newer = new Map<string, number>();
  #older = new Map<string, number>();

  /** @param max how many are remembered, at most twice as many for a while */
  constructor(max: number) {
    this.#max = max;
  }

  get held(): number {
    return this.#newer.size + this.#older.size;
  }

  /** Until when a text is remembered, in ms since 1970; null where it is not, or no longer. */
  endsAtMs(text: string, nowMs: number): number | null {
    const endsAtMs = this.#newer.get(text) ?? this.#older.get(text) ?? 0;
    return endsAtMs > nowMs ? endsAtMs : null;
  }

  add(text: string, endsAtMs: number): void {
    if (this.#newer.size >= this.#max) {
      this.#older = this.#newer;
      this.#newer = new Map();
    }
    this.#newer.set(text, endsAtMs);
  }
}
