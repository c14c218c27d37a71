import { hash } from "node:crypto";

const hexCharacters = 32;

/** What an entry's own row keeps of the Idempotency-Key that it was made under, as hex; null without a key. */
export function entryKey(idempotencyKey: string | null): string | null {
  return idempotencyKey === null ? null : hash("sha256", idempotencyKey).slice(0, hexCharacters);
}
