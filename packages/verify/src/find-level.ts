import type { TrustedAuthority } from "./certificate.ts";
import type { Beacon } from "./drand.ts";
import { knownDrandChains } from "./drand-signature.ts";

/** Whom a verifier believes besides those it knows by itself. */
export interface Trust {
  /** Who may vouch for authorities of time stamps. */
  readonly authorities?: readonly TrustedAuthority[];
  /** Hashes of drand chains. */
  readonly chains?: readonly string[];
}

/** What a draw, or the opening of a line, proves. */
export type DrawLevel = "consistent" | "beacon" | "witnessed" | "beacon run by an unknown party";

/** The level that is reached when every step holds. */
export function findLevel(beacon: Beacon, isWitnessed: boolean, { chains = [] }: Trust): DrawLevel {
  if (beacon.kind === "none") return "consistent";
  const isKnown = Object.hasOwn(knownDrandChains, beacon.chainHash) || chains.includes(beacon.chainHash);
  if (!isKnown) return "beacon run by an unknown party";
  return isWitnessed ? "witnessed" : "beacon";
}
