import { X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";
import { expect, test } from "vitest";
import { readAuthorities, readCertificate } from "./certificate.ts";
import { readDer } from "./der.ts";
import { knownTimeAuthorities } from "./known-time-authorities.ts";
import { isSignedBy } from "./public-key-signature.ts";

test("reads every root that Node ships with as Node does", () => {
  for (const pem of rootCertificates) {
    const node = new X509Certificate(pem);
    const read = readCertificate(readDer(new Uint8Array(node.raw)));
    expect([read.validFromMs, read.validToMs, read.isAuthority]).toEqual([
      node.validFromDate.getTime(),
      node.validToDate.getTime(),
      node.ca,
    ]);
    expect(Buffer.from(read.publicKey)).toEqual(node.publicKey.export({ type: "spki", format: "der" }));
    expect(read.serial.replace(/^0+/, "")).toBe(node.serialNumber.toLowerCase().replace(/^0+/, ""));
  }
});

test("verifies what they signed themselves, by RSA and by ECDSA", async () => {
  const kinds = new Set<string>();
  for (const pem of rootCertificates) {
    const { form, publicKey, signature, signedPart } = readCertificate(
      readDer(new Uint8Array(new X509Certificate(pem).raw)),
    );
    // The oldest signed themselves by SHA-1, which nobody asks of a root.
    if (form === null) continue;
    expect(await isSignedBy(publicKey, form, signature, signedPart)).toBe(true);
    expect(await isSignedBy(publicKey, form, signature, signedPart.subarray(1))).toBe(false);
    kinds.add(`${form.kind} ${form.hash}`);
  }
  expect(kinds).toContain("ECDSA SHA-384");
  expect(kinds).toContain("RSASSA-PKCS1-v1_5 SHA-256");
});

test("knows authorities of time stamps that are among them", () => {
  const shipped = readAuthorities(rootCertificates.join("\n"));
  expect(knownTimeAuthorities.length).toBeGreaterThan(0);
  for (const known of knownTimeAuthorities) expect(shipped).toContainEqual(known);
});
