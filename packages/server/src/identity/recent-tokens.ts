import { apiError } from "../platform/errors/index.ts";
import type { Secrets } from "../platform/secrets.ts";
import { type AccessClaims, readAccessToken } from "./session-tokens.ts";

const recentTokensMax = 4_096;

/**
 * Reads access tokens and remembers those that were good: a caller that comes again, as one does that is past its limit, is not
 * checked by the MAC again. What a token says never changes; its end and its session are judged on every call.
 */
export class RecentTokens {
  readonly #secrets: Secrets;
  readonly #max: number;
  // Two generations: the older one is dropped whole when the newer one is full, and what is still in use moves over.
  #newer = new Map<string, AccessClaims>();
  #older = new Map<string, AccessClaims>();

  /** @param max how many tokens are remembered, at most twice as many for a while */
  constructor(secrets: Secrets, max = recentTokensMax) {
    this.#secrets = secrets;
    this.#max = max;
  }

  get held(): number {
    return this.#newer.size + this.#older.size;
  }

  /** Throws INVALID_TOKEN or TOKEN_EXPIRED. */
  read(token: string, nowMs: number): AccessClaims {
    const known = this.#newer.get(token);
    if (known !== undefined) return this.#stillGood(known, nowMs);
    const claims = this.#older.get(token) ?? readAccessToken(this.#secrets, token, nowMs);
    if (this.#newer.size >= this.#max) {
      this.#older = this.#newer;
      this.#newer = new Map();
    }
    this.#newer.set(token, claims);
    return this.#stillGood(claims, nowMs);
  }

  #stillGood(claims: AccessClaims, nowMs: number): AccessClaims {
    if (claims.expiresAtMs <= nowMs) throw apiError("TOKEN_EXPIRED");
    return claims;
  }
}
