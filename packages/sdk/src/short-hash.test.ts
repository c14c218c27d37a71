import { createHash, randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { hashShort } from "./short-hash.ts";

it("is SHA-256 of all that fits into one block", () => {
  for (let length = 0; length <= 55; length += 1) {
    for (const input of [randomBytes(length), Buffer.alloc(length), Buffer.alloc(length, 0xff)]) {
      const expected = createHash("sha256").update(input).digest("hex");
      expect(Buffer.from(hashShort(input).buffer).toString("hex")).toBe(expected);
    }
  }
});

it("refuses what is longer", () => {
  expect(() => hashShort(new Uint8Array(56))).toThrow("56 bytes do not fit into one block.");
});
