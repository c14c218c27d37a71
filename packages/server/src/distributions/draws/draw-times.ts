import { fieldIssue, limits, type ValidationIssue } from "@stanchion/contract";
import type { DrandChain } from "../../fairness/index.ts";

/** What is wrong with a close that is over when a draw is made, as with a time in a wrong zone. */
export function pastIssues(closeAt: Date, now: Date | null): ValidationIssue[] {
  if (now === null || closeAt.getTime() > now.getTime()) return [];
  return [fieldIssue("closeAt", "order", "after now", closeAt.toISOString())];
}

/** What is wrong with the time of a draw, which comes at the close, and with a beacon a minute later at the earliest. */
export function drawTimeIssues(closeAt: Date, drawAt: Date, chain: DrandChain | null): ValidationIssue[] {
  const secondsMin = chain === null ? 0 : limits.closeToDrawSecondsMin;
  if (drawAt.getTime() >= closeAt.getTime() + secondsMin * 1_000) return [];
  const expected = secondsMin === 0 ? "not before closeAt" : `${secondsMin} s or more after closeAt`;
  return [fieldIssue("drawAt", "order", expected, drawAt.toISOString())];
}
