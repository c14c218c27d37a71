import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { bytesFromHex, rankTicket as rankAsVerifiersDo } from "@stanchion/verify";
import { expect, it } from "vitest";
import { rankTicket } from "./shuffle.ts";

const shuffles: readonly Shuffle[] = readVectors("shuffles");
const lines: readonly Line[] = readVectors("lines");

it.each(shuffles)(
  "ranks each ticket as the published vectors: $count by $seed",
  ({ count, seed, shuffled }) => {
    const ranks = shuffled.map((_, index) => rankTicket(index + 1, count, seed));
    expect(ranks).toEqual(shuffled.map((index) => index + 1));
  },
);

it.each(lines)("ranks a whole line as the published vectors: $name", ({ n, seed, ranks }) => {
  expect(ranks.map((_, index) => rankTicket(index + 1, n, seed))).toEqual(ranks);
});

it("ranks as verifiers do, up to counts that need all 32 bits", () => {
  for (const count of [1, 2, 255, 256, 257, 65_537, 1_000_000, 2 ** 31 + 1, 2 ** 32 - 1]) {
    const seed = randomBytes(32).toString("hex");
    for (const ticket of new Set([1, Math.ceil(count / 2), count]))
      expect(rankTicket(ticket, count, seed)).toBe(rankAsVerifiersDo(ticket, count, bytesFromHex(seed)));
  }
});

it("leaves who came after the opening where they came", () => {
  expect([5, 6, 1_000_000].map((ticket) => rankTicket(ticket, 4, "00".repeat(32)))).toEqual([
    5, 6, 1_000_000,
  ]);
  expect(rankTicket(1, 0, "00".repeat(32))).toBe(1);
});

interface Shuffle {
  readonly count: number;
  readonly seed: string;
  readonly shuffled: readonly number[];
}

interface Line {
  readonly name: string;
  readonly n: number;
  readonly seed: string;
  readonly ranks: readonly number[];
}

function readVectors<T>(name: string): readonly T[] {
  const file = new URL(`../../verify/vectors/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8"));
}
