import { expect, test } from "vitest";
import { makeTurns, nextTurnAt, turnAt } from "./draw-turns.ts";

const at = new Date("2027-03-01T10:00:00.000Z");
const afterMs = (turn: Date): number => turn.getTime() - at.getTime();

test("come all at once without a rate", () => {
  expect(makeTurns(at, null, 3)).toEqual([at, at, at]);
  expect(nextTurnAt(at, null, new Date(at.getTime() + 1_000))).toEqual(at);
});

test("come evenly through a rate, and in no minute more than it", () => {
  expect(makeTurns(at, 60, 3).map(afterMs)).toEqual([0, 1_000, 2_000]);
  for (const rate of [1, 7, 1_000, 999_999, 1_000_000]) {
    const turns = makeTurns(at, rate, Math.min(3 * rate, 2_000)).map(afterMs);
    for (const [index, turn] of turns.entries()) {
      const before = turns[index - rate];
      if (before !== undefined) expect(turn - before).toBeGreaterThanOrEqual(60_000);
    }
  }
  expect(afterMs(turnAt(at, 1_000_000, 999_999))).toBe(59_999);
});

test("go on behind the last that was given", () => {
  const last = new Date(at.getTime() + 5_000);
  expect(afterMs(nextTurnAt(at, 60, last))).toBe(6_000);
  expect(afterMs(nextTurnAt(at, 1_000_000, last))).toBe(5_001);
  expect(afterMs(nextTurnAt(new Date(at.getTime() + 60_000), 60, last))).toBe(60_000);
});
