import { describe, expect, it } from "vitest";
import { countFaults, type FanRecord } from "./count-faults.ts";

const fan = (ticket: number, second: number | null, more: Partial<FanRecord> = {}): FanRecord => ({
  joinMs: 1,
  ticket,
  entryId: `ent_${ticket}`,
  admittedAt: second === null ? null : new Date(second * 1000).toISOString(),
  isCompleted: second !== null,
  hasLeft: false,
  isLost: false,
  repeats: 0,
  error: null,
  ...more,
});

describe("countFaults", () => {
  it("finds nothing in a crowd that was served in order, whoever is still waiting", () => {
    expect(countFaults([fan(3, 2), fan(1, 1), fan(2, 1), fan(4, null)])).toEqual({
      lost: 0,
      doubles: 0,
      inversions: 0,
    });
  });

  it("counts a place that is gone, a ticket given twice and an admission out of order", () => {
    const records = [fan(1, 5), fan(2, 3), fan(2, 6), fan(3, 7, { isLost: true })];
    expect(countFaults(records)).toEqual({ lost: 1, doubles: 1, inversions: 1 });
  });
});
