import { describe, expect, test } from "vitest";
import { stockChance } from "./stock-chance.ts";

const stockWith = (left: number, free: number, returnedPercent: number | null) => ({
  total: 100,
  left,
  free,
  allHeld: free === 0,
  soldOut: left === 0,
  returnedPercent,
});

/** The binomial, term by term, by logarithms. */
function exactly(left: number, trials: number, buying: number): number {
  let term = trials * Math.log(1 - buying);
  let sum = 0;
  for (let bought = 0; bought < left; bought += 1) {
    sum += Math.exp(term);
    term += Math.log(((trials - bought) / (bought + 1)) * (buying / (1 - buying)));
  }
  return sum * 100;
}

describe("the chance that something is left", () => {
  test("is not told before it is known how many buy", () => {
    expect(stockChance(stockWith(5, 0, null), 3)).toBeNull();
  });

  test("is what chance says, within a few points", () => {
    for (const left of [1, 3, 10, 60, 300])
      for (const held of [0, 1, left])
        for (const ahead of [0, 1, 5, 20, 80, 600])
          for (const returned of [5, 30, 60, 90]) {
            const trials = held + ahead;
            if (trials < left) continue;
            const chance = stockChance(stockWith(left, left - held, returned), ahead) ?? -1;
            expect(Math.abs(chance - exactly(left, trials, 1 - returned / 100))).toBeLessThan(
              trials > 100 ? 4 : 0.51,
            );
          }
  });

  test("is nothing where everybody buys, and sure where nobody does", () => {
    expect(stockChance(stockWith(5, 0, 0), 3)).toBe(0);
    expect(stockChance(stockWith(5, 0, 100), 1_000_000)).toBe(100);
  });
});
