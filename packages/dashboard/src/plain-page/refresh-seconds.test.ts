import type { PageState, Scene } from "@stanchion/element/page-state";
import { expect, test } from "vitest";
import { refreshSeconds } from "./refresh-seconds.ts";

const nowMs = Date.parse("2026-05-01T10:00:00Z");

test("asks more often the nearer the turn is, from 5 to 60 seconds, and never all at once", () => {
  const at = (estimatedWaitSeconds: number | null, random: number) =>
    refreshSeconds("waiting", stateOf({ estimatedWaitSeconds }), nowMs, random);
  expect([0, 40, 80, 160, 480, 86_400].map((wait) => at(wait, 0.5))).toEqual([5, 5, 10, 20, 60, 60]);
  expect(at(null, 0.5)).toBe(30);
  expect(new Set([0, 0.2, 0.4, 0.6, 0.8, 1].map((random) => at(240, random))).size).toBe(6);
});

test("asks once a minute who is far away, also where the wait is not known", () => {
  const at = (position: number) => refreshSeconds("waiting", stateOf({ position }), nowMs, 0.5);
  expect([1, 240, 400, 480, 100_000].map(at)).toEqual([30, 30, 50, 60, 60]);
});

test("spreads a crowd behind an opening", () => {
  const at = (opensInSeconds: number, waiting: number, random: number) =>
    refreshSeconds("before-opening", stateOf({ opensInSeconds, waiting }), nowMs, random);
  expect(at(20, 10, 0)).toBe(20);
  expect(at(20, 10, 1)).toBe(35);
  expect(at(5, 100_000, 1)).toBe(55);
  expect(at(5, 100_000, 0.5)).toBe(30);
  expect(at(3_600, 100_000, 0.5)).toBe(50);
});

test("stays where nothing changes by itself, and while the fan decides whether to leave", () => {
  for (const scene of ["closed", "ended", "completed", "left", "expired", "denied"] as const)
    expect(refreshSeconds(scene, stateOf({}), nowMs, 0.5)).toBeNull();
  expect(refreshSeconds("waiting", { ...stateOf({}), isLeaveAsked: true }, nowMs, 0.5)).toBeNull();
});

test("never comes back before the server wants it", () => {
  for (const scene of ["open", "waiting", "problem", "left"] satisfies Scene[])
    for (const random of [0, 0.5, 1])
      expect(refreshSeconds(scene, stateOf({ retryAfter: 90 }), nowMs, random)).toBeGreaterThanOrEqual(90);
});

function stateOf(facts: {
  readonly estimatedWaitSeconds?: number | null;
  readonly position?: number;
  readonly opensInSeconds?: number;
  readonly waiting?: number;
  readonly retryAfter?: number;
}): PageState {
  const { estimatedWaitSeconds = null, position = 1, opensInSeconds, waiting = 0, retryAfter } = facts;
  const openAt = opensInSeconds === undefined ? null : new Date(nowMs + opensInSeconds * 1_000).toISOString();
  const failure = { error: { retryAfterSeconds: retryAfter, details: {} }, isAction: true };
  // Only what the question asks of it.
  return {
    snapshot: {
      estimatedWaitSeconds,
      position,
      board: { waiting, admitRate: 60 },
      admission: null,
      clockOffsetMs: 0,
      error: null,
    },
    queue: { openAt },
    isLeaveAsked: false,
    actionFailure: retryAfter === undefined ? null : failure,
    watchFailure: null,
  } as unknown as PageState;
}
