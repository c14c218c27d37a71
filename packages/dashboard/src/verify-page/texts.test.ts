import type { CheckedDraw } from "@stanchion/verify";
import { expect, test } from "vitest";
import { awardWords, cancelledWords, headingOf, voidWords } from "./texts.ts";

const calledOff: CheckedDraw = {
  steps: [],
  level: null,
  stage: "announced",
  standing: null,
  removal: null,
  isBehindLog: false,
  cancelledAt: "2027-03-01T10:10:00.000Z",
  voidedAt: null,
  laterAwards: null,
};

test("says of a draw that was called off that it was, and not to come back", () => {
  expect(headingOf(calledOff)).toBe("This draw was called off");
  expect(headingOf({ ...calledOff, stage: "drawn", level: "witnessed" })).toBe("This draw was called off");
  expect(cancelledWords("2027-03-01T10:10:00.000Z", "announced")).toMatch(
    /called off at .*Nothing will be drawn/,
  );
  expect(cancelledWords("2027-03-01T10:10:00.000Z", "drawn")).toMatch(/cancelled at .*; nobody got a place/);
});

test("says where the log is ahead that one should check again, and not come back after the draw", () => {
  const behind = { ...calledOff, cancelledAt: null, stage: "frozen", isBehindLog: true } as const;
  expect(headingOf(behind)).toBe("The public log is ahead of the proof");
  expect(headingOf({ ...behind, isBehindLog: false })).toBe("It is not drawn yet");
});

test("says of a draw whose beacon never came that nobody won, and not to come back", () => {
  const voidedAt = "2027-03-08T10:10:00.000Z";
  expect(headingOf({ ...calledOff, stage: "frozen", cancelledAt: null, voidedAt })).toBe(
    "This draw came to nothing",
  );
  expect(voidWords(voidedAt)).toMatch(/given up.*Nobody won/);
});

test("tells times with their zone", () => {
  const award = { entryId: "ent_1", outcome: "ADMITTED", reason: null, seat: 1 } as const;
  expect(awardWords({ ...award, at: "2027-03-01T10:10:00.000Z" })).toMatch(/\d\s[AP]M\s[A-Z]{2,}/);
});
