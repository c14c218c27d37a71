import { randomBytes } from "node:crypto";
import {
  type RateClass,
  type RateClassRule,
  type RateLimitOverrides,
  rateClasses,
} from "@stanchion/contract";
import type { Clock } from "../clock.ts";
import type { RateVerdict } from "../rate-verdict.ts";
import type { SharedCounts } from "./shared-counts.ts";
import { createWindowCounters, type WindowCounters } from "./window-counters.ts";

/** A verdict of a limiter in memory, or of a shared one about a key that is known to be over its limit, is there at once. */
export type Counted = RateVerdict | Promise<RateVerdict>;

export interface RateLimiter<Count extends Counted = Counted> {
  /** Counts a call by a text: an address, a key's id. */
  countText(rateClass: RateClass, key: string, overrides: RateLimitOverrides | null): Count;
  /** What one more call would come to, counting none; of shared counts, as far as this process knows. */
  peekText(rateClass: RateClass, key: string, overrides: RateLimitOverrides | null): RateVerdict;
  /** Counts a call by a UUID of 16 bytes, whose last 8 are random. */
  countUuid(rateClass: RateClass, uuid: Uint8Array, overrides: RateLimitOverrides | null): Count;
  readonly keysHeld: number;
}

export interface SharedLimits {
  readonly counts: SharedCounts;
  /** 8 bytes, the same in every process: texts are hashed under them. */
  readonly seed: Buffer;
}

/**
 * Counts every call. Exact: in memory counting is one synchronous step, and shared counts are counted by the store in the order
 * in which calls reach it. A key that is over its limit is refused from memory until its window ends. Without the store the
 * memory counts on from what the store said last.
 */
export function createRateLimiter(clock: Clock, hostOverrides: RateLimitOverrides): RateLimiter<RateVerdict>;
export function createRateLimiter(
  clock: Clock,
  hostOverrides: RateLimitOverrides,
  shared: SharedLimits | null,
): RateLimiter;
export function createRateLimiter(
  clock: Clock,
  hostOverrides: RateLimitOverrides,
  shared: SharedLimits | null = null,
): RateLimiter {
  const counters = new Map(Object.keys(rateClasses).map((name) => [name, createWindowCounters()]));
  const seed = shared?.seed ?? randomBytes(8);
  const seedHigh = seed.readInt32LE(0);
  const seedLow = seed.readInt32LE(4);

  const lookUp = (rateClass: RateClass, overrides: RateLimitOverrides | null): Rule => {
    const rule = overrides?.[rateClass] ?? hostOverrides[rateClass] ?? rateClasses[rateClass];
    const counter = counters.get(rateClass);
    if (counter === undefined) throw new Error(`no counters for ${rateClass}`);
    return { rateClass, counter, limit: rule.limit, windowSeconds: rule.windowSeconds };
  };
  // Windows of shared counts end by the store's clock.
  const nowMs = (): number => clock.now() + (shared?.counts.clockAheadMs ?? 0);

  const count = (rule: Rule, high: number, low: number): Counted => {
    const now = nowMs();
    const { counter, limit } = rule;
    const windowMs = rule.windowSeconds * 1000;
    if (shared?.counts.isThere) {
      const known = counter.read(high, low, now);
      if (known >= limit) return verdictOf(rule, known + 1, now);
      return shared.counts
        .count(`${rule.rateClass}:${high.toString(36)}.${low.toString(36)}`, windowMs)
        .then((found) => {
          const thenMs = nowMs();
          if (found === null) return verdictOf(rule, counter.count(high, low, windowMs, thenMs), thenMs);
          counter.put(high, low, found.calls, found.endsAtMs, thenMs);
          return verdictOf(rule, found.calls, thenMs, found.endsAtMs);
        });
    }
    return verdictOf(rule, counter.count(high, low, windowMs, now), now);
  };

  const hashText = (key: string): { high: number; low: number } => {
    let high = seedHigh;
    let low = seedLow;
    for (let index = 0; index < key.length; index += 1) {
      const code = key.charCodeAt(index);
      high = Math.imul(high ^ code, 0x85ebca6b) ^ (low >>> 15);
      low = Math.imul(low ^ code, 0xc2b2ae35) ^ (high >>> 13);
    }
    return { high, low };
  };

  return {
    countText(rateClass, key, overrides) {
      const rule = lookUp(rateClass, overrides);
      const { high, low } = hashText(key);
      return count(rule, apart(rule, high), low >>> 0);
    },
    peekText(rateClass, key, overrides) {
      const rule = lookUp(rateClass, overrides);
      const { high, low } = hashText(key);
      const now = nowMs();
      return verdictOf(rule, rule.counter.read(apart(rule, high), low >>> 0, now) + 1, now);
    },
    countUuid(rateClass, uuid, overrides) {
      const rule = lookUp(rateClass, overrides);
      return count(rule, apart(rule, wordAt(uuid, 8)), wordAt(uuid, 12));
    },
    get keysHeld() {
      let held = 0;
      for (const counter of counters.values()) held += counter.size;
      return held;
    },
  };
}

interface Rule extends Pick<RateClassRule, "limit" | "windowSeconds"> {
  readonly rateClass: RateClass;
  readonly counter: WindowCounters;
}

function wordAt(bytes: Uint8Array, from: number): number {
  const at = (index: number): number => bytes[from + index] ?? 0;
  return ((at(0) << 24) | (at(1) << 16) | (at(2) << 8) | at(3)) >>> 0;
}

/** Windows of different lengths are counted apart: one organization's must not begin another's anew. */
function apart({ windowSeconds }: Rule, high: number): number {
  return (high ^ Math.imul(windowSeconds, 0x9e3779b1)) >>> 0;
}

function verdictOf(
  { rateClass, counter, limit, windowSeconds }: Rule,
  calls: number,
  nowMs: number,
  windowEndsAtMs = counter.windowEndsAtMs,
): RateVerdict {
  return {
    isAllowed: calls <= limit,
    rateClass,
    limit,
    remaining: Math.max(0, limit - calls),
    windowSeconds,
    windowEndsAtMs,
    secondsLeft: Math.max(0, Math.ceil((windowEndsAtMs - nowMs) / 1000)),
  };
}
