import { bls12_381 } from "@noble/curves/bls12-381.js";
import { bytesFromHex, hash, u64 } from "./bytes.ts";
import type { DrandBeacon } from "./drand.ts";

/** Chains that this verifier vouches for, by their hashes: who runs them is known, and no single party among them can foresee. */
export const knownDrandChains: Readonly<Record<string, string>> = {
  "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971": "quicknet of the League of Entropy",
};

/**
 * Whether a round's signature is that of the chain's key. Only unchained schemes are known: in others a round does not follow from
 * its number alone. Never throws; takes about a third of a second.
 */
export function checkDrandSignature(
  chain: Pick<DrandBeacon, "publicKey" | "scheme">,
  round: number,
  signature: Uint8Array,
): boolean {
  const scheme = schemes[chain.scheme];
  if (scheme === undefined) return false;
  try {
    return scheme(hash(u64(round)), signature, bytesFromHex(chain.publicKey));
  } catch {
    // Bytes that are no point of the curve.
    return false;
  }
}

/** Whether a scheme is one of those that can be checked. */
export function isKnownScheme(scheme: string): boolean {
  return Object.hasOwn(schemes, scheme);
}

type Scheme = (message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array) => boolean;

const schemes: Readonly<Record<string, Scheme | undefined>> = Object.assign(Object.create(null), {
  // Signatures of 48 bytes, keys of 96.
  "bls-unchained-g1-rfc9380": (message, signature, publicKey) => {
    const { hash: toPoint, verify } = bls12_381.shortSignatures;
    return verify(signature, toPoint(message, "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"), publicKey);
  },
  // Signatures of 96 bytes, keys of 48.
  "pedersen-bls-unchained": (message, signature, publicKey) => {
    const { hash: toPoint, verify } = bls12_381.longSignatures;
    return verify(signature, toPoint(message, "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_"), publicKey);
  },
} satisfies Record<string, Scheme>);
