import type { RateClass } from "@stanchion/contract";

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
