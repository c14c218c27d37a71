/** The rate classes: how many calls in which window, and whom a class counts. */
export const rateClasses = {
  authentication: { limit: 10, windowSeconds: 60, countedPer: "address" },
  guest: { limit: 120, windowSeconds: 60, countedPer: "address" },
  entry: { limit: 5, windowSeconds: 10, countedPer: "consumer" },
  general: { limit: 100, windowSeconds: 60, countedPer: "caller" },
  webhook: { limit: 1_000, windowSeconds: 60, countedPer: "organization" },
} as const satisfies Record<string, RateClassRule>;

export interface RateClassRule {
  /** Calls that pass in one window. */
  readonly limit: number;
  /** The window opens at the first counted call and lasts this long. */
  readonly windowSeconds: number;
  /** `caller`: the consumer; else the publishable key with the client's address; a secret key by itself. */
  readonly countedPer: "address" | "consumer" | "caller" | "organization";
}

export type RateClass = keyof typeof rateClasses;
export const rateClassNames: readonly RateClass[] = [
  "authentication",
  "guest",
  "entry",
  "general",
  "webhook",
];

/** Numbers that replace a class's own, for a host or for one organization. */
export type RateLimitOverrides = Partial<Record<RateClass, { limit: number; windowSeconds: number }>>;

/** A class as it holds for one organization, and for whom its numbers were set. */
export interface RateLimitInForce extends RateClassRule {
  /** `everyone`: the class's own numbers; `server`: the host's for all organizations; `organization`: for this one alone. */
  readonly setFor: "everyone" | "server" | "organization";
}

/**
 * Every class as it holds for an organization: its own numbers, else the host's, else those of the table.
 *
 * @example rateLimitsInForce({}, { general: { limit: 200, windowSeconds: 60 } }).general.setFor // "organization"
 */
export function rateLimitsInForce(
  host: RateLimitOverrides,
  organization: RateLimitOverrides | null,
): Record<RateClass, RateLimitInForce> {
  const inForce = (name: RateClass): RateLimitInForce => {
    const { countedPer, ...everyone } = rateClasses[name];
    const own = organization?.[name];
    if (own !== undefined) return { ...own, countedPer, setFor: "organization" };
    const server = host[name];
    if (server !== undefined) return { ...server, countedPer, setFor: "server" };
    return { ...everyone, countedPer, setFor: "everyone" };
  };
  return {
    authentication: inForce("authentication"),
    guest: inForce("guest"),
    entry: inForce("entry"),
    general: inForce("general"),
    webhook: inForce("webhook"),
  };
}
