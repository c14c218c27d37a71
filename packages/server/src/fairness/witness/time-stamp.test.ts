import { hash } from "node:crypto";
import { afterAll, test as anyTest, beforeAll, expect } from "vitest";
import { hasOpenssl, startTestAuthority, type TestAuthority } from "../../testing/test-authority.ts";
import { createTimeStampWitness } from "./time-stamp.ts";
import { WitnessError } from "./witness.ts";

const test = anyTest.skipIf(!hasOpenssl);
let authority: TestAuthority;

beforeAll(async () => {
  authority = await startTestAuthority();
}, 60_000);

afterAll(() => authority.stop());

const statement = "eyJhbGciOiJFZERTQSJ9.e30.c2lnbmF0dXJl";
const witnessOf = (timeLimitMs = 10_000) =>
  createTimeStampWitness({ url: authority.url, trusted: [authority.root], timeLimitMs });

test("has a statement stamped, and keeps the token and its time", async () => {
  authority.manner = "signed";
  const { kind, at, digest, token } = await witnessOf().stamp(statement);
  expect([kind, digest]).toEqual(["rfc3161", hash("sha256", statement)]);
  expect(Math.abs(Date.parse(at) - Date.now())).toBeLessThan(60_000);
  expect(Buffer.from(token, "base64").includes(Buffer.from(digest, "hex"))).toBe(true);
});

test.each([
  ["replayed", "answered another request than this one"],
  ["forged", "did not sign this"],
  ["refusing", "refused, with status 2"],
  ["broken", "answered 500"],
  ["garbage", "answered what is no time stamp"],
] as const)("believes nothing that is %s, and says why", async (manner, says) => {
  authority.manner = manner;
  const stamped = witnessOf().stamp(statement);
  await expect(stamped).rejects.toBeInstanceOf(WitnessError);
  await expect(stamped).rejects.toThrow(says);
});

test("waits no longer than it may, and says when nobody listens", async () => {
  authority.manner = "silent";
  await expect(witnessOf(50).stamp(statement)).rejects.toThrow("did not answer within 50 ms");
  const nobody = createTimeStampWitness({ url: "http://127.0.0.1:9", trusted: null });
  await expect(nobody.stamp(statement)).rejects.toThrow("could not be asked");
});

test("believes no authority that leads to nobody whom it trusts", async () => {
  authority.manner = "signed";
  const witness = createTimeStampWitness({ url: authority.url, trusted: null });
  await expect(witness.stamp(statement)).rejects.toThrow("is not believed");
});
