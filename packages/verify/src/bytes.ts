import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";

/**
 * Bytes as lower-case hex.
 * @example hexFromBytes(new Uint8Array([0, 255])) // "00ff"
 */
export function hexFromBytes(bytes: Uint8Array): string {
  return bytesToHex(bytes);
}

/**
 * The bytes of lower-case hex; throws a TypeError for anything else, and for another length than `length` bytes if given.
 * @example bytesFromHex("00ff", 2) // Uint8Array [0, 255]
 */
export function bytesFromHex(hex: string, length?: number): Uint8Array {
  if (typeof hex !== "string" || !/^(?:[0-9a-f]{2})*$/.test(hex)) {
    throw new TypeError("Expected lower-case hexadecimal digits, two for each byte.");
  }
  if (length !== undefined && hex.length !== length * 2) {
    throw new TypeError(`Expected ${length} bytes in hexadecimal digits, got ${hex.length / 2}.`);
  }
  return hexToBytes(hex);
}

/** The bytes of base64 with padding; throws a TypeError for anything else. */
export function bytesFromBase64(text: string): Uint8Array {
  if (typeof text !== "string" || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text))
    throw new TypeError("Expected bytes in base64.");
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** A text's bytes in UTF-8. */
export function bytesFromText(text: string): Uint8Array {
  return utf8ToBytes(text);
}

/** `number` in 4 bytes, big-endian; throws a RangeError for what is no whole number of 0 to 2^32 − 1. */
export function u32(number: number): Uint8Array {
  requireWholeNumber(number, 0xffffffff);
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
}

/** `number` in 8 bytes, big-endian; throws a RangeError for what is no whole number of 0 to 2^53 − 1. */
export function u64(number: number): Uint8Array {
  requireWholeNumber(number, Number.MAX_SAFE_INTEGER);
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Math.floor(number / 2 ** 32));
  view.setUint32(4, number % 2 ** 32);
  return bytes;
}

/** SHA-256 of the parts joined. */
export function hash(...parts: readonly Uint8Array[]): Uint8Array {
  return sha256(parts.length === 1 && parts[0] ? parts[0] : concatBytes(...parts));
}

/**
 * SHA-256 of a tag, a zero byte and the parts: what is hashed for one purpose is worth nothing for another.
 * @example hashTagged("fair-draw-v1/seed", serverSeed)
 */
export function hashTagged(tag: string, ...parts: readonly Uint8Array[]): Uint8Array {
  return hash(bytesFromText(tag), new Uint8Array(1), ...parts);
}

/** Whether two lists of bytes are the same. What is compared here is public, so the time taken tells nothing. */
export function areEqualBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

function requireWholeNumber(number: number, max: number): void {
  if (!Number.isInteger(number) || number < 0 || number > max) {
    throw new RangeError(`Expected a whole number from 0 to ${max}, got ${number}.`);
  }
}
