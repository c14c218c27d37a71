import { describe, expect, it } from "vitest";
import { type GivenDevice, keptDevice, matchDevice } from "./entry-device.ts";

const queueId = "0197f000-0000-7000-8000-000000000001";
const otherQueueId = "0197f000-0000-7000-8000-000000000002";
const key = Buffer.alloc(32, 1);
const otherKey = Buffer.alloc(32, 2);
const print = "phone-0001";
const otherPrint = "phone-0002";
const given = (fingerprint: string | null, deviceKey: Buffer | null): GivenDevice => ({
  fingerprint,
  deviceKey,
});
const isOther = (entered: GivenDevice, asking: GivenDevice): boolean => {
  const kept = keptDevice(queueId, entered);
  return matchDevice(queueId, kept === null ? null : Buffer.from(kept, "hex"), asking).isOther;
};

describe("the device of an entry", () => {
  it.each([
    ["the same key, whatever the fingerprint", given(print, key), given(otherPrint, key), false],
    ["the same key without a fingerprint", given(print, key), given(null, key), false],
    ["the same key, entered without a fingerprint", given(null, key), given(print, key), false],
    ["another key with the same fingerprint", given(print, key), given(print, otherKey), true],
    ["no key with the same fingerprint", given(print, key), given(print, null), true],
    ["no key, entered by the key alone", given(null, key), given(print, null), true],
    ["the same fingerprint, entered without a key", given(print, null), given(print, key), false],
    ["another fingerprint, entered without a key", given(print, null), given(otherPrint, key), true],
    ["no fingerprint, entered without a key", given(print, null), given(null, key), true],
    ["anything, entered with nothing", given(null, null), given(print, key), false],
  ])("%s", (_, entered, asking, expected) => {
    expect(isOther(entered, asking)).toBe(expected);
  });

  it("is kept as other bytes in every queue, and never as the fingerprint or the key", () => {
    const kept = keptDevice(queueId, given(print, key)) ?? "";
    expect(kept).toMatch(/^[0-9a-f]{64}$/);
    expect(keptDevice(otherQueueId, given(print, key))?.slice(0, 32)).not.toBe(kept.slice(0, 32));
    expect(keptDevice(otherQueueId, given(print, key))?.slice(32)).not.toBe(kept.slice(32));
    expect(keptDevice(queueId, given(null, null))).toBeNull();
  });
});
