import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Alarm } from "./alarm.ts";
import { waitFor } from "./surroundings.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function makeAlarm(): Alarm {
  return new Alarm({ fetch, random: () => 0, now: Date.now, wait: waitFor });
}

it("rings once, and the later setting replaces the earlier", async () => {
  const alarm = makeAlarm();
  const first = vi.fn();
  const second = vi.fn();
  alarm.set(100, first);
  alarm.set(200, second);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(first).not.toHaveBeenCalled();
  expect(second).toHaveBeenCalledTimes(1);
  expect(alarm.isSet).toBe(false);
});

it("leaves no timer when it is cleared", () => {
  const alarm = makeAlarm();
  alarm.set(100, () => {});
  alarm.clear();
  expect(vi.getTimerCount()).toBe(0);
});
