import type { StanchionError } from "./stanchion-error.ts";

/** How often one call is tried at most. */
export const triesMax = 3;
/** How often one call waits at most for an earlier one with the same Idempotency-Key. */
export const inProgressWaitsMax = 6;

const backoffMsMax = 30_000;
const openingWaitMsMin = 500;
const openingWaitMsDefault = 5_000;

/** The wait after the failed try number `attempt` (0 is the first): doubling, half of it by chance. */
export function backoffMs(attempt: number, random: () => number): number {
  return Math.min(backoffMsMax, 1_000 * 2 ** Math.min(attempt, 10)) * (0.5 + random() / 2);
}

/** How long the server wants to be left alone after this error, in ms; 0 when it does not mind. */
export function demandedWaitMs(error: StanchionError): number {
  const seconds = error.retryAfterSeconds ?? (error.status === 429 ? 30 : error.status === 503 ? 60 : 0);
  return seconds * 1_000;
}

/** Is this a failure that the same call may survive by being repeated a little later? */
export function isWorthRetrying(error: StanchionError): boolean {
  if (error.code === "NETWORK_ERROR" || error.code === "TIMEOUT") return true;
  return error.status === 429 || (error.status >= 500 && error.retryable);
}

/** What has happened to one call so far. */
export interface RetryCount {
  readonly failures: number;
  readonly inProgressWaits: number;
}

/** The wait before the next try and the count that goes with it, or null: the error stands. */
export interface RetryDecision {
  readonly waitMs: number;
  readonly count: RetryCount;
}

/** Decides whether a call is tried again: the rules of the contract for clients. */
export function decideRetry(
  error: StanchionError,
  count: RetryCount,
  rules: { readonly triesMax: number; readonly waitForOpening: boolean; readonly random: () => number },
): RetryDecision | null {
  if (error.status === 423 && rules.waitForOpening) {
    const waitMs = error.retryAfterSeconds === null ? openingWaitMsDefault : demandedWaitMs(error);
    return { waitMs: Math.max(openingWaitMsMin, waitMs), count: { ...count, failures: 0 } };
  }
  const isInProgress = error.code === "IDEMPOTENCY_IN_PROGRESS";
  const kind = isInProgress ? "inProgressWaits" : "failures";
  const times = count[kind];
  const isOver = isInProgress
    ? times >= inProgressWaitsMax
    : !isWorthRetrying(error) || times + 1 >= rules.triesMax;
  if (isOver) return null;
  const waitMs = Math.max(backoffMs(times, rules.random), demandedWaitMs(error));
  return { waitMs, count: { ...count, [kind]: times + 1 } };
}
