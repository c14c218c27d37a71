import { describe, expect, it } from "vitest";
import { mostAtOnce, mostInWindow } from "./most-at-once.ts";

describe("mostInWindow", () => {
  it("counts the fullest window, whose end does not belong to it", () => {
    expect(mostInWindow([], 60)).toBe(0);
    expect(mostInWindow([0, 60, 120], 60)).toBe(1);
    expect(mostInWindow([119, 0, 59, 61, 100, 118], 60)).toBe(4);
    expect(mostInWindow([5, 5, 5], 60)).toBe(3);
  });
});

describe("mostAtOnce", () => {
  it("counts who is there at one instant, and not who leaves as another comes", () => {
    expect(mostAtOnce([])).toBe(0);
    expect(
      mostAtOnce([
        { from: 0, until: 10 },
        { from: 10, until: 20 },
      ]),
    ).toBe(1);
    expect(
      mostAtOnce([
        { from: 5, until: null },
        { from: 0, until: 10 },
        { from: 9, until: 11 },
        { from: 20, until: 21 },
      ]),
    ).toBe(3);
  });
});
