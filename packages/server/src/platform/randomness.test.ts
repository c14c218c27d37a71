import { uuidFromBytes } from "@stanchion/contract";
import { describe, expect, it } from "vitest";
import { lendUuidBytes, newUuidBytes, randomHex16 } from "./randomness.ts";

const atMs = Date.parse("2026-11-26T12:00:00.123Z");
const uuid7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe("new UUIDs", () => {
  for (const [name, bytesOf] of [
    ["of one's own", newUuidBytes],
    ["lent", lendUuidBytes],
  ] as const)
    it(`are of version 7, begin with their time and never come twice, ${name}`, () => {
      const uuids = Array.from({ length: 5_000 }, () => uuidFromBytes(bytesOf(atMs)));
      expect(uuids.filter((uuid) => !uuid7.test(uuid))).toEqual([]);
      expect(new Set(uuids.map((uuid) => uuid.replaceAll("-", "").slice(0, 12)))).toEqual(
        new Set([atMs.toString(16).padStart(12, "0")]),
      );
      expect(new Set(uuids).size).toBe(uuids.length);
    });

  it("of one's own stay as they are when others are made", () => {
    const first = newUuidBytes(atMs);
    const text = uuidFromBytes(first);
    for (let count = 0; count < 5_000; count += 1) lendUuidBytes(atMs);
    newUuidBytes(atMs);
    expect(uuidFromBytes(first)).toBe(text);
  });
});

it("random bytes as hex are 16 and never come twice", () => {
  const texts = Array.from({ length: 5_000 }, randomHex16);
  expect(texts.filter((text) => !/^[0-9a-f]{32}$/.test(text))).toEqual([]);
  expect(new Set(texts).size).toBe(texts.length);
});
