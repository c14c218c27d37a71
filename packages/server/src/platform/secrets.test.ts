import { createHmac, hkdfSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSecrets } from "./secrets.ts";

const secret = "a secret of the tests, long enough to be one";

describe("secrets", () => {
  it("makes the MAC that HMAC-SHA256 makes, cut to 16 bytes", () => {
    const secrets = createSecrets(secret);
    const key = Buffer.from(hkdfSync("sha256", secret, "stanchion", "mac/access-token", 32));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (data) => {
        const expected = createHmac("sha256", key).update(data).digest().subarray(0, 16);
        expect(secrets.mac("access-token", data).equals(expected)).toBe(true);
        expect(secrets.isMac("access-token", data, expected)).toBe(true);
        expect(secrets.isMac("line-token", data, expected)).toBe(false);
        const signed = Buffer.concat([data, Buffer.alloc(17)]);
        secrets.writeMac("access-token", data, signed, data.length);
        expect(signed.equals(Buffer.concat([data, expected, Buffer.alloc(1)]))).toBe(true);
        expect(secrets.isMacAt("access-token", signed, data.length)).toBe(true);
        expect(secrets.isMacAt("line-token", signed, data.length)).toBe(false);
        expect(secrets.isMacAt("access-token", signed, data.length + 1)).toBe(false);
        expect(secrets.isMacAt("access-token", signed, data.length + 2)).toBe(false);
      }),
    );
  });

  it("refuses a MAC of another length and one with a changed bit", () => {
    const secrets = createSecrets(secret);
    const data = Buffer.from("a place in the line");
    const mac = secrets.mac("line-token", data);
    expect(secrets.isMac("line-token", data, mac.subarray(0, 15))).toBe(false);
    mac[3] = (mac[3] ?? 0) ^ 1;
    expect(secrets.isMac("line-token", data, mac)).toBe(false);
  });

  it("opens what it sealed under a word with that word and its own secret alone", () => {
    const secrets = createSecrets(secret);
    const sealed = secrets.sealUnder("a key", Buffer.from("sk_test_new"));
    expect(secrets.openUnder("a key", sealed).toString()).toBe("sk_test_new");
    expect(sealed.includes("sk_test_new")).toBe(false);
    expect(secrets.sealUnder("a key", Buffer.from("sk_test_new")).equals(sealed)).toBe(false);
    for (const open of [
      () => secrets.openUnder("A key", sealed),
      () => secrets.openUnder("", sealed),
      () => secrets.decrypt(sealed),
      () => createSecrets(`another ${secret}`).openUnder("a key", sealed),
      () => secrets.openUnder("a key", sealed.subarray(0, -1)),
    ])
      expect(open).toThrow();
  });

  it("opens what it sealed, and nothing that was changed or sealed under another secret", () => {
    const secrets = createSecrets(secret);
    const sealed = secrets.encrypt(Buffer.from("signing key"));
    expect(secrets.decrypt(sealed).toString()).toBe("signing key");
    expect(sealed.includes("signing key")).toBe(false);
    expect(() => createSecrets(`another ${secret}`).decrypt(sealed)).toThrow();
    sealed[20] = (sealed[20] ?? 0) ^ 1;
    expect(() => secrets.decrypt(sealed)).toThrow();
  });
});
