import fc from "fast-check";
import { expect, it } from "vitest";
import { type PaceFacts, paceOf, waitAt } from "./line-pace.ts";

const nowMs = Date.UTC(2026, 0, 1);
const open: PaceFacts = {
  admitRate: 600,
  openAtMs: null,
  isPaused: false,
  endedTicket: null,
  maxConcurrentAdmissions: null,
  maxAdmissions: null,
  admissionExpirationSeconds: 600,
  completionGraceSeconds: 120,
  stockFree: null,
  admittedTotal: 0,
  completedTotal: 0,
  returnedTotal: 0,
  lastedSeconds: 0,
  lastedEnds: 0,
  lastedCountedAtMs: nowMs,
};

function waitOf(facts: Partial<PaceFacts>, position: number): number | null {
  return waitAt(paceOf({ ...open, ...facts }, nowMs), position);
}

it("goes by the rate where nothing else bounds the line", () => {
  expect([1, 100, 6_000].map((position) => waitOf({}, position))).toEqual([1, 10, 600]);
});

it("goes by the rate while the checkout has places, and behind them by how fast people leave it", () => {
  const checkout = { maxConcurrentAdmissions: 10 };
  expect([1, 10].map((position) => waitOf(checkout, position))).toEqual([1, 1]);
  // Nobody has gone yet: half of 720 s for each of ten.
  expect(waitOf(checkout, 110)).toBe(3_600);
  const full = { ...checkout, admittedTotal: 40, completedTotal: 25, returnedTotal: 5 };
  expect(waitOf({ ...full, lastedEnds: 20, lastedSeconds: 20 * 300 }, 100)).toBe(3_000);
});

it("never takes people to be longer in the checkout than they can be, nor shorter than they are in it now", () => {
  const full = { maxConcurrentAdmissions: 1, admittedTotal: 21, completedTotal: 20 };
  const known = { ...full, lastedEnds: 20, lastedSeconds: 20 * 30 };
  expect(waitOf(known, 10)).toBe(300);
  const [lastedSeconds, lastedEnds] = [9e9, 1];
  expect(waitOf({ ...full, lastedSeconds, lastedEnds }, 10)).toBe(7_200);
  // For an hour nobody has gone.
  expect(waitOf({ ...known, lastedCountedAtMs: nowMs - 3_600_000 }, 10)).toBeGreaterThan(600);
});

it.each<[string, Partial<PaceFacts>]>([
  ["it is paused, and while it is closed besides", { isPaused: true }],
  ["it is yet to open", { openAtMs: nowMs + 1 }],
  ["it has ended", { endedTicket: 4 }],
  ["all stock is held", { stockFree: 0 }],
  ["all admissions are given", { maxAdmissions: 5, admittedTotal: 7, returnedTotal: 2 }],
])("is not known where %s", (_, facts) => {
  expect(waitOf(facts, 1)).toBeNull();
});

it("is not known behind what is free and may still be given", () => {
  expect([40, 41].map((position) => waitOf({ stockFree: 40 }, position))).toEqual([4, null]);
  const given = { maxAdmissions: 50, admittedTotal: 30, returnedTotal: 5 };
  expect([25, 26].map((position) => waitOf(given, position))).toEqual([3, null]);
});

it("is a whole number of seconds from 1 on, or not known, and never shorter further behind", () => {
  const count = fc.nat({ max: 10_000_000 });
  const facts = fc.record({
    admitRate: fc.integer({ min: 1, max: 1_000_000 }),
    maxConcurrentAdmissions: fc.option(fc.integer({ min: 1, max: 1_000_000 })),
    maxAdmissions: fc.option(count),
    stockFree: fc.option(count),
    admissionExpirationSeconds: fc.integer({ min: 10, max: 86_400 }),
    completionGraceSeconds: fc.nat({ max: 86_400 }),
    admittedTotal: count,
    completedTotal: count,
    returnedTotal: count,
    lastedSeconds: fc.double({ min: 0, max: 1e15, noNaN: true }),
    lastedEnds: fc.double({ min: 0, max: 2e6, noNaN: true }),
    lastedCountedAtMs: fc.double({ min: 0, max: 2 * nowMs, noNaN: true }),
  });
  fc.assert(
    fc.property(
      facts,
      fc.integer({ min: 1, max: 10_000_000 }),
      fc.nat({ max: 1_000 }),
      (drawn, position, more) => {
        const waits = [position, position + more].map((place) => waitOf(drawn, place));
        for (const wait of waits)
          if (wait !== null && !(Number.isSafeInteger(wait) && wait >= 1 && wait <= 2_000_000_000))
            expect.fail(`${wait} s`);
        const [near, far] = waits;
        if (far != null && (near == null || near > far))
          expect.fail(`${near} s, and further behind ${far} s`);
      },
    ),
    { numRuns: 2_000 },
  );
});
