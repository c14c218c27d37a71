import { randomId } from "./random-id.ts";
import type { SessionStorage } from "./storage.ts";

const fingerprintPattern = /^[A-Za-z0-9_.:-]{8,128}$/;
const fingerprintKey = "stanchion:fingerprint";

/** May this be sent as X-Fingerprint? 8 to 128 of `A-Z a-z 0-9 _ . : -`. */
export function isFingerprint(text: string): boolean {
  return fingerprintPattern.test(text);
}

/**
 * The fingerprint of this browser: a random value kept in its storage, nothing that is measured on the device.
 * Read anew each time, so that two tabs that start together agree.
 */
export function keepFingerprint(storage: SessionStorage): string {
  const kept = storage.getItem(fingerprintKey);
  if (kept !== null && isFingerprint(kept)) return kept;
  const made = randomId();
  storage.setItem(fingerprintKey, made);
  return made;
}
