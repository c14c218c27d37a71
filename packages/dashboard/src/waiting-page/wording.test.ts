import { expect, test } from "vitest";
import { formatCountdown, formatDay, formatPeople, formatSpoken, formatWait, pickLocale } from "./wording.ts";

test.each([
  [null, "not known yet"],
  [0, "less than a minute"],
  [59, "less than a minute"],
  [60, "about 1 minute"],
  [250, "about 4 minutes"],
  [10 * 60, "about 10 minutes"],
  [13 * 60, "about 15 minutes"],
  [54 * 60, "about 55 minutes"],
  [55 * 60, "about 1 hour"],
  [80 * 60, "about 1½ hours"],
  [110 * 60, "about 2 hours"],
  [9.6 * 3_600, "about 10 hours"],
  [25 * 3_600, "more than a day"],
])("says of %s seconds: %s", (seconds, words) => {
  expect(formatWait(seconds)).toBe(words);
});

test.each([
  [-3, "00:00"],
  [5, "00:05"],
  [605, "10:05"],
  [3_725, "1:02:05"],
  [90_061, "1 day 01:01:01"],
  [203_725, "2 days 08:35:25"],
])("counts down from %s seconds as %s", (seconds, clock) => {
  expect(formatCountdown(seconds)).toBe(clock);
});

test("counts people", () => {
  expect([0, 1, 2, 1_234_567].map(formatPeople)).toEqual([
    "nobody",
    "1 person",
    "2 people",
    "1,234,567 people",
  ]);
});

test("speaks of minutes, and of seconds when few are left", () => {
  expect([600, 119, 1, -1].map(formatSpoken)).toEqual(["10 minutes", "119 seconds", "1 second", "0 seconds"]);
});

test("names the day by the time zone of the fan, not by that of the line", () => {
  const nowMs = Date.parse("2026-03-07T20:00:00Z");
  const atMs = Date.parse("2026-03-07T23:30:00Z");
  expect(formatDay(atMs, nowMs, { locale: "en-GB", timeZone: "UTC" })).toBe("today at 23:30");
  expect(formatDay(atMs, nowMs, { locale: "en-GB", timeZone: "Asia/Tokyo" })).toBe("today at 08:30");
  expect(formatDay(atMs, nowMs, { locale: "en-GB", timeZone: "Europe/Berlin" })).toMatch(
    /^on Sunday,? 8 March at 00:30$/,
  );
});

test("writes times as the fan's own English does", () => {
  expect(["en-US", "en-AU", "de", "en", "en-x-weird"].map(pickLocale)).toEqual([
    "en-US",
    "en-AU",
    "en-GB",
    "en-GB",
    "en-GB",
  ]);
});
