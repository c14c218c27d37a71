/** Where words go that only a screen reader says. */
export interface Voice {
  polite(text: string): void;
  assertive(text: string): void;
}

const politeEveryMs = 15_000;

/**
 * Speaks for a page that changes all the time: what is urgent at once, everything else at most once in 15 s, and then
 * only the newest.
 */
export class Announcer {
  readonly #voice: Voice;
  readonly #now: () => number;
  readonly #later: (run: () => void, ms: number) => unknown;
  #notBeforeMs = 0;
  #pending: string | null = null;

  constructor(
    voice: Voice,
    now: () => number = Date.now,
    later: (run: () => void, ms: number) => unknown = (run, ms) => setTimeout(run, ms),
  ) {
    this.#voice = voice;
    this.#now = now;
    this.#later = later;
  }

  speak(text: string, isUrgent: boolean): void {
    if (isUrgent) this.#speakUrgently(text);
    else this.#speakPolitely(text);
  }

  #speakUrgently(text: string): void {
    // What was true before the urgent thing happened is not worth saying any more.
    this.#pending = this.#pending === null ? null : "";
    this.#voice.assertive(text);
  }

  #speakPolitely(text: string): void {
    const isPlanned = this.#pending !== null;
    const waitMs = this.#notBeforeMs - this.#now();
    if (!isPlanned && waitMs <= 0) {
      this.#say(text);
      return;
    }
    this.#pending = text;
    if (!isPlanned) this.#later(() => this.#sayPending(), waitMs);
  }

  #sayPending(): void {
    const text = this.#pending;
    this.#pending = null;
    if (text) this.#say(text);
  }

  #say(text: string): void {
    this.#notBeforeMs = this.#now() + politeEveryMs;
    this.#voice.polite(text);
  }
}
