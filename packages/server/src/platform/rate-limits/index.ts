export type { RateVerdict } from "../rate-verdict.ts";
export { clientNetwork } from "./client-network.ts";
export { openSharedLimits } from "./open-shared-limits.ts";
export { type Counted, createRateLimiter, type RateLimiter, type SharedLimits } from "./rate-limiter.ts";
export { watchProcesses } from "./watch-processes.ts";
export { createWindowCounters } from "./window-counters.ts";
