import { Secret, TOTP } from "otpauth";

const stepSeconds = 30;
/** Clocks of phones are off, and people type slowly: one step to both sides. */
const stepsAround = 1;

export function totpStepAt(nowMs: number): number {
  return Math.floor(nowMs / 1000 / stepSeconds);
}

export function totpCode(secret: Uint8Array, step: number): string {
  return totpOf(secret).generate({ timestamp: step * stepSeconds * 1000 });
}

/** The step that a code is of, later than the last one that was taken; null where it is of none. */
export function findTotpStep(
  secret: Uint8Array,
  code: string,
  nowMs: number,
  lastStep: number | null,
): number | null {
  const delta = totpOf(secret).validate({ token: code, timestamp: nowMs, window: stepsAround });
  if (delta === null) return null;
  const step = totpStepAt(nowMs) + delta;
  return step > (lastStep ?? -1) ? step : null;
}

/** Base32 of RFC 4648 without padding, as authenticators take it. */
export function base32Of(bytes: Uint8Array): string {
  return secretOf(bytes).base32;
}

/** What an authenticator reads from a picture. */
export function totpUri(secret: Uint8Array, email: string): string {
  return totpOf(secret, email).toString();
}

/** As every authenticator has them, whatever their address says: SHA-1, six digits, a new one every 30 seconds. */
function totpOf(secret: Uint8Array, label = ""): TOTP {
  return new TOTP({
    issuer: "Stanchion",
    label,
    secret: secretOf(secret),
    algorithm: "SHA1",
    digits: 6,
    period: stepSeconds,
  });
}

function secretOf(bytes: Uint8Array): Secret {
  return new Secret({ buffer: Uint8Array.from(bytes).buffer });
}
