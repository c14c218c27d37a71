import { expect, test } from "vitest";
import { texts } from "./texts.ts";
import { formatCountdown, formatDay, formatPeople, formatSpoken, formatWait } from "./wording.ts";
import { createWords } from "./words.ts";

const english = createWords(texts, { locale: "en-GB" });

test.each([
  [null, "not known yet"],
  [0, "less than a minute"],
  [59, "less than a minute"],
  [60, "about 1 to 2 minutes"],
  [250, "about 3 to 5 minutes"],
  [10 * 60, "about 10 to 15 minutes"],
  [14 * 60, "about 10 to 15 minutes"],
  [55 * 60, "about 50 to 60 minutes"],
  [60 * 60, "about 1 to 1.5 hours"],
  [110 * 60, "about 1.5 to 2 hours"],
  [9.6 * 3_600, "about 8 to 10 hours"],
  [86_399, "about 20 to 24 hours"],
  [86_400, "more than a day"],
])("says of %s seconds: %s", (seconds, words) => {
  expect(formatWait(english, seconds)).toBe(words);
});

test.each([
  [29, 2, "less than a minute"],
  [40, 2, "about 1 to 2 minutes"],
  [10 * 60, 1.1, "about 7 to 15 minutes"],
  [10 * 60, 1.5, "about 5 to 20 minutes"],
  [10 * 60, 2, "about 5 to 25 minutes"],
  [59 * 60, 2, "about 25 to 120 minutes"],
  [60 * 60, 2, "about 0.5 to 2.5 hours"],
  [23 * 3_600, 2, "about 10 to 48 hours"],
])("says of %s seconds that may be %s times as long: %s", (seconds, factor, words) => {
  expect(formatWait(english, seconds, factor)).toBe(words);
});

test.each([
  [-3, "00:00"],
  [5, "00:05"],
  [605, "10:05"],
  [3_725, "1:02:05"],
  [90_061, "1 day 01:01:01"],
  [203_725, "2 days 08:35:25"],
])("counts down from %s seconds as %s", (seconds, clock) => {
  expect(formatCountdown(english, seconds)).toBe(clock);
});

test("counts people", () => {
  expect([0, 1, 2, 1_234_567].map((count) => formatPeople(english, count))).toEqual([
    "nobody",
    "1 person",
    "2 people",
    "1,234,567 people",
  ]);
});

test("speaks of minutes, and of seconds when few are left", () => {
  expect([600, 119, 1, -1].map((seconds) => formatSpoken(english, seconds))).toEqual([
    "10 minutes",
    "119 seconds",
    "1 second",
    "0 seconds",
  ]);
});

test("names the day by the time zone of the fan, not by that of the line", () => {
  const nowMs = Date.parse("2026-03-07T20:00:00Z");
  const atMs = Date.parse("2026-03-07T23:30:00Z");
  const inZone = (timeZone: string) => createWords(texts, { locale: "en-GB", timeZone });
  expect(formatDay(inZone("UTC"), atMs, nowMs)).toBe("today at 23:30");
  expect(formatDay(inZone("Asia/Tokyo"), atMs, nowMs)).toBe("today at 08:30");
  expect(formatDay(inZone("Europe/Berlin"), atMs, nowMs)).toMatch(/^on Sunday,? 8 March at 00:30$/);
});
