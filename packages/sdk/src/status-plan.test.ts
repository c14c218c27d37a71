import { describe, expect, it } from "vitest";
import { admittedStatusMs, hasTurnCome, waitingStatusMs } from "./status-plan.ts";
import { admissionToken, boardWith, entryWith } from "./testing/fake-server.ts";

const nowMs = Date.UTC(2026, 0, 1);
const nowSeconds = nowMs / 1_000;

function admittedFor(seconds: number, tokenSeconds: number) {
  const expiresAt = new Date(nowMs + seconds * 1_000).toISOString();
  const token = admissionToken(nowSeconds, nowSeconds + tokenSeconds);
  return entryWith({ status: "ADMITTED", admission: { id: "adm_1", token, expiresAt } });
}

describe("hasTurnCome", () => {
  it("says so when the rank is served or the queue was ended", () => {
    const entry = entryWith({ rank: 9 });
    expect(hasTurnCome(boardWith({ nowServing: 8 }), entry)).toBe(false);
    expect(hasTurnCome(boardWith({ nowServing: 9 }), entry)).toBe(true);
    expect(hasTurnCome(boardWith({ status: "CLOSED", reason: "ENDED_BY_OPERATOR" }), entry)).toBe(true);
  });
});

describe("waitingStatusMs", () => {
  it("asks about once a minute while nothing happens", () => {
    expect(waitingStatusMs(boardWith(), false, 0, () => 0)).toBe(45_000);
    expect(waitingStatusMs(null, false, 0, () => 1)).toBe(75_000);
  });

  it("asks within 300 ms when the turn has come, then later and later", () => {
    const waits = [0, 1, 2, 3, 9].map((asks) => waitingStatusMs(boardWith(), true, asks, () => 1));
    expect(waits).toEqual([300, 500, 1_000, 2_000, 30_000]);
  });

  it("spreads the asking when the end concerns everybody", () => {
    const ended = { status: "CLOSED", reason: "ENDED_BY_OPERATOR" } as const;
    expect(waitingStatusMs(boardWith({ ...ended, lastTicket: 100 }), true, 0, () => 1)).toBe(300);
    expect(waitingStatusMs(boardWith({ ...ended, lastTicket: 1_000_000 }), true, 0, () => 1)).toBe(10_000);
  });
});

describe("admittedStatusMs", () => {
  it("renews 15 s before the token ends", () => {
    expect(admittedStatusMs(admittedFor(600, 60).admission, nowMs, 0, () => 0)).toBe(45_000);
  });

  it("waits for the end with the last token", () => {
    expect(admittedStatusMs(admittedFor(30, 30).admission, nowMs, 0, () => 0)).toBe(30_200);
  });

  it("does not ask more often than each 5 s for a token that is always about to end", () => {
    expect(admittedStatusMs(admittedFor(600, 3).admission, nowMs, 0, () => 0)).toBe(5_000);
  });

  it("asks at the end, then later and later while the server still says ADMITTED", () => {
    const waits = [0, 1, 2].map((asks) =>
      admittedStatusMs(admittedFor(-1, -1).admission, nowMs, asks, () => 1),
    );
    expect(waits).toEqual([0, 2_000, 4_000]);
  });

  it("goes on without a readable token", () => {
    const unreadable = { id: "adm_1", token: "x", expiresAt: "2026-01-01T01:00:00Z" };
    expect(admittedStatusMs(unreadable, nowMs, 0, () => 0)).toBe(45_000);
    expect(admittedStatusMs(null, nowMs, 0, () => 0)).toBe(45_000);
  });
});
