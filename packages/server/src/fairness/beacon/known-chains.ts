import type { DrandChain } from "./drand-chain.ts";

/** Chains of which it is known who runs them, and that no single party among those can foresee a round. */
export const knownChains: readonly DrandChain[] = [
  {
    beaconId: "quicknet",
    chainHash: "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
    genesis: 1_692_803_367,
    groupHash: "f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e",
    period: 3,
    publicKey:
      "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",
    scheme: "bls-unchained-g1-rfc9380",
  },
];

/**
 * The chain of this name or hash: one of those that are known, or of `others`, which whoever runs the server has named.
 * @example chainNamed("quicknet")?.period // 3
 */
export function chainNamed(name: string, others: readonly DrandChain[] = []): DrandChain | undefined {
  return [...knownChains, ...others].find(
    ({ beaconId, chainHash }) => name === beaconId || name === chainHash,
  );
}

/** The names under which chains can be chosen here, each once. */
export function chainNames(others: readonly DrandChain[] = []): readonly string[] {
  return [...new Set([...knownChains, ...others].map(({ beaconId }) => beaconId))];
}

export function isKnownChain(chainHash: string): boolean {
  return knownChains.some((chain) => chain.chainHash === chainHash);
}
