import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { rankInThread } from "./rank-in-thread.ts";
import { rankLeaves } from "./ranking.ts";

interface DrawVector {
  readonly name: string;
  readonly seed: string;
  readonly count: number;
  readonly ranking: readonly number[];
}

const vectors: DrawVector[] = JSON.parse(
  readFileSync(new URL("../../../verify/vectors/draws.json", import.meta.url), "utf8"),
);
const seedOf = (byte: number): Buffer => Buffer.alloc(32, byte);

test.each(vectors)("ranks the $name as every other implementation does", ({ seed, count, ranking }) => {
  expect([...rankLeaves(Buffer.from(seed, "hex"), count)]).toEqual(ranking);
});

test("ranks the same in a thread, and leaves this one free meanwhile", async () => {
  let isThisThreadFree = false;
  const ranking = rankInThread(seedOf(7), 100_000);
  setImmediate(() => {
    isThisThreadFree = true;
  });
  expect(Buffer.from((await ranking).buffer).equals(Buffer.from(rankLeaves(seedOf(7), 100_000).buffer))).toBe(
    true,
  );
  expect(isThisThreadFree).toBe(true);
});

test("tells of a thread's fault whoever asked", async () => {
  await expect(rankInThread(seedOf(7), -1)).rejects.toThrow("Expected a count");
});

test("lets every entry number of a draw win as often as any other", () => {
  const [draws, entrants, winners] = [10_000, 20, 4];
  const wins = new Array<number>(entrants).fill(0);
  for (let draw = 0; draw < draws; draw += 1) {
    const seed = Buffer.alloc(32);
    seed.writeUInt32BE(draw);
    for (const leaf of rankLeaves(seed, entrants).subarray(0, winners)) wins[leaf] = (wins[leaf] ?? 0) + 1;
  }
  const expected = (draws * winners) / entrants;
  // One draw has exactly `winners` winners, so the counts vary less than independent ones would by this factor.
  const spread = 1 - winners / entrants;
  const chiSquare =
    (wins.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0) / spread) *
    ((entrants - 1) / entrants);
  // 19 degrees of freedom: 0.1 % on either side.
  expect(chiSquare).toBeGreaterThan(5.4);
  expect(chiSquare).toBeLessThan(43.8);
});
