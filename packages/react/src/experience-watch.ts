import { type PublicExperience, type Stanchion, StanchionError } from "@stanchion/sdk";
import type { Watch } from "./places.ts";

const staleAfterMs = 60_000;
const tryAgainMsMin = 15_000;

/** What was last read of an experience, and what stands in the way of reading it. Immutable: a change makes a new one. */
export interface ExperienceSnapshot {
  readonly experience: PublicExperience | null;
  readonly error: StanchionError | null;
}

/** The snapshot before anything was read. */
export const nothingRead: ExperienceSnapshot = { experience: null, error: null };

/**
 * Reads an experience at once, again when it is asked to, when the page is looked at again after a minute, and 15 s after a failure
 * that may pass, or when the server asked to come back.
 */
export class ExperienceWatch implements Watch<ExperienceSnapshot> {
  readonly #client: Stanchion;
  readonly #id: string;
  readonly #listeners = new Set<(snapshot: ExperienceSnapshot) => void>();
  readonly #controller = new AbortController();
  #snapshot = nothingRead;
  #isReading = false;
  #readAtMs = 0;
  #notBeforeMs = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(client: Stanchion, id: string) {
    this.#client = client;
    this.#id = id;
    const { signal } = this.#controller;
    globalThis.document?.addEventListener("visibilitychange", () => this.#refreshIfStale(), { signal });
    void this.#read();
  }

  get snapshot(): ExperienceSnapshot {
    return this.#snapshot;
  }

  subscribe(listener: (snapshot: ExperienceSnapshot) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  refresh(): void {
    if (Date.now() >= this.#notBeforeMs) void this.#read();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#controller.abort();
  }

  #refreshIfStale(): void {
    const isStale = Date.now() - this.#readAtMs >= staleAfterMs;
    if (document.visibilityState === "visible" && isStale) this.refresh();
  }

  async #read(): Promise<void> {
    const { signal } = this.#controller;
    if (this.#isReading || signal.aborted) return;
    this.#isReading = true;
    clearTimeout(this.#timer);
    try {
      const experience = await this.#client.experiences.get(this.#id, { signal });
      this.#readAtMs = Date.now();
      this.#tell({ experience: this.#sameOr(experience), error: null });
    } catch (error) {
      if (!(error instanceof StanchionError)) throw error;
      if (!signal.aborted) this.#takeFailure(error);
    } finally {
      this.#isReading = false;
    }
  }

  /** What was read before stays. */
  #takeFailure(error: StanchionError): void {
    const demandedMs = (error.retryAfterSeconds ?? 0) * 1_000;
    this.#notBeforeMs = Date.now() + demandedMs;
    // Spread, since one outage is met by everybody at once.
    const waitMs = Math.max(tryAgainMsMin, demandedMs) * (1 + Math.random() / 2);
    if (error.retryable) this.#timer = setTimeout(() => void this.#read(), waitMs);
    this.#tell({ experience: this.#snapshot.experience, error });
  }

  /** Nothing is shown anew where nothing has changed. */
  #sameOr(experience: PublicExperience): PublicExperience {
    const before = this.#snapshot.experience;
    return JSON.stringify(before) === JSON.stringify(experience) && before !== null ? before : experience;
  }

  #tell(snapshot: ExperienceSnapshot): void {
    const { experience, error } = this.#snapshot;
    if (snapshot.experience === experience && snapshot.error === error) return;
    this.#snapshot = snapshot;
    for (const listener of [...this.#listeners]) listener(snapshot);
  }
}
