/**
 * Remembers what belongs to a text, within a bound. Two generations: the older one is dropped whole when the newer one is full,
 * and what is asked for moves over, so what is forgotten is what nobody has asked for lately.
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
    const recent = this.#newer.get(text);
    if (recent !== undefined) return recent;
    const older = this.#older.get(text);
    if (older !== undefined) this.set(text, older);
    return older;
  }

  set(text: string, value: Value): void {
    if (this.#newer.size >= this.#max) {
      this.#older = this.#newer;
      this.#newer = new Map();
    }
    this.#newer.set(text, value);
  }
}
