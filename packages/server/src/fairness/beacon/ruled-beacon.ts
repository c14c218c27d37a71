import type { RuledBeacon } from "@stanchion/contract";
import { type DrandChain, roundAt } from "./drand-chain.ts";

/** The one round that counts is named before anybody can know it: the first that does not come before `notBeforeMs`, in ms since 1970. */
export function ruledBeacon(chain: DrandChain | null, notBeforeMs: number): RuledBeacon {
  if (chain === null) return { kind: "none" };
  const { beaconId, chainHash, genesis, groupHash, period, publicKey, scheme } = chain;
  const round = roundAt(chain, notBeforeMs);
  return { beaconId, chainHash, genesis, groupHash, kind: "drand", period, publicKey, round, scheme };
}
