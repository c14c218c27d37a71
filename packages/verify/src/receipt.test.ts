import { ed25519 } from "@noble/curves/ed25519.js";
import { expect, test } from "vitest";
import vectors from "../vectors/receipts.json" with { type: "json" };
import { bytesFromText } from "./bytes.ts";
import { checkStatement, type Jwks } from "./jws.ts";
import { checkReceipt, type Receipt } from "./receipt.ts";
import { madeUpBytes } from "./testing/made-up.ts";

const [alone, inGroup] = vectors;
if (alone === undefined || inGroup === undefined)
  throw new Error("vectors/receipts.json has too few receipts");
const { receipt, jwks } = inGroup;
const secretKey = madeUpBytes(32, "receipt key");

test.each(vectors)("accepts the $name", (vector) => {
  expect(checkReceipt(vector.receipt, vector.jwks).map(({ step, holds }) => [step, holds])).toEqual([
    ["subject", true],
    ["signature", true],
    ["group", true],
  ]);
});

test.each<[fault: string, changed: Receipt, failing: string[]]>([
  ["another salt", { ...receipt, salt: "00".repeat(16) }, ["subject"]],
  ["a salt that is no hex", { ...receipt, salt: "salt" }, ["subject"]],
  ["another consumer", changeBody({ consumerId: "cons_other" }), ["subject", "group"]],
  ["another number", changeBody({ number: 1 }), ["group"]],
  ["another level", changeBody({ level: "external" }), ["group"]],
  ["another time", changeBody({ enteredAt: "2027-03-01T10:00:00.124Z" }), ["group"]],
  ["other rules", changeBody({ rulesHash: "00".repeat(32) }), ["group"]],
  ["another index", { ...receipt, index: 0 }, ["group"]],
  ["another size", { ...receipt, size: receipt.size + 1 }, ["group"]],
  ["a shorter path", { ...receipt, path: [] }, ["group"]],
  ["a path of no hashes", { ...receipt, path: ["00"] }, ["group"]],
  ["no signature", { ...receipt, signature: "" }, ["signature", "group"]],
  ["another signature", { ...receipt, signature: turnLast(receipt.signature) }, ["signature", "group"]],
  ["a signature of another group", { ...receipt, signature: alone.receipt.signature }, ["group"]],
])("refuses a receipt with %s", (_fault, changed, failing) => {
  const steps = checkReceipt(changed, jwks);
  expect(steps.filter(({ holds }) => !holds).map(({ step }) => step)).toEqual(failing);
  for (const { says } of steps) expect(says).toMatch(/^[A-Z].*\.$/);
});

test("accepts a statement whose header and payload are canonical", () => {
  expect(checkStatement(sign(header("freeze+jws"), `{"a":1}`), "freeze+jws", jwks)).toEqual({
    holds: true,
    statement: { a: 1 },
  });
});

test.each([
  ["of another type", header("log+jws"), `{"a":1}`],
  [
    "with members of its header in another order",
    `{"kid":"vectors","alg":"EdDSA","typ":"freeze+jws"}`,
    `{"a":1}`,
  ],
  [
    "with another member in its header",
    `{"alg":"EdDSA","crit":["b64"],"kid":"vectors","typ":"freeze+jws"}`,
    `{"a":1}`,
  ],
  ["without a key id", `{"alg":"EdDSA","typ":"freeze+jws"}`, `{"a":1}`],
  ["by another algorithm", `{"alg":"none","kid":"vectors","typ":"freeze+jws"}`, `{"a":1}`],
  ["by a key that is not published", `{"alg":"EdDSA","kid":"other","typ":"freeze+jws"}`, `{"a":1}`],
  ["whose payload has spaces", header("freeze+jws"), `{"a": 1}`],
  ["whose payload says a member twice", header("freeze+jws"), `{"a":1,"a":1}`],
  ["whose payload is a list", header("freeze+jws"), "[1]"],
  ["whose payload is no JSON", header("freeze+jws"), "a"],
])("refuses a statement %s, though the key signed it", (_fault, head, payload) => {
  expect(checkStatement(sign(head, payload), "freeze+jws", jwks).holds).toBe(false);
});

test("refuses base64url that is padded, has other digits or bits that nobody reads", () => {
  const good = sign(header("freeze+jws"), `{"a":1}`);
  expect(good.at(-1)).toMatch(/[AQgw]/);
  for (const bad of [
    `${good}==`,
    `${good}.`,
    good.replace(".", "+."),
    turnUnusedBit(good),
    good.slice(0, -1),
  ]) {
    expect(checkStatement(bad, "freeze+jws", jwks).holds).toBe(false);
  }
});

test.each<[string, Jwks]>([
  ["no key", { keys: [] }],
  ["a key of another kind", { keys: [{ ...jwksKey(), kty: "EC", crv: "P-256" }] }],
  ["a key of another length", { keys: [{ ...jwksKey(), x: "AAAA" }] }],
  ["a key without its point", { keys: [{ kty: "OKP", crv: "Ed25519", kid: "vectors" }] }],
  [
    "another key of that name",
    { keys: [{ ...jwksKey(), x: base64Url(ed25519.getPublicKey(madeUpBytes(32, "other"))) }] },
  ],
])("refuses a statement where the JWKS has %s", (_name, keys) => {
  expect(checkStatement(sign(header("freeze+jws"), `{"a":1}`), "freeze+jws", keys).holds).toBe(false);
});

function changeBody(change: Partial<Receipt["body"]>): Receipt {
  return { ...receipt, body: { ...receipt.body, ...change } };
}

function jwksKey() {
  return jwks.keys[0] ?? { kty: "OKP" };
}

function header(typ: string): string {
  return `{"alg":"EdDSA","kid":"vectors","typ":"${typ}"}`;
}

function sign(head: string, payload: string): string {
  const input = `${base64Url(bytesFromText(head))}.${base64Url(bytesFromText(payload))}`;
  return `${input}.${base64Url(ed25519.sign(bytesFromText(input), secretKey))}`;
}

/** Another first character of the signature. */
function turnLast(jws: string): string {
  const start = jws.lastIndexOf(".") + 1;
  return jws.slice(0, start) + (jws[start] === "A" ? "B" : "A") + jws.slice(start + 1);
}

/** 64 bytes fill two of the last character's six bits; this turns one of the four others. */
function turnUnusedBit(jws: string): string {
  const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return jws.slice(0, -1) + digits[digits.indexOf(jws.at(-1) ?? "") + 1];
}

function base64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}
