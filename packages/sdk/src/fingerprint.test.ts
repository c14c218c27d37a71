import { expect, it } from "vitest";
import { isFingerprint, keepFingerprint } from "./fingerprint.ts";
import { MemoryStorage } from "./testing/fake-server.ts";

it.each([
  ["a".repeat(7), false],
  ["a".repeat(8), true],
  ["a".repeat(128), true],
  ["a".repeat(129), false],
  ["Az09_.:-", true],
  ["has space", false],
  ["umlautäü", false],
])("judges %s as %s", (text, isGood) => {
  expect(isFingerprint(text)).toBe(isGood);
});

it("keeps one value for the browser and replaces a broken one", () => {
  const storage = new MemoryStorage();
  const made = keepFingerprint(storage);
  expect(isFingerprint(made)).toBe(true);
  expect(keepFingerprint(storage)).toBe(made);
  storage.setItem("stanchion:fingerprint", "no good!");
  expect(keepFingerprint(storage)).not.toBe("no good!");
});
