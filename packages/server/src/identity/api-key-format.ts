import { createHash, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import type { KeyKind } from "@stanchion/contract";

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const randomCharacters = 30;
const checksumCharacters = 6;
const keyPattern = new RegExp(
  `^([ps])k_(test|live)_([0-9A-Za-z]{${randomCharacters + checksumCharacters}})$`,
);

/** A new key: `sk_test_` and the like, 30 random characters (178 bits) and a checksum of 6. */
export function newApiKey(kind: KeyKind, isLive: boolean): string {
  let body = `${kind === "secret" ? "sk" : "pk"}_${isLive ? "live" : "test"}_`;
  while (body.length < 8 + randomCharacters) {
    for (const byte of randomBytes(48)) {
      // Bytes from 248 on would favour the first characters.
      if (byte < 248 && body.length < 8 + randomCharacters) body += alphabet[byte % 62];
    }
  }
  return body + checksumOf(body);
}

function checksumOf(body: string): string {
  let rest = crc32(body);
  let text = "";
  for (let index = 0; index < checksumCharacters; index += 1) {
    text = (alphabet[rest % 62] ?? "") + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}

/** What a key says of itself, or null where it is no key of ours: garbage is refused without asking the database. */
export function readApiKey(key: string): { kind: KeyKind; isLive: boolean } | null {
  const match = keyPattern.exec(key);
  if (match === null || checksumOf(key.slice(0, -checksumCharacters)) !== key.slice(-checksumCharacters))
    return null;
  return { kind: match[1] === "s" ? "secret" : "publishable", isLive: match[2] === "live" };
}

const hintedCharacters = 4;

/** What a key is told by: its beginning and its end. */
export function hintOf(key: string): string {
  return `${key.slice(0, 8 + hintedCharacters)}…${key.slice(-hintedCharacters)}`;
}

/** Keys are stored as this alone, beside their hint. */
export function hashApiKey(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}
