import { isFingerprint } from "../fingerprint.ts";
import type { FakeCall } from "./fake-call.ts";
import { type Refusal, refuse } from "./refusal.ts";

/** What an entry knows of the device that it is of. */
export interface KnownDevice {
  /** Its fingerprint; null where none was sent. The fake knows no keys of devices. */
  device: string | null;
}

interface DeviceRule {
  readonly requireFingerprint: boolean;
}

/** X-Fingerprint, judged by its form, and where it is needed. */
export function fingerprintFor(call: FakeCall, { requireFingerprint }: DeviceRule): string | null {
  const given = call.header("x-fingerprint");
  if (given === null && requireFingerprint) throw refuse("FP001");
  if (given !== null && !isFingerprint(given)) throw refuse("FP003");
  return given;
}

/** Does the entry know another device than this one? */
export function isOtherDevice({ device }: KnownDevice, fingerprint: string | null): boolean {
  return device !== null && device !== fingerprint;
}

/** Where a fingerprint is asked for, no other device than the one that entered may go on. */
export function requireSameDevice(
  entry: KnownDevice,
  fingerprint: string | null,
  { requireFingerprint }: DeviceRule,
): void {
  if (requireFingerprint && isOtherDevice(entry, fingerprint)) throw notDeviceThatEntered();
}

/** Judges the fingerprint that the shop sends along with an admission's token. */
export function requireAdmittedDevice(entry: KnownDevice, fingerprint: string | undefined): void {
  if (fingerprint !== undefined && isOtherDevice(entry, fingerprint)) throw notDeviceThatEntered();
}

function notDeviceThatEntered(): Refusal {
  return refuse("FP002", { details: { hint: "Go on with the device that entered." } });
}
