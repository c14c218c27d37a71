import { randomBytes } from "node:crypto";
import { limits } from "@stanchion/contract";
import type { Secrets } from "../platform/secrets.ts";

/** Marks of browsers that have signed in, each for one address. They let nobody in: their wrong passwords are counted apart. */
const deviceBytes = 8;
const timeBytes = 4;
const macBytes = 16;
const markBytes = deviceBytes + timeBytes + macBytes;
const marksMax = 5;
const markShape = /^[A-Za-z0-9_-]{38}$/;

/** The device's own bytes, where a cookie of it says that this address has signed in there. */
export function findKnownDevice(
  secrets: Secrets,
  cookie: string | null,
  addressKey: Buffer,
  nowMs: number,
): Buffer | null {
  for (const mark of marksIn(cookie)) {
    const known = mark.subarray(0, deviceBytes + timeBytes);
    const bornMs = known.readUInt32BE(deviceBytes) * 1000;
    const isFresh = bornMs + limits.knownDeviceSeconds * 1000 > nowMs;
    const mac = mark.subarray(deviceBytes + timeBytes);
    if (isFresh && secrets.isMac("known-device", Buffer.concat([addressKey, known]), mac))
      return known.subarray(0, deviceBytes);
  }
  return null;
}

/** The cookie with a new mark for the address in front; the oldest of too many falls out. */
export function addKnownDevice(
  secrets: Secrets,
  cookie: string | null,
  addressKey: Buffer,
  nowMs: number,
): string {
  const known = Buffer.concat([randomBytes(deviceBytes), Buffer.alloc(timeBytes)]);
  known.writeUInt32BE(Math.floor(nowMs / 1000), deviceBytes);
  const mark = Buffer.concat([known, secrets.mac("known-device", Buffer.concat([addressKey, known]))]);
  const others = marksIn(cookie).filter((one) => !isFor(secrets, one, addressKey));
  return [mark, ...others]
    .slice(0, marksMax)
    .map((one) => one.toString("base64url"))
    .join(".");
}

function isFor(secrets: Secrets, mark: Buffer, addressKey: Buffer): boolean {
  const known = mark.subarray(0, deviceBytes + timeBytes);
  return secrets.isMac("known-device", Buffer.concat([addressKey, known]), mark.subarray(known.length));
}

function marksIn(cookie: string | null): Buffer[] {
  return (cookie ?? "")
    .split(".", marksMax)
    .filter((text) => markShape.test(text))
    .map((text) => Buffer.from(text, "base64url"))
    .filter(({ length }) => length === markBytes);
}
