import type { Clock } from "../platform/clock.ts";
import type { ApiError } from "../platform/errors/index.ts";
import { rateLimited } from "../platform/http/index.ts";

/** A 429 of a limit that counts by the address of a mail: its headers speak of that limit, as its details do. */
export function pastAddressLimit(
  clock: Clock,
  limit: { readonly limit: number; readonly windowSeconds: number; readonly secondsLeft: number },
  hint?: string,
): ApiError {
  const verdict = {
    ...limit,
    isAllowed: false,
    rateClass: "authentication",
    remaining: 0,
    windowEndsAtMs: clock.now() + limit.secondsLeft * 1_000,
  } as const;
  return rateLimited(verdict, hint);
}
