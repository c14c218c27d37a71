import { createHash } from "node:crypto";

/** A drand chain, as its members and a draw's rules describe it. */
export interface DrandChain {
  readonly beaconId: string;
  readonly chainHash: string;
  /** When its first round came, in seconds since 1970. */
  readonly genesis: number;
  readonly groupHash: string;
  /** Seconds from one round to the next. */
  readonly period: number;
  readonly publicKey: string;
  readonly scheme: string;
}

/** Schemes in which a round follows from its number alone, each with the bytes of its signatures and of its keys. */
export const unchainedSchemes: Readonly<
  Record<string, { readonly signatureBytes: number; readonly keyBytes: number }>
> = {
  "bls-unchained-g1-rfc9380": { signatureBytes: 48, keyBytes: 96 },
  "pedersen-bls-unchained": { signatureBytes: 96, keyBytes: 48 },
};

/** The hash of a chain, in hex, worked out from what it stands for. */
export function hashDrandChain(chain: Omit<DrandChain, "chainHash" | "scheme">): string {
  const numbers = Buffer.alloc(12);
  numbers.writeUInt32BE(chain.period);
  numbers.writeBigUInt64BE(BigInt(chain.genesis), 4);
  return createHash("sha256")
    .update(numbers)
    .update(chain.publicKey, "hex")
    .update(chain.groupHash, "hex")
    .update(chain.beaconId === "default" ? "" : chain.beaconId)
    .digest("hex");
}

/** The first round that does not come before `atMs`, in milliseconds since 1970. */
export function roundAt({ genesis, period }: Pick<DrandChain, "genesis" | "period">, atMs: number): number {
  return Math.max(1, 1 + Math.ceil((atMs - genesis * 1_000) / (period * 1_000)));
}

/** When a round comes, in milliseconds since 1970. */
export function timeOfRound(
  { genesis, period }: Pick<DrandChain, "genesis" | "period">,
  round: number,
): number {
  return (genesis + (round - 1) * period) * 1_000;
}

const freezeToRoundMsMin = 30_000;
const freezeToLaterRoundMsMin = 60_000;

/**
 * The round of the rules, or, where the list was fixed too late for it, the first that leaves a minute.
 * @param leastMs by how much the list must have been fixed before its round came
 */
export function roundThatCounts(
  chain: Pick<DrandChain, "genesis" | "period"> & { readonly round: number },
  frozenAtMs: number,
  leastMs = freezeToRoundMsMin,
): number {
  const isTooLate = frozenAtMs > timeOfRound(chain, chain.round) - leastMs;
  return isTooLate ? roundAt(chain, frozenAtMs + freezeToLaterRoundMsMin) : chain.round;
}
