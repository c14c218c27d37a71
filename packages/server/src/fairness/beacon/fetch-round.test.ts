import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestBeacon, type TestBeacon } from "../../testing/test-beacon.ts";
import { fetchRound } from "./fetch-round.ts";
import { knownChains } from "./known-chains.ts";
import { isRoundSigned } from "./round-signature.ts";

let beacon: TestBeacon;
let other: TestBeacon;

beforeAll(async () => {
  beacon = await startTestBeacon();
  other = await startTestBeacon();
});

afterAll(async () => {
  await Promise.all([beacon.stop(), other.stop()]);
});

// What quicknet's round 1000 brought.
const quicknetRound1000 = Buffer.from(
  "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39",
  "hex",
);

test("takes a published round of a chain of the League of Entropy for that round alone", async () => {
  const [quicknet] = knownChains;
  if (quicknet === undefined) throw new Error("no chain is known");
  expect(await isRoundSigned(quicknet, 1000, quicknetRound1000)).toBe(true);
  expect(await isRoundSigned(quicknet, 1001, quicknetRound1000)).toBe(false);
  expect(await isRoundSigned({ ...quicknet, scheme: "toString" }, 1000, quicknetRound1000)).toBe(false);
  expect(await isRoundSigned({ ...quicknet, publicKey: "zz" }, 1000, quicknetRound1000)).toBe(false);
  expect(await isRoundSigned(beacon.chain, 1000, quicknetRound1000)).toBe(false);
  expect(await isRoundSigned(quicknet, 1000, quicknetRound1000.subarray(1))).toBe(false);
});

test("gets a round's signature from a beacon", async () => {
  beacon.manner = "signed";
  const signature = Buffer.from(beacon.sign(7), "hex");
  expect(await fetchRound([beacon.url], beacon.chain, 7)).toEqual({ kind: "signed", signature });
});

test("waits for a round that nobody has", async () => {
  beacon.manner = "missing";
  expect(await fetchRound([beacon.url], beacon.chain, 7)).toEqual({ kind: "missing" });
});

test("goes on to the next address after one that fails, lies or has not got it", async () => {
  beacon.manner = "signed";
  // Another chain's beacon answers 404; nothing listens at the second address.
  const urls = [other.url, "http://127.0.0.1:9", beacon.url];
  expect(await fetchRound(urls, beacon.chain, 8)).toMatchObject({ kind: "signed" });
});

test.each([
  ["forged", "did not sign"],
  ["broken", "answered 500"],
  ["endless", "more than 16384 bytes"],
  ["redirecting", "redirect"],
] as const)("believes no answer that is %s, and says why", async (manner, reason) => {
  beacon.manner = manner;
  const fetched = await fetchRound([beacon.url], beacon.chain, 9);
  expect(fetched.kind).toBe("failed");
  expect(JSON.stringify(fetched)).toContain(reason);
});

test("waits for an answer no longer than it may", async () => {
  beacon.manner = "silent";
  const fetched = await fetchRound([beacon.url], beacon.chain, 9, { timeLimitMs: 50 });
  expect(fetched).toMatchObject({ kind: "timeout" });
});
