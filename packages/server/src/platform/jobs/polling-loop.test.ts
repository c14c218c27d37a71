import { expect, it } from "vitest";
import { startPollingLoop } from "./polling-loop.ts";

/** Lets a test say what each round comes to, and know that it has begun. */
function rounds() {
  const begun: (() => void)[] = [];
  const outcomes: { resolve(): void; reject(error: Error): void }[] = [];
  return {
    round: () =>
      new Promise<void>((resolve, reject) => {
        outcomes.push({ resolve, reject });
        begun.shift()?.();
      }),
    async next() {
      if (outcomes.length === 0) await new Promise<void>((resolve) => begun.push(resolve));
      const [outcome] = outcomes.splice(0, 1);
      if (outcome === undefined) throw new Error("no round has begun");
      return outcome;
    },
  };
}

it("goes on after failures, and tells of the first in a row", async () => {
  const { round, next } = rounds();
  const told: unknown[] = [];
  const loop = startPollingLoop({ pollMs: 1, round, onFailure: (error) => told.push(error) });
  const [first, second, third] = ["first", "second", "third"].map((text) => new Error(text));
  (await next()).reject(first as Error);
  (await next()).reject(second as Error);
  (await next()).resolve();
  (await next()).reject(third as Error);
  const last = await next();
  expect(told).toEqual([first, third]);
  last.resolve();
  await loop.stop();
});

it("waits for the round under way when it is stopped, and begins no other", async () => {
  const { round, next } = rounds();
  let begun = 0;
  let seesStop = false;
  const loop = startPollingLoop({
    pollMs: 1,
    async round(isStopped) {
      begun += 1;
      await round();
      seesStop = isStopped();
    },
    onFailure: () => {},
  });
  const under = await next();
  const stopping = loop.stop();
  under.resolve();
  await stopping;
  expect([begun, seesStop]).toEqual([1, true]);
});
