import fc from "fast-check";
import { expect, test } from "vitest";
import { hexFromBytes } from "./bytes.ts";
import { findDrandRound, hashDrandChain, timeOfDrandRound } from "./drand.ts";
import { quicknet } from "./testing/quicknet.ts";

// The oldest chain of the League of Entropy, as it describes itself.
const unnamed = {
  beaconId: "default",
  genesis: 1595431050,
  groupHash: "176f93498eac9ca337150b46d21dd58673ea4e3581185f869672e59fa4cb390a",
  period: 30,
  publicKey:
    "868f005eb8e6e4ca0a47c8a77ceaa5309a47978a7c71bc5cce96366b5d7a569937c529eeda66c7293784a9402801af31",
};

test("works out the hashes by which the chains of the League of Entropy are known", () => {
  expect(hexFromBytes(hashDrandChain(quicknet))).toBe(quicknet.chainHash);
  expect(hexFromBytes(hashDrandChain(unnamed))).toBe(
    "8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce",
  );
});

test("waits for the round at that very time, and for the next one a millisecond later", () => {
  const atMs = timeOfDrandRound(quicknet, 1000);
  expect(findDrandRound(quicknet, atMs)).toBe(1000);
  expect(findDrandRound(quicknet, atMs + 1)).toBe(1001);
  expect(findDrandRound(quicknet, atMs - 1)).toBe(1000);
});

test("waits for the first round before the chain begins", () => {
  expect(findDrandRound(quicknet, 0)).toBe(1);
  expect(findDrandRound(quicknet, quicknet.genesis * 1000)).toBe(1);
});

test("never waits for a round that is out already, nor longer than for the next one", () => {
  const times = fc.integer({ min: quicknet.genesis * 1000, max: 4e12 });
  fc.assert(
    fc.property(times, fc.integer({ min: 1, max: 3600 }), (atMs, period) => {
      const chain = { ...quicknet, period };
      const roundAtMs = timeOfDrandRound(chain, findDrandRound(chain, atMs));
      expect(roundAtMs).toBeGreaterThanOrEqual(atMs);
      expect(roundAtMs).toBeLessThan(atMs + period * 1000);
    }),
  );
});
