import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createWindowCounters } from "./window-counters.ts";

const minuteMs = 60_000;

describe("window counters", () => {
  it("count the calls of a key from its first one on", () => {
    const counters = createWindowCounters();
    for (let call = 1; call <= 5; call += 1) expect(counters.count(1, 2, minuteMs, 1_000 + call)).toBe(call);
    expect(counters.windowEndsAtMs).toBe(1_001 + minuteMs);
  });

  it("begin anew at the very end of the window, not before", () => {
    const counters = createWindowCounters();
    counters.count(1, 2, minuteMs, 1_000);
    expect(counters.count(1, 2, minuteMs, 1_000 + minuteMs - 1)).toBe(2);
    expect(counters.count(1, 2, minuteMs, 1_000 + minuteMs)).toBe(1);
    expect(counters.windowEndsAtMs).toBe(1_000 + 2 * minuteMs);
  });

  it("tell keys apart by either half", () => {
    const counters = createWindowCounters();
    for (const [high, low] of [
      [1, 2],
      [2, 1],
      [1, 1],
      [0, 0],
      [0xffffffff, 0xffffffff],
      [-1, 5],
    ] as const)
      expect(counters.count(high, low, minuteMs, 1_000)).toBe(1);
    expect(counters.size).toBe(6);
  });

  it("are read without counting", () => {
    const counters = createWindowCounters();
    expect(counters.read(1, 2, 1_000)).toBe(0);
    expect(counters.size).toBe(0);
    counters.count(1, 2, minuteMs, 1_000);
    expect([counters.read(1, 2, 2_000), counters.read(1, 2, 2_000)]).toEqual([1, 1]);
    expect(counters.read(1, 2, 1_000 + minuteMs)).toBe(0);
  });

  it("do not stay shut for a key whose window was opened by a clock that has been set back", () => {
    const counters = createWindowCounters();
    const dayMs = 86_400_000;
    for (let call = 0; call < 100; call += 1) counters.count(1, 2, minuteMs, 10 * dayMs);
    expect(counters.count(1, 2, minuteMs, 9 * dayMs)).toBe(1);
    expect(counters.windowEndsAtMs).toBe(9 * dayMs + minuteMs);
  });

  it("keep counting where the clock was set back by less than the window", () => {
    const counters = createWindowCounters();
    counters.count(1, 2, minuteMs, 100_000);
    expect(counters.count(1, 2, minuteMs, 100_000)).toBe(2);
    expect(counters.count(1, 2, minuteMs, 99_000)).toBe(1);
    expect(counters.count(1, 2, minuteMs, 99_500)).toBe(2);
  });

  it("count as a plain table of windows does, for any calls at any times", () => {
    const call = fc.record({
      key: fc.integer({ min: 0, max: 5_000 }),
      waitMs: fc.integer({ min: 0, max: 200 }),
    });
    fc.assert(
      fc.property(fc.array(call, { maxLength: 3_000, minLength: 2_000 }), (calls) => {
        const counters = createWindowCounters();
        const plain = new Map<number, { endsAtMs: number; count: number }>();
        let nowMs = 1;
        for (const { key, waitMs } of calls) {
          nowMs += waitMs;
          const known = plain.get(key);
          const window =
            known === undefined || known.endsAtMs <= nowMs ? { endsAtMs: nowMs + minuteMs, count: 0 } : known;
          window.count += 1;
          plain.set(key, window);
          expect(counters.count(key * 2_654_435_761, key, minuteMs, nowMs)).toBe(window.count);
          expect(counters.windowEndsAtMs).toBe(window.endsAtMs);
        }
      }),
      { numRuns: 10 },
    );
  });

  it("hold a million keys exactly, in less than 50 bytes each", () => {
    const keys = 1_000_000;
    const counters = createWindowCounters();
    for (let round = 1; round <= 2; round += 1)
      for (let key = 0; key < keys; key += 1)
        if (counters.count(key, Math.imul(key, 0x85ebca6b), minuteMs, 1_000) !== round)
          throw new Error(`key ${key} was counted wrongly`);
    expect(counters.size).toBe(keys);
    expect(counters.bytesHeld / keys).toBeLessThan(50);
  });

  it("forget ended windows instead of growing", () => {
    const counters = createWindowCounters();
    for (let minute = 0; minute < 100; minute += 1)
      for (let key = 0; key < 1_000; key += 1) counters.count(minute, key, minuteMs, 1 + minute * minuteMs);
    expect(counters.size).toBeLessThan(3_000);
  });
});
