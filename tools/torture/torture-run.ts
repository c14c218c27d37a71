/** One full-size run against real processes. */
export interface TortureRun {
  readonly name: string;
  /** What it does, in a sentence. */
  readonly about: string;
  run(ctx: RunContext): Promise<Outcome>;
}

export interface RunContext {
  /** Small sizes, to see that the run itself works. */
  readonly isQuick: boolean;
  /** A temporary folder of the run's own, which PostgreSQL's user can pass through. */
  readonly folder: string;
  /** Tells a person who waits what is happening. */
  say(line: string): void;
  /** Done at the end, the last one first, whatever happened before. */
  atEnd(finish: () => Promise<unknown>): void;
}

export interface Outcome {
  readonly figures: Readonly<Record<string, number | string>>;
  /** What must never happen and did, in sentences; empty when all is well. */
  readonly faults: readonly string[];
}

/** Collects what is wrong. */
export function createFaults(): {
  readonly list: string[];
  /** Notes the sentence where the condition does not hold. */
  expect(holds: boolean, otherwise: string): void;
} {
  const list: string[] = [];
  return {
    list,
    expect(holds, otherwise) {
      if (!holds) list.push(otherwise);
    },
  };
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Asks until the answer is as wished; fails when that takes longer than `patienceMs`. */
export async function until<T>(
  what: string,
  patienceMs: number,
  ask: () => Promise<T>,
  isWished: (value: T) => boolean,
  everyMs = 20,
): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const value = await ask();
    if (isWished(value)) return value;
    if (performance.now() > deadline)
      throw new Error(`${what} did not come within ${patienceMs} ms; last: ${JSON.stringify(value)}`);
    await sleep(everyMs);
  }
}

/** The value that a share of the sorted values does not pass, such as 0.5 for the median. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

export function randomBetween(least: number, most: number): number {
  return least + Math.random() * (most - least);
}
