import { describe, expect, it } from "vitest";
import { RecentMarks } from "./recent-marks.ts";

describe("RecentMarks", () => {
  it("remembers a text until its time", () => {
    const marks = new RecentMarks(2);
    marks.add("a", 1_000);
    expect(marks.endsAtMs("a", 999)).toBe(1_000);
    expect(marks.endsAtMs("a", 1_000)).toBeNull();
    expect(marks.endsAtMs("b", 0)).toBeNull();
  });

  it("holds no more than twice its bound, and forgets the oldest first", () => {
    const marks = new RecentMarks(3);
    for (let count = 1; count <= 100; count += 1) {
      marks.add(`text ${count}`, 1_000);
      expect(marks.held).toBeLessThanOrEqual(6);
      for (let known = Math.max(1, count - 2); known <= count; known += 1)
        expect(marks.endsAtMs(`text ${known}`, 0)).toBe(1_000);
    }
  });
});
