import fc from "fast-check";
import { expect, test } from "vitest";
import { drawUniform, rankLeaves, streamWords, type Word } from "./ranking.ts";
import { madeUpBytes } from "./testing/made-up.ts";

test("ranks every leaf once, the same each time", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.nat(300), (seed, count) => {
      const ranking = rankLeaves(seed, count);
      expect([...ranking].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, index) => index));
      expect(rankLeaves(seed, count)).toEqual(ranking);
    }),
  );
});

test("takes the remainder of a whole word of 64 bits, whatever the number of choices", () => {
  const halves = fc.nat(0xffffffff);
  fc.assert(
    fc.property(halves, halves, fc.integer({ min: 1, max: 0xffffffff }), (high, low, k) => {
      const word = (BigInt(high) << 32n) | BigInt(low);
      const limit = 2n ** 64n - (2n ** 64n % BigInt(k));
      fc.pre(word < limit);
      expect(drawUniform(() => ({ high, low }), k)).toBe(Number(word % BigInt(k)));
    }),
  );
});

test.each([3, 5, 6, 7, 1000, 1_000_003, 0xffffffff])(
  "throws away exactly the words of the last, incomplete run of %d",
  (k) => {
    const limit = 2n ** 64n - (2n ** 64n % BigInt(k));
    const spare = { high: 0, low: 1 };
    if (limit < 2n ** 64n) {
      expect(drawUniform(listWords([wordOf(limit), wordOf(2n ** 64n - 1n), spare]), k)).toBe(1);
    }
    expect(drawUniform(listWords([wordOf(limit - 1n), spare]), k)).toBe(k - 1);
  },
);

test.each([1, 2, 4, 2 ** 31])("throws no word away for %d choices, which 2^64 holds exactly", (k) => {
  expect(drawUniform(listWords([wordOf(2n ** 64n - 1n)]), k)).toBe(k - 1);
});

test("takes four words of each hash and goes on with the next hash", () => {
  const nextWord = streamWords(madeUpBytes(32, "stream"));
  const words = Array.from({ length: 9 }, () => nextWord());
  expect(new Set(words.map(({ high, low }) => `${high} ${low}`)).size).toBe(9);
});

test("gives every order of four leaves as often as chance does", () => {
  const counts = new Map<string, number>();
  const draws = 24_000;
  for (let draw = 0; draw < draws; draw += 1) {
    const order = rankLeaves(madeUpBytes(32, "fair", draw), 4).join();
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  const chiSquare = [...counts.values()].reduce(
    (sum, count) => sum + (count - draws / 24) ** 2 / (draws / 24),
    0,
  );
  expect(counts.size).toBe(24);
  // 23 degrees of freedom: one right shuffle in a thousand would have more. The seeds are the same each time.
  expect(chiSquare).toBeLessThan(49.7);
});

test.each([-1, 0.5, 2 ** 32, Number.NaN])("refuses to rank %d leaves", (count) => {
  expect(() => rankLeaves(new Uint8Array(32), count)).toThrow(RangeError);
});

function wordOf(word: bigint): Word {
  return { high: Number(word >> 32n), low: Number(word & 0xffffffffn) };
}

function listWords(words: readonly Word[]): () => Word {
  const rest = [...words];
  return () => {
    const word = rest.shift();
    if (word === undefined) throw new Error("no word is left");
    return word;
  };
}
