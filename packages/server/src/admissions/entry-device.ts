import { hash } from "node:crypto";
import { type ApiError, apiError } from "../platform/errors/index.ts";

/** What a call tells of its device. */
export interface GivenDevice {
  readonly fingerprint: string | null;
  /** The thumbprint of the key that the session is bound to, and that the call has proved. */
  readonly deviceKey: Uint8Array | null;
}

// What an entry keeps of the device that took it: 16 bytes of a hash of its fingerprint, zeros where it sent none, and behind
// them as many of its key where the session was bound to one. Null: nothing was known of it.
const partBytes = 16;
const hexCharacters = 2 * partBytes;
const noFingerprint = "0".repeat(hexCharacters);

/**
 * What an entry keeps of a device, as hex. Hashed here and not in the database, whose SHA-256 costs 9 µs of set-up for each
 * value; salted with the queue or draw.
 */
export function keptDevice(distributionId: string, { fingerprint, deviceKey }: GivenDevice): string | null {
  const ofFingerprint = fingerprint === null ? null : hashPart(distributionId, fingerprint);
  if (deviceKey === null) return ofFingerprint;
  return (
    (ofFingerprint ?? noFingerprint) + hashPart(distributionId, Buffer.from(deviceKey).toString("base64url"))
  );
}

function hashPart(distributionId: string, text: string): string {
  return hash("sha256", `${distributionId}:${text}`).slice(0, hexCharacters);
}

/** The refusal of another device than the one that took the place. */
export function notDeviceThatEntered(): ApiError {
  return apiError("FP002", { details: { hint: "Go on with the device that entered." } });
}

/** A device beside the one that took an entry. */
export interface DeviceMatch {
  /** Does the entry know a fingerprint, and is it this one? Null: it knows none. */
  readonly isFingerprint: boolean | null;
  /** Does the entry know a key, and is it this one? Null: it knows none. */
  readonly isKey: boolean | null;
  /** The key decides where the entry knows one: a browser update changes the fingerprint and not the key. */
  readonly isOther: boolean;
}

export function matchDevice(distributionId: string, kept: Buffer | null, given: GivenDevice): DeviceMatch {
  if (kept === null) return { isFingerprint: null, isKey: null, isOther: false };
  const asked = keptDevice(distributionId, given) ?? "";
  const text = kept.toString("hex");
  const keptPrint = text.slice(0, hexCharacters);
  const keptKey = text.slice(hexCharacters);
  const isFingerprint =
    keptPrint === noFingerprint
      ? null
      : given.fingerprint !== null && asked.slice(0, hexCharacters) === keptPrint;
  const isKey = keptKey === "" ? null : asked.slice(hexCharacters) === keptKey;
  return { isFingerprint, isKey, isOther: !(isKey ?? isFingerprint ?? true) };
}

/**
 * Is what a call tells of its device news that the entry should keep? So it is of the same device after an update of its browser, and
 * of one whose session was bound to its key after it had entered. `isAsked`: does the queue or draw ask for a fingerprint?
 */
export function isDeviceNews(
  { isKey, isFingerprint }: DeviceMatch,
  { fingerprint, deviceKey }: GivenDevice,
  isAsked: boolean,
): boolean {
  if (deviceKey === null || fingerprint === null) return false;
  return isKey === null ? isAsked : isKey && !isFingerprint;
}
