import { describe, expect, it } from "vitest";
import { backoffMs, decideRetry, demandedWaitMs, inProgressWaitsMax } from "./retry.ts";
import { StanchionError, type StanchionErrorFacts } from "./stanchion-error.ts";

const fresh = { failures: 0, inProgressWaits: 0 };
const rules = { triesMax: 3, waitForOpening: false, random: () => 0 };

function errorWith(facts: Partial<StanchionErrorFacts>): StanchionError {
  return new StanchionError({ code: "INTERNAL_ERROR", type: "internal_error", message: "", ...facts });
}

describe("backoffMs", () => {
  it("doubles from one second, half of it by chance, and ends at 30 s", () => {
    expect([0, 1, 2].map((attempt) => backoffMs(attempt, () => 0))).toEqual([500, 1_000, 2_000]);
    expect([0, 1, 2].map((attempt) => backoffMs(attempt, () => 1))).toEqual([1_000, 2_000, 4_000]);
    expect(backoffMs(40, () => 1)).toBe(30_000);
  });
});

describe("decideRetry", () => {
  it("tries three times and no more", () => {
    const error = errorWith({ code: "NETWORK_ERROR", type: "network_error" });
    const first = decideRetry(error, fresh, rules);
    expect(first).toEqual({ waitMs: 500, count: { failures: 1, inProgressWaits: 0 } });
    const second = decideRetry(error, { failures: 1, inProgressWaits: 0 }, rules);
    expect(second?.waitMs).toBe(1_000);
    expect(decideRetry(error, { failures: 2, inProgressWaits: 0 }, rules)).toBeNull();
  });

  it("lets a longer Retry-After win", () => {
    const error = errorWith({ status: 503, retryable: true, retryAfterSeconds: 7 });
    expect(decideRetry(error, fresh, rules)?.waitMs).toBe(7_000);
    const short = errorWith({ status: 503, retryable: true, retryAfterSeconds: 0 });
    expect(decideRetry(short, fresh, rules)?.waitMs).toBe(500);
  });

  it("waits 30 s after a 429 and 60 s after a 503 that name no time", () => {
    expect(demandedWaitMs(errorWith({ status: 429 }))).toBe(30_000);
    expect(demandedWaitMs(errorWith({ status: 503 }))).toBe(60_000);
    expect(demandedWaitMs(errorWith({ status: 500 }))).toBe(0);
  });

  it.each([400, 401, 403, 404, 408, 409, 413, 422, 423])("does not try a %i again", (status) => {
    expect(decideRetry(errorWith({ status, retryable: true }), fresh, rules)).toBeNull();
  });

  it("waits for the opening however often when asked to", () => {
    const error = errorWith({ status: 423, code: "QUEUE_NOT_OPEN", retryAfterSeconds: 90 });
    const waiting = { ...rules, waitForOpening: true };
    expect(decideRetry(error, { failures: 2, inProgressWaits: 0 }, waiting)).toEqual({
      waitMs: 90_000,
      count: { failures: 0, inProgressWaits: 0 },
    });
  });

  it("waits for the first call with the same key, a limited number of times", () => {
    const error = errorWith({ status: 409, code: "IDEMPOTENCY_IN_PROGRESS" });
    expect(decideRetry(error, fresh, rules)?.count).toEqual({ failures: 0, inProgressWaits: 1 });
    expect(decideRetry(error, { failures: 0, inProgressWaits: inProgressWaitsMax }, rules)).toBeNull();
  });
});
