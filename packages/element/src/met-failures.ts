/** What a room meets by itself, not by what the fan does: told once, with when it began. */
import { StanchionError } from "@stanchion/sdk";
import type { Standing } from "./page-state.ts";
import type { Failure } from "./problem.ts";
import type { Report } from "./report.ts";
import { isSetupFault } from "./setup-fault.ts";
import { store } from "./stored.ts";

export class MetFailures {
  readonly #report: Report;
  readonly #movedKey: string;
  #ofWatch: Failure | null = null;
  #ofFacts: Failure | null = null;
  #hasHeard = false;

  /** `movedKey`: under which the tabs of a browser tell each other that the place has moved to another device. */
  constructor(report: Report, movedKey: string) {
    this.#report = report;
    this.#movedKey = movedKey;
  }

  /** Has the server ever answered? */
  get hasHeard(): boolean {
    return this.#hasHeard;
  }

  /** What stands in the way now. */
  get present(): Failure | null {
    return this.#ofWatch ?? this.#ofFacts;
  }

  takeWatch({ error, connection }: Pick<Standing["snapshot"], "error" | "connection">): void {
    const before = this.#ofWatch;
    if (connection === "stream" || connection === "polling") this.#hasHeard = true;
    if (error === (before?.error ?? null)) return;
    if (error !== null && !this.#isKnown(error)) this.#report(error, this.#hasHeard);
    this.#ofWatch = error && failureOf(error, before);
    if (error === null) return;
    if (error.details.reason === "carried") store(this.#movedKey, String(Date.now()));
  }

  /** Of asking for the facts; null: they have come. The news say the rest, but no fan can join by a page that is set up wrong. */
  takeFacts(error: unknown): void {
    const before = this.#ofFacts;
    const isFault = error instanceof StanchionError && isSetupFault(error);
    if (isFault && !this.#isKnown(error)) this.#report(error, true);
    this.#ofFacts = isFault ? failureOf(error, before) : null;
  }

  /** By either way: both meet the same, one after the other. */
  #isKnown({ code }: StanchionError): boolean {
    return [this.#ofWatch, this.#ofFacts].some((met) => met?.error.code === code);
  }
}

function failureOf(error: StanchionError, before: Failure | null): Failure {
  const nowMs = Date.now();
  return { error, atMs: nowMs, sinceMs: before?.sinceMs ?? nowMs, isAction: false };
}
