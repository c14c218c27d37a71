import { bytesFromText, hash, hexFromBytes, u32 } from "../bytes.ts";
import type { EntryLevel } from "../draw.ts";

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
const levels: readonly EntryLevel[] = ["guest", "confirmed", "external"];

/** Bytes that look random and are the same each time, for vectors. */
export function madeUpBytes(length: number, ...names: readonly (string | number)[]): Uint8Array {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, block) => {
    return hash(bytesFromText(names.join(" ")), u32(block));
  });
  return Uint8Array.from(blocks.flatMap((block) => [...block]).slice(0, length));
}

/** Such bytes in hex. */
export function madeUpHex(length: number, ...names: readonly (string | number)[]): string {
  return hexFromBytes(madeUpBytes(length, ...names));
}

/** A TypeID as the server would issue it, from such bytes. */
export function madeUpId(prefix: string, ...names: readonly (string | number)[]): string {
  const digits = Array.from(madeUpBytes(26, prefix, ...names), (byte, index) => {
    return alphabet[byte % (index === 0 ? 8 : 32)];
  });
  return `${prefix}_${digits.join("")}`;
}

export function madeUpLevel(number: number): EntryLevel {
  return levels[number % 3] ?? "guest";
}
