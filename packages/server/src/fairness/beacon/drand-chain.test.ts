import { expect, test } from "vitest";
import { hashDrandChain, roundAt, roundThatCounts, timeOfRound } from "./drand-chain.ts";
import { chainNamed, isKnownChain, knownChains } from "./known-chains.ts";
import { readChains } from "./read-chains.ts";

const [quicknet] = knownChains;
if (quicknet === undefined) throw new Error("no chain is known");

const info = {
  public_key:
    "868f005eb8e6e4ca0a47c8a77ceaa5309a47978a7c71bc5cce96366b5d7a569937c529eeda66c7293784a9402801af31",
  period: 30,
  genesis_time: 1595431050,
  hash: "8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce",
  groupHash: "176f93498eac9ca337150b46d21dd58673ea4e3581185f869672e59fa4cb390a",
  schemeID: "pedersen-bls-unchained",
  metadata: { beaconID: "default" },
};

test("knows every chain by the hash of what it stands for", () => {
  for (const chain of knownChains) expect(hashDrandChain(chain)).toBe(chain.chainHash);
  expect(chainNamed("quicknet")).toBe(quicknet);
  expect(chainNamed(quicknet.chainHash)).toBe(quicknet);
  expect(chainNamed("nobodys")).toBeUndefined();
});

test("waits for the round at that very time, and for the next one a millisecond later", () => {
  const atMs = timeOfRound(quicknet, 1000);
  expect(roundAt(quicknet, atMs)).toBe(1000);
  expect(roundAt(quicknet, atMs + 1)).toBe(1001);
  expect(roundAt(quicknet, 0)).toBe(1);
});

test("takes a later round where the list was fixed less than 30 s before the first one", () => {
  const chain = { ...quicknet, round: 1000 };
  const atMs = timeOfRound(quicknet, 1000);
  expect(roundThatCounts(chain, atMs - 30_000)).toBe(1000);
  expect(roundThatCounts(chain, atMs - 29_999)).toBe(roundAt(quicknet, atMs + 30_001));
  expect(roundThatCounts(chain, atMs + 3_600_000)).toBe(1000 + 1200 + 20);
});

test("reads chains as drand nodes describe them, and calls them unknown", () => {
  const [chain] = readChains(JSON.stringify([info]));
  expect(chain).toMatchObject({
    beaconId: "default",
    period: 30,
    scheme: info.schemeID,
    chainHash: info.hash,
  });
  expect(isKnownChain(info.hash)).toBe(false);
  expect(chainNamed("default", chain === undefined ? [] : [chain])).toBe(chain);
});

test.each([
  ["no JSON", "{", /must be JSON/],
  ["no array", "{}", /must be an array/],
  ["another hash", JSON.stringify([{ ...info, hash: "00".repeat(32) }]), /another hash/],
  ["a chained scheme", JSON.stringify([{ ...info, schemeID: "pedersen-bls-chained" }]), /no schemeID/],
  ["a key of another size", JSON.stringify([{ ...info, public_key: "00" }]), /no public_key/],
  ["no period", JSON.stringify([{ ...info, period: 0 }]), /no period/],
  ["one chain twice", JSON.stringify([info, info]), /twice/],
])("refuses chains with %s", (_, value, says) => {
  expect(() => readChains(value)).toThrow(says);
});
