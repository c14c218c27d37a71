export { clientNetwork } from "./client-network.ts";
export { createRateLimiter, type RateLimiter, type RateVerdict } from "./rate-limiter.ts";
export { createWindowCounters } from "./window-counters.ts";
