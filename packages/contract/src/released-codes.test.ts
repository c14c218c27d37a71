import { describe, expect, it } from "vitest";
import { type ErrorRow, errorTable } from "./errors.ts";
import { findBrokenPromises, findUnreleased, releasedCodes } from "./released-codes.ts";

describe("the released codes", () => {
  it("are all in the table as they were released, and nothing is in the table that is not among them", () => {
    expect(findBrokenPromises(releasedCodes, errorTable)).toEqual([]);
    expect(findUnreleased(releasedCodes, errorTable)).toEqual([]);
  });

  const rows: Record<string, ErrorRow> = { ...errorTable };

  it("are missed where one was taken away", () => {
    const { QUEUE_FULL: _, ...others } = rows;
    expect(findBrokenPromises(releasedCodes, others)).toEqual([
      "QUEUE_FULL was released and is gone: clients switch on it",
    ]);
  });

  it("are missed where one has another status or type", () => {
    const changed = { ...rows, QUEUE_FULL: { ...errorTable.QUEUE_FULL, status: 429, error: "rate_limited" } };
    expect(findBrokenPromises(releasedCodes, changed)).toEqual([
      "QUEUE_FULL was released as 409 conflict and is 429 rate_limited",
    ]);
  });

  it("say what to do where a new code is not among them", () => {
    const more = { ...rows, QUEUE_ODD: errorTable.QUEUE_FULL };
    expect(findUnreleased(releasedCodes, more)).toEqual([
      "QUEUE_ODD is not among the released codes: npm run generate adds it",
    ]);
  });
});
