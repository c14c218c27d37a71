import type { Secrets } from "../platform/secrets.ts";
import {
  type AccessClaims,
  accessTokenBytesMax,
  type GoodTokens,
  readAccessToken,
} from "./session-tokens.ts";

/** A power of two: some bits of a token's MAC say where it stands. */
const slotsUsual = 4_096;

/**
 * Reads access tokens and remembers those that were good: a caller that comes again, as one does that is past its limit, is not
 * checked by the MAC again. What a token says never changes; its end and its session are judged on every call.
 */
export class RecentTokens {
  readonly #secrets: Secrets;
  readonly #good: GoodTokens;

  /** @param slots how many tokens are remembered at most, a power of two up to 65,536: 442 kB with the usual number */
  constructor(secrets: Secrets, slots = slotsUsual) {
    this.#secrets = secrets;
    this.#good = new TokenSlots(slots);
  }

  /** Throws INVALID_TOKEN or TOKEN_EXPIRED. */
  read(token: string, nowMs: number): AccessClaims {
    return readAccessToken(this.#secrets, token, nowMs, this.#good);
  }
}

/**
 * One place for each token, which the next one takes that belongs there. In one piece of memory: as objects, the tokens of callers
 * who come once live just long enough for the garbage collector to carry them on, which took up to a fifth of a join.
 */
class TokenSlots implements GoodTokens {
  readonly #bytes: Uint8Array;
  readonly #mask: number;

  constructor(slots: number) {
    this.#bytes = new Uint8Array(slots * accessTokenBytesMax);
    this.#mask = slots - 1;
  }

  /** Takes as long for one that differs late as for one that differs early, so that no MAC can be found byte by byte. */
  has(token: Uint8Array): boolean {
    const from = this.#slotOf(token);
    let difference = 0;
    for (let index = 0; index < token.length; index += 1)
      difference |= (token[index] ?? 0) ^ (this.#bytes[from + index] ?? 0);
    return difference === 0;
  }

  add(token: Uint8Array): void {
    this.#bytes.set(token, this.#slotOf(token));
  }

  // The last bytes of the MAC, before the zeros at the end of either layout.
  #slotOf(token: Uint8Array): number {
    const bits = ((token[token.length - 4] ?? 0) << 8) | (token[token.length - 3] ?? 0);
    return (bits & this.#mask) * accessTokenBytesMax;
  }
}
