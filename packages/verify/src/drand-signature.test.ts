import { expect, test } from "vitest";
import { bytesFromHex } from "./bytes.ts";
import { checkDrandSignature } from "./drand-signature.ts";
import { makeChain, signChainRound } from "./testing/make-draw-proof.ts";
import { quicknet, quicknetRound1000 } from "./testing/quicknet.ts";

test("accepts a round of quicknet, and takes it for no other round", () => {
  const signature = bytesFromHex(quicknetRound1000, 48);
  expect(checkDrandSignature(quicknet, 1000, signature)).toBe(true);
  expect(checkDrandSignature(quicknet, 1001, signature)).toBe(false);
});

test.each(["bls-unchained-g1-rfc9380", "pedersen-bls-unchained"])(
  "accepts a round by %s, and no other key's",
  (scheme) => {
    const chain = makeChain("2027-03-01T12:00:00.000Z", scheme);
    const signature = bytesFromHex(signChainRound(scheme, 7));
    expect(checkDrandSignature(chain, 7, signature)).toBe(true);
    expect(checkDrandSignature(chain, 8, signature)).toBe(false);
    if (signature.length === 48) expect(checkDrandSignature(quicknet, 7, signature)).toBe(false);
  },
);

test("refuses what is no signature, no key or of a chained scheme", () => {
  const signature = bytesFromHex(quicknetRound1000);
  const infinity = new Uint8Array(48).with(0, 0xc0);
  for (const bad of [
    new Uint8Array(),
    new Uint8Array(48),
    infinity,
    signature.slice(1),
    signature.with(47, 0),
  ]) {
    expect(checkDrandSignature(quicknet, 1000, bad)).toBe(false);
  }
  for (const publicKey of ["", "00".repeat(96), "zz", quicknet.publicKey.slice(2)]) {
    expect(checkDrandSignature({ ...quicknet, publicKey }, 1000, signature)).toBe(false);
  }
  for (const scheme of ["pedersen-bls-chained", "pedersen-bls-unchained", "toString", ""]) {
    expect(checkDrandSignature({ ...quicknet, scheme }, 1000, signature)).toBe(false);
  }
});
