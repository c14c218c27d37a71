import { describe, expect, it } from "vitest";
import { RecentValues } from "./recent-values.ts";

describe("RecentValues", () => {
  it("remembers of each text what was said last", () => {
    const values = new RecentValues<number>(2);
    values.set("a", 1);
    values.set("a", 2);
    expect(values.get("a")).toBe(2);
    expect(values.get("b")).toBeUndefined();
  });

  it("holds no more than twice its bound, and forgets the oldest first", () => {
    const values = new RecentValues<number>(3);
    for (let count = 1; count <= 100; count += 1) {
      values.set(`text ${count}`, count);
      expect(values.held).toBeLessThanOrEqual(6);
      for (let known = Math.max(1, count - 2); known <= count; known += 1)
        expect(values.get(`text ${known}`)).toBe(known);
    }
  });
});
