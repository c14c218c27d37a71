import { offerInThread, runInThread } from "../platform/run-in-thread.ts";
import { shuffleIndexes } from "./shuffle.ts";

const task = "shuffle a line";
const timeLimitMs = 120_000;

interface ShuffleInput {
  readonly seed: Uint8Array;
  readonly count: number;
}

/** `shuffleIndexes` in a thread of its own: a million take about two seconds. */
export function shuffleInThread(seed: Uint8Array, count: number): Promise<Uint32Array<ArrayBuffer>> {
  return runInThread(import.meta.url, task, { seed, count } satisfies ShuffleInput, { timeLimitMs });
}

offerInThread(task, ({ seed, count }: ShuffleInput) => {
  const shuffled = shuffleIndexes(seed, count);
  return { answer: shuffled, moved: [shuffled.buffer] };
});
