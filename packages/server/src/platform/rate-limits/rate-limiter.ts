import { randomBytes } from "node:crypto";
import { type RateClass, type RateLimitOverrides, rateClasses } from "@stanchion/contract";
import type { Clock } from "../clock.ts";
import { createWindowCounters } from "./window-counters.ts";

/** What one counted call came to. */
export interface RateVerdict {
  readonly isAllowed: boolean;
  readonly rateClass: RateClass;
  readonly limit: number;
  readonly remaining: number;
  readonly windowSeconds: number;
  readonly windowEndsAtMs: number;
  /** Whole seconds until the window ends. */
  readonly secondsLeft: number;
}

export interface RateLimiter {
  /** Counts a call by a text: an address, a key's id. */
  countText(rateClass: RateClass, key: string, overrides: RateLimitOverrides | null): RateVerdict;
  /** What one more call would come to, counting none. */
  peekText(rateClass: RateClass, key: string, overrides: RateLimitOverrides | null): RateVerdict;
  /** Counts a call by a UUID of 16 bytes, whose last 8 are random. */
  countUuid(rateClass: RateClass, uuid: Uint8Array, overrides: RateLimitOverrides | null): RateVerdict;
  readonly keysHeld: number;
}

/** Counts every call in the memory of this process. Exact: counting is one synchronous step. */
export function createRateLimiter(clock: Clock, hostOverrides: RateLimitOverrides): RateLimiter {
  const counters = new Map(Object.keys(rateClasses).map((name) => [name, createWindowCounters()]));
  const seed = randomBytes(8);
  const seedHigh = seed.readInt32LE(0);
  const seedLow = seed.readInt32LE(4);

  const judge = (
    rateClass: RateClass,
    high: number,
    low: number,
    { overrides, isCounted }: { overrides: RateLimitOverrides | null; isCounted: boolean },
  ): RateVerdict => {
    const rule = overrides?.[rateClass] ?? hostOverrides[rateClass] ?? rateClasses[rateClass];
    const counter = counters.get(rateClass);
    if (counter === undefined) throw new Error(`no counters for ${rateClass}`);
    const nowMs = clock.now();
    // Windows of different lengths are counted apart: one organization's must not begin another's anew.
    const apart = (high ^ Math.imul(rule.windowSeconds, 0x9e3779b1)) >>> 0;
    const calls = isCounted
      ? counter.count(apart, low >>> 0, rule.windowSeconds * 1000, nowMs)
      : counter.read(apart, low >>> 0, nowMs) + 1;
    return {
      isAllowed: calls <= rule.limit,
      rateClass,
      limit: rule.limit,
      remaining: Math.max(0, rule.limit - calls),
      windowSeconds: rule.windowSeconds,
      windowEndsAtMs: counter.windowEndsAtMs,
      secondsLeft: Math.max(0, Math.ceil((counter.windowEndsAtMs - nowMs) / 1000)),
    };
  };
  const judgeText = (
    rateClass: RateClass,
    key: string,
    overrides: RateLimitOverrides | null,
    isCounted: boolean,
  ): RateVerdict => {
    let high = seedHigh;
    let low = seedLow;
    for (let index = 0; index < key.length; index += 1) {
      const code = key.charCodeAt(index);
      high = Math.imul(high ^ code, 0x85ebca6b) ^ (low >>> 15);
      low = Math.imul(low ^ code, 0xc2b2ae35) ^ (high >>> 13);
    }
    return judge(rateClass, high, low, { overrides, isCounted });
  };

  return {
    countText: (rateClass, key, overrides) => judgeText(rateClass, key, overrides, true),
    peekText: (rateClass, key, overrides) => judgeText(rateClass, key, overrides, false),
    countUuid(rateClass, uuid, overrides) {
      const view = new DataView(uuid.buffer, uuid.byteOffset, 16);
      return judge(rateClass, view.getUint32(8), view.getUint32(12), { overrides, isCounted: true });
    },
    get keysHeld() {
      let held = 0;
      for (const counter of counters.values()) held += counter.size;
      return held;
    },
  };
}
