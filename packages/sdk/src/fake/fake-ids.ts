import { encodeId, type IdKind } from "@stanchion/contract";

/** A new id of this kind, as on the wire. */
export function idOf(kind: IdKind): string {
  return encodeId(kind, crypto.randomUUID());
}

/** So many random bytes in lower-case hex: in the places of hashes and secrets that prove nothing here. */
export function randomHex(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
