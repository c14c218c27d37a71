import { describe, expect, test } from "vitest";
import { findUniformityFault, measureUniformity } from "./uniformity.ts";

const inOrder = Uint32Array.from({ length: 100 }, (_, index) => index);

describe("measures how far the order of a draw follows that of entering", () => {
  test("from wholly to not at all", () => {
    expect(measureUniformity(inOrder)).toEqual({ rho: 1, z: Math.sqrt(99), isUnusual: true });
    expect(measureUniformity(inOrder.toReversed())).toMatchObject({ rho: -1, isUnusual: true });
    expect(measureUniformity(Uint32Array.of(1, 3, 0, 2))).toMatchObject({ rho: 0, isUnusual: false });
  });

  test("which one alone has not", () => {
    expect(measureUniformity(Uint32Array.of(0))).toBe(null);
    expect(measureUniformity(new Uint32Array())).toBe(null);
  });
});

test.each<[string, unknown, RegExp | null]>([
  ["the same", { rho: 1, z: 9.949874, isUnusual: true }, null],
  ["another correlation", { rho: 0.1, z: 9.949874, isUnusual: true }, /gives a correlation of 1\.000000/],
  ["another deviation", { rho: 1, z: 0.1, isUnusual: true }, /tells another/],
  ["that it is usual", { rho: 1, z: 9.949874, isUnusual: false }, /calls the order usual, and it is not/],
  ["no numbers", { rho: "1", z: null, isUnusual: true }, /tells another/],
  ["nothing", undefined, /tells another/],
])("judges a proof that says %s", (_name, said, fault) => {
  const found = findUniformityFault(said, measureUniformity(inOrder));
  if (fault === null) expect(found).toBe(null);
  else expect(found).toMatch(fault);
});

test("takes null for who entered alone, and nothing else", () => {
  expect(findUniformityFault(null, null)).toBe(null);
  expect(findUniformityFault({ rho: 0, z: 0, isUnusual: false }, null)).toMatch(/nothing to correlate/);
});
