import { hexFromBytes } from "../bytes.ts";
import { type Beacon, type DrandBeacon, findDrandRound, hashDrandChain } from "../drand.ts";
import { madeUpHex } from "./made-up.ts";

/** A beacon of a chain that nobody runs, with the round that `atMs` waits for. */
export function madeUpBeacon(beaconId: string, atMs: number): DrandBeacon {
  const chain = {
    beaconId,
    genesis: 1_692_803_367,
    groupHash: madeUpHex(32, "group", beaconId),
    period: 3,
    publicKey: madeUpHex(96, "public key", beaconId),
  };
  const round = findDrandRound(chain, atMs);
  const scheme = "bls-unchained-g1-rfc9380";
  return { ...chain, chainHash: hexFromBytes(hashDrandChain(chain)), kind: "drand", round, scheme };
}

/** What a beacon's round would bring, in hex; null without a beacon. */
export function madeUpSignature(beacon: Beacon): string | null {
  return beacon.kind === "none" ? null : madeUpHex(48, "round", beacon.round);
}
