import { apiError } from "../platform/errors/index.ts";
import type { Secrets } from "../platform/secrets.ts";
import { RecentValues } from "./recent-values.ts";
import { type AccessClaims, readAccessToken } from "./session-tokens.ts";

const recentTokensMax = 4_096;

/**
 * Reads access tokens and remembers those that were good: a caller that comes again, as one does that is past its limit, is not
 * checked by the MAC again. What a token says never changes; its end and its session are judged on every call.
 */
export class RecentTokens {
  readonly #secrets: Secrets;
  readonly #recent: RecentValues<AccessClaims>;

  /** @param max how many tokens are remembered, at most twice as many for a while */
  constructor(secrets: Secrets, max = recentTokensMax) {
    this.#secrets = secrets;
    this.#recent = new RecentValues(max);
  }

  get held(): number {
    return this.#recent.held;
  }

  /** Throws INVALID_TOKEN or TOKEN_EXPIRED. */
  read(token: string, nowMs: number): AccessClaims {
    const known = this.#recent.get(token);
    if (known === undefined) {
      const claims = readAccessToken(this.#secrets, token, nowMs);
      this.#recent.set(token, claims);
      return claims;
    }
    if (known.expiresAtMs <= nowMs) throw apiError("TOKEN_EXPIRED");
    return known;
  }
}
