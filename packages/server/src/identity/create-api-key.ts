import type { KeyKind, Scope } from "@stanchion/contract";
import type { Kysely } from "kysely";
import type { Tables } from "../platform/database/index.ts";
import { claimId } from "../platform/owners.ts";
import { newUuid } from "../platform/randomness.ts";
import type { ApiKeyRow } from "./api-key.ts";
import { hashApiKey, hintOf, newApiKey } from "./api-key-format.ts";
import { insertApiKey, insertSecret, type KeyOwner } from "./api-key-store.ts";

/** A key's row, and the key itself, which is kept nowhere. */
export interface ShownKey {
  readonly row: ApiKeyRow;
  readonly key: string;
}

/** Makes a key and its first secret. ALREADY_EXISTS where the id is taken. */
export async function createApiKey(
  db: Kysely<Tables>,
  owner: KeyOwner,
  settings: { id?: string; name: string; kind: KeyKind; scopes: readonly Scope[]; expiresAt: Date | null },
  nowMs: number,
): Promise<ShownKey> {
  const { id = newUuid(nowMs), name, kind, scopes, expiresAt } = settings;
  const { organizationId, isLive } = owner;
  const now = new Date(nowMs);
  await claimId(db, "apiKey", id, owner);
  const row = await insertApiKey(db, {
    id,
    organizationId,
    isLive,
    kind,
    name,
    scopes: [...new Set(scopes)],
    expiresAt,
    createdAt: now,
    updatedAt: now,
  });
  return { row, key: await giveSecret(db, row, nowMs) };
}

/** A new secret for a key that has none without an end. */
export async function giveSecret(
  db: Kysely<Tables>,
  { id, kind, isLive }: Pick<ApiKeyRow, "id" | "kind" | "isLive">,
  nowMs: number,
): Promise<string> {
  const key = newApiKey(kind, isLive);
  await insertSecret(db, {
    id: newUuid(nowMs),
    apiKeyId: id,
    keyHash: hashApiKey(key),
    hint: hintOf(key),
    createdAt: new Date(nowMs),
  });
  return key;
}
