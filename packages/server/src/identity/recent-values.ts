/**
 * Remembers what belongs to a text, within a bound. Two generations: the older one is dropped whole when the newer one is full,
 * so what is forgotten is the oldest.
 */
export class RecentValues<Value> {
  readonly #max: number;
  #newer = new Map<string, Value>();
  #older = new Map<string, Value>();

  /** @param max how many are remembered, at most twice as many for a while */
  constructor(max: number) {
    this.#max = max;
  }

  get held(): number {
    return this.#newer.size + this.#older.size;
  }

  get(text: string): Value | undefined {
    return this.#newer.get(text) ?? this.#older.get(text);
  }

  set(text: string, value: Value): void {
    if (this.#newer.size >= this.#max) {
      this.#older = this.#newer;
      this.#newer = new Map();
    }
    this.#newer.set(text, value);
  }
}
