import { type DrandChain, hashDrandChain, unchainedSchemes } from "./drand-chain.ts";
import { chainNamed } from "./known-chains.ts";

/**
 * Chains as the setting DRAND_CHAINS lists them: a JSON array of what a drand node answers at `/info`.
 * @throws {Error} when one is not whole, does not have the hash that it claims, or cannot be checked
 */
export function readChains(value: string): readonly DrandChain[] {
  let listed: unknown;
  try {
    listed = JSON.parse(value);
  } catch (cause) {
    throw new Error(`must be JSON, ${example}`, { cause });
  }
  if (!Array.isArray(listed)) throw new Error(`must be an array, ${example}`);
  const chains: DrandChain[] = [];
  for (const [index, info] of listed.entries()) {
    const chain = readChain(info, `chain ${index}`);
    if (chainNamed(chain.beaconId, chains) ?? chainNamed(chain.chainHash, chains))
      throw new Error(`names ${chain.beaconId} twice, or anew what is known by itself`);
    chains.push(chain);
  }
  return chains;
}

const example = "such as what a drand node answers at /info, in brackets";
const beaconIdShape = /^[a-z0-9][a-z0-9._-]{0,63}$/i;
const hashShape = /^[0-9a-f]{64}$/;
const periodSecondsMax = 86_400;

function readChain(info: unknown, which: string): DrandChain {
  const given = Object(info) as Record<string, unknown>;
  const [beaconId, scheme] = [Object(given.metadata).beaconID ?? "default", given.schemeID];
  const { public_key: publicKey, period, genesis_time: genesis, groupHash, hash } = given;
  const fault = (what: string): Error => new Error(`has no ${what} for ${which}; give it ${example}`);
  if (typeof beaconId !== "string" || !beaconIdShape.test(beaconId)) throw fault("metadata.beaconID");
  const sizes = typeof scheme === "string" ? unchainedSchemes[scheme] : undefined;
  if (typeof scheme !== "string" || sizes === undefined)
    throw new Error(
      `has no schemeID for ${which} that can be checked: ${Object.keys(unchainedSchemes).join(", ")}`,
    );
  if (!isHex(publicKey, sizes.keyBytes)) throw fault("public_key");
  if (!isCount(period) || period > periodSecondsMax) throw fault("period");
  if (!isCount(genesis)) throw fault("genesis_time");
  if (typeof groupHash !== "string" || !hashShape.test(groupHash)) throw fault("groupHash");
  const chain = { beaconId, genesis, groupHash, period, publicKey };
  const chainHash = hashDrandChain(chain);
  if (hash !== chainHash) throw new Error(`says another hash for ${which} than it has: ${chainHash}`);
  return { ...chain, chainHash, scheme };
}

function isHex(value: unknown, bytes: number): value is string {
  return typeof value === "string" && value.length === bytes * 2 && /^[0-9a-f]+$/.test(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1;
}
