import { expect, it } from "vitest";
import { nextWaitSeconds, retrySecondsDefault } from "./webhook-settings.ts";

const waitsAt = (random: number) =>
  [1, 2, 3, 4, 5, 6, 7, 8].map((tries) => nextWaitSeconds(retrySecondsDefault, tries, null, random));

it("waits by the plan behind each of eight attempts, a fifth less or more", () => {
  const minutes = (waits: readonly (number | null)[]) =>
    waits.map((wait) => (wait === null ? null : Math.round(wait / 6) / 10));
  expect(minutes(waitsAt(0.5))).toEqual([1, 5, 30, 120, 360, 720, 1_440, null]);
  expect(minutes(waitsAt(0))).toEqual([0.8, 4, 24, 96, 288, 576, 1_152, null]);
  expect(minutes(waitsAt(1))).toEqual([1.2, 6, 36, 144, 432, 864, 1_728, null]);
});

it("waits longer where the receiver asks for it, up to a day, and never shorter", () => {
  expect(nextWaitSeconds(retrySecondsDefault, 1, 600, 0.5)).toBe(600);
  expect(nextWaitSeconds(retrySecondsDefault, 1, 1, 0.5)).toBe(60);
  expect(nextWaitSeconds(retrySecondsDefault, 1, 999_999_999, 0.5)).toBe(86_400);
  expect(nextWaitSeconds(retrySecondsDefault, 8, 600, 0.5)).toBeNull();
});
