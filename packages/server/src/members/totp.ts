import { createHmac } from "node:crypto";

/** Codes of an authenticator as RFC 6238 has them: SHA-1, six digits, a new one every 30 seconds. */
const stepSeconds = 30;
const digits = 6;
/** Clocks of phones are off, and people type slowly: one step to both sides. */
const stepsAround = 1;
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export function totpStepAt(nowMs: number): number {
  return Math.floor(nowMs / 1000 / stepSeconds);
}

export function totpCode(secret: Buffer, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", secret).update(counter).digest();
  const at = (mac.at(-1) ?? 0) & 15;
  const number = (mac.readUInt32BE(at) & 0x7fff_ffff) % 10 ** digits;
  return String(number).padStart(digits, "0");
}

/** The step that a code is of, later than the last one that was taken; null where it is of none. */
export function findTotpStep(
  secret: Buffer,
  code: string,
  nowMs: number,
  lastStep: number | null,
): number | null {
  const present = totpStepAt(nowMs);
  for (let step = present - stepsAround; step <= present + stepsAround; step += 1)
    if (step > (lastStep ?? -1) && totpCode(secret, step) === code) return step;
  return null;
}

/** Base32 of RFC 4648 without padding, as authenticators take it. */
export function base32Of(bytes: Uint8Array): string {
  let [bits, count, text] = [0, 0, ""];
  for (const byte of bytes) {
    bits = ((bits << 8) | byte) & 0xfff;
    count += 8;
    while (count >= 5) {
      count -= 5;
      text += alphabet[(bits >>> count) & 31];
    }
  }
  return count === 0 ? text : text + alphabet[(bits << (5 - count)) & 31];
}

/** What an authenticator reads from a picture. */
export function totpUri(secret: Buffer, email: string): string {
  const label = `Stanchion:${encodeURIComponent(email)}`;
  return `otpauth://totp/${label}?secret=${base32Of(secret)}&issuer=Stanchion&algorithm=SHA1&digits=${digits}&period=${stepSeconds}`;
}
