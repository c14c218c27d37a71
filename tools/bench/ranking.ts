import { rankInThread } from "../../packages/server/src/fairness/rank-in-thread.ts";
import { rankLeaves } from "../../packages/server/src/fairness/ranking.ts";
import { shuffleInThread } from "../../packages/server/src/fairness/shuffle-in-thread.ts";
import { hash } from "../../packages/verify/src/bytes.ts";
import { shuffleAll } from "../../packages/verify/src/shuffle.ts";
import { type Timing, takeTime } from "./timings.ts";

const seed = hash(new TextEncoder().encode("bench"));

/** What the order of a draw takes where the server works it out, its thread's start included; and the order of a whole line. */
export async function measureRanking(sizes: readonly number[], rounds: number): Promise<Timing[]> {
  const timings: Timing[] = [];
  for (const size of sizes) {
    const inThread = (): Promise<unknown> => rankInThread(seed, size);
    timings.push(
      await takeTime("selection by fair-draw-v1, in its thread", size, rounds, inThread),
      await takeTime("the selection alone", size, rounds, () => rankLeaves(seed, size)),
    );
  }
  const longest = Math.max(...sizes);
  timings.push(
    await takeTime("shuffle of a line by fair-line-v1, in its thread", longest, rounds, () =>
      shuffleInThread(seed, longest),
    ),
    await takeTime("the shuffle by the checker", longest, rounds, () => shuffleAll(longest, seed)),
  );
  return timings;
}
