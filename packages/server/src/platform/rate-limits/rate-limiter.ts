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

  const count = (
    rateClass: RateClass,
    high: number,
    low: number,
    overrides: RateLimitOverrides | null,
  ): RateVerdict => {
    const rule = overrides?.[rateClass] ?? hostOverrides[rateClass] ?? rateClasses[rateClass];
    const counter = counters.get(rateClass);
    if (counter === undefined) throw new Error(`no counters for ${rateClass}`);
    const nowMs = clock.now();
    // Windows of different lengths are counted apart: an organization's own must not begin another's anew.
    const apart = Math.imul(rule.windowSeconds, 0x9e3779b1);
    const calls = counter.count((high ^ apart) >>> 0, low >>> 0, rule.windowSeconds * 1000, nowMs);
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

  return {
    countText(rateClass, key, overrides) {
      let high = seedHigh;
      let low = seedLow;
      for (let index = 0; index < key.length; index += 1) {
        const code = key.charCodeAt(index);
        high = Math.imul(high ^ code, 0x85ebca6b) ^ (low >>> 15);
        low = Math.imul(low ^ code, 0xc2b2ae35) ^ (high >>> 13);
      }
      return count(rateClass, high, low, overrides);
    },
    countUuid(rateClass, uuid, overrides) {
      const view = new DataView(uuid.buffer, uuid.byteOffset, 16);
      return count(rateClass, view.getUint32(8), view.getUint32(12), overrides);
    },
    get keysHeld() {
      let held = 0;
      for (const counter of counters.values()) held += counter.size;
      return held;
    },
  };
}
