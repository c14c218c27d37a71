import { bytesFromHex, bytesFromText, hash, u32, u64 } from "./bytes.ts";

/** The public randomness that a draw or a line waits for, as its rules name it. */
export type Beacon = { readonly kind: "none" } | DrandBeacon;

export interface DrandBeacon {
  readonly kind: "drand";
  readonly beaconId: string;
  readonly chainHash: string;
  /** When the chain's first round came, in seconds since 1970. */
  readonly genesis: number;
  readonly groupHash: string;
  /** Seconds from one round to the next. */
  readonly period: number;
  readonly publicKey: string;
  readonly round: number;
  readonly scheme: string;
}

/**
 * A drand chain's hash, worked out from what it stands for: whoever gives another key or another clock gets another hash.
 * @example hexFromBytes(hashDrandChain(rules.beacon)) === rules.beacon.chainHash
 */
export function hashDrandChain(
  chain: Pick<DrandBeacon, "beaconId" | "genesis" | "groupHash" | "period" | "publicKey">,
): Uint8Array {
  const name = chain.beaconId === "default" ? "" : chain.beaconId;
  return hash(
    u32(chain.period),
    u64(chain.genesis),
    bytesFromHex(chain.publicKey),
    bytesFromHex(chain.groupHash),
    bytesFromText(name),
  );
}

/** The first round of a chain that does not come before `atMs`, in milliseconds since 1970. */
export function findDrandRound(chain: Pick<DrandBeacon, "genesis" | "period">, atMs: number): number {
  return Math.max(1, 1 + Math.ceil((atMs - chain.genesis * 1000) / (chain.period * 1000)));
}

/** When a round of a chain comes, in milliseconds since 1970. */
export function timeOfDrandRound(chain: Pick<DrandBeacon, "genesis" | "period">, round: number): number {
  return (chain.genesis + (round - 1) * chain.period) * 1000;
}
