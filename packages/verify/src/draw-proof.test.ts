import { expect, test } from "vitest";
import { isTime, readTime } from "./draw-proof.ts";

test.each([
  "2027-02-30T10:00:00.000Z",
  "2027-04-31T10:00:00.000Z",
  "2027-04-30T24:00:00.000Z",
  "2027-04-30T10:00:00Z",
  7,
])("takes %j for no time", (time) => {
  expect(isTime(time)).toBe(false);
  expect(() => readTime(time)).toThrow(TypeError);
});

test("takes the 29th of February of a leap year for one", () => {
  expect(readTime("2028-02-29T10:00:00.000Z")).toBe(Date.UTC(2028, 1, 29, 10));
});
