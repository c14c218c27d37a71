import type { RateVerdict } from "../rate-limits/index.ts";
import { inOnePiece, linesOf } from "./head-text.ts";

/** What a caller is told of its limit. */
export function pushRateHeaders(headers: string[], verdict: RateVerdict): void {
  headers.push(...rateHeaders(verdict));
}

function rateHeaders(verdict: RateVerdict): string[] {
  const { limit, remaining, rateClass, windowSeconds, windowEndsAtMs, secondsLeft } = verdict;
  return [
    "X-RateLimit-Limit",
    String(limit),
    "X-RateLimit-Remaining",
    String(remaining),
    "X-RateLimit-Reset",
    String(Math.ceil(windowEndsAtMs / 1000)),
    "RateLimit-Policy",
    `"${rateClass}";q=${limit};w=${windowSeconds}`,
    "RateLimit",
    `"${rateClass}";r=${remaining};t=${secondsLeft}`,
  ];
}

// Whose first call it is in a window has the same lines as everybody else of this second.
let lastRate: { readonly verdict: RateVerdict; readonly lines: string } | null = null;

/** The same as lines of a head. */
export function rateLinesOf(verdict: RateVerdict): string {
  if (lastRate === null || !saysTheSame(lastRate.verdict, verdict))
    lastRate = { verdict, lines: inOnePiece(linesOf(rateHeaders(verdict))) };
  return lastRate.lines;
}

function saysTheSame(one: RateVerdict, other: RateVerdict): boolean {
  return (
    one.rateClass === other.rateClass &&
    one.limit === other.limit &&
    one.remaining === other.remaining &&
    one.windowSeconds === other.windowSeconds &&
    one.secondsLeft === other.secondsLeft &&
    Math.ceil(one.windowEndsAtMs / 1000) === Math.ceil(other.windowEndsAtMs / 1000)
  );
}
