import { expect, it } from "vitest";
import { ServerClock } from "./server-clock.ts";

it("takes the largest of the last samples: every other was longer under way", () => {
  let now = 1_000_000;
  const clock = new ServerClock(() => now);
  clock.observe(now + 4_000);
  expect(clock.offsetMs).toBe(4_000);
  now += 1_000;
  clock.observe(now - 30_000);
  expect(clock.offsetMs).toBe(4_000);
  clock.observe(now + 4_600);
  expect(clock.now()).toBe(now + 4_600);
});

it("follows a local clock that was set", () => {
  let now = 1_000_000;
  const clock = new ServerClock(() => now);
  clock.observe(now);
  now += 3_600_000;
  for (let sample = 0; sample < 8; sample += 1) clock.observe(now - 3_600_000);
  expect(clock.offsetMs).toBe(-3_600_000);
});

it("ignores steps under 100 ms and what is no time", () => {
  const clock = new ServerClock(() => 0);
  clock.observe(60);
  clock.observe(Number.NaN);
  expect(clock.offsetMs).toBe(0);
});
