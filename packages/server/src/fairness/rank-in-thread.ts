import { offerInThread, runInThread } from "../platform/run-in-thread.ts";
import { rankLeaves } from "./ranking.ts";

const task = "rank leaves";
const timeLimitMs = 120_000;

interface RankingInput {
  readonly seed: Uint8Array;
  readonly count: number;
}

/** `rankLeaves` in a thread of its own: a million take about a second, in which whoever waits for this process would stand still. */
export function rankInThread(seed: Uint8Array, count: number): Promise<Uint32Array<ArrayBuffer>> {
  return runInThread(import.meta.url, task, { seed, count } satisfies RankingInput, { timeLimitMs });
}

offerInThread(task, ({ seed, count }: RankingInput) => {
  const ranking = rankLeaves(seed, count);
  return { answer: ranking, moved: [ranking.buffer] };
});
