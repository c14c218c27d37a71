/** What does not come with the news: asked for seldom, as everybody asks. */

const keptMs = 300_000;
const retryMs = 15_000;

/** Who wants them. */
export interface FactsObserver<T> {
  read(): Promise<T>;
  take(facts: T): void;
  fail(error: unknown): void;
}

export class Facts<T> {
  readonly #observer: FactsObserver<T>;
  #dueAtMs = 0;

  constructor(observer: FactsObserver<T>) {
    this.#observer = observer;
  }

  /** Asks, unless it did so a while ago. */
  readIfDue(): void {
    const nowMs = Date.now();
    if (nowMs < this.#dueAtMs) return;
    this.#dueAtMs = nowMs + keptMs * (0.75 + Math.random() / 2);
    this.#observer.read().then(
      (facts) => this.#observer.take(facts),
      (error) => {
        this.#dueAtMs = Date.now() + retryMs;
        this.#observer.fail(error);
      },
    );
  }
}
