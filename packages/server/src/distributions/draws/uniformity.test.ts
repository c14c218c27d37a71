import { expect, test } from "vitest";
import { rankLeaves } from "../../fairness/ranking.ts";
import { measureUniformity } from "./uniformity.ts";

const inOrder = Array.from({ length: 100 }, (_, index) => index);

test("finds an order that follows the numbers unusual, and one against them", () => {
  expect(measureUniformity(inOrder)).toEqual({ rho: 1, z: 9.949874, isUnusual: true });
  expect(measureUniformity(inOrder.toReversed())).toEqual({ rho: -1, z: -9.949874, isUnusual: true });
});

test("finds draws usual", () => {
  for (const count of [2, 10, 1_000, 100_000])
    expect(measureUniformity(rankLeaves(Buffer.alloc(32, 5), count))?.isUnusual).toBe(false);
});

test("says nothing of fewer than two", () => {
  expect(measureUniformity([])).toBeNull();
  expect(measureUniformity([0])).toBeNull();
});
