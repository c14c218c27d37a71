import { type ApiKey, encodeId, type KeyKind, type Scope } from "@stanchion/contract";
import type { Transaction } from "kysely";
import { hostAuthor, recordChangeBy } from "../platform/audit/index.ts";
import type { Database, Tables } from "../platform/database/index.ts";
import { type ApiKeyRow, apiKeyOf } from "./api-key.ts";
import * as store from "./api-key-store.ts";
import { createApiKey } from "./create-api-key.ts";
import { revokeApiKey } from "./revoke-api-key.ts";
import { rotateApiKey } from "./rotate-api-key.ts";

/** A key as the host's command shows it, with the key itself where it was just made. */
export interface HostKey extends ApiKey {
  readonly organizationId: string;
  readonly key?: string;
}

/** Every key of an organization, or of all of them, newest first. */
export async function listKeysOnHost(database: Database, organizationId?: string): Promise<HostKey[]> {
  const rows = await store.listAllApiKeys(database.kysely, organizationId);
  const now = new Date();
  const views = await store.viewApiKeys(database.kysely, rows, now);
  return views.map((view) => hostKey(view.row, apiKeyOf(view, now.getTime())));
}

/** Makes a key on the host, for who has lost the keys that could. */
export async function createKeyOnHost(
  database: Database,
  owner: store.KeyOwner,
  settings: { name: string; kind: KeyKind; scopes: readonly Scope[]; expiresAt: Date | null },
): Promise<HostKey> {
  return database.kysely.transaction().execute(async (transaction) => {
    const { row, key } = await createApiKey(transaction, owner, settings, Date.now());
    return record(transaction, "api_key.created", { row, key });
  });
}

/** Gives a key a new secret, as the API does; null where there is no such key. */
export function rotateKeyOnHost(
  database: Database,
  keyId: string,
  overlapSeconds: number,
): Promise<HostKey | null> {
  return changeOnHost(database, keyId, async (transaction, before) =>
    record(
      transaction,
      "api_key.rotated",
      await rotateApiKey(transaction, before, overlapSeconds, Date.now()),
      before,
    ),
  );
}

/** Revokes a key, the last one too: the host can always make another. Null where there is no such key. */
export function revokeKeyOnHost(database: Database, keyId: string): Promise<HostKey | null> {
  return changeOnHost(database, keyId, async (transaction, before) => {
    const row = await revokeApiKey(transaction, before, { evenIfLast: true }, Date.now());
    if (before.revokedAt === null) return record(transaction, "api_key.revoked", { row }, before);
    return hostKey(row, await shown(transaction, row));
  });
}

async function changeOnHost(
  database: Database,
  keyId: string,
  change: (transaction: Transaction<Tables>, row: ApiKeyRow) => Promise<HostKey>,
): Promise<HostKey | null> {
  return database.kysely.transaction().execute(async (transaction) => {
    const row = await store.lockAnyApiKey(transaction, keyId);
    return row === undefined ? null : change(transaction, row);
  });
}

async function record(
  transaction: Transaction<Tables>,
  action: "api_key.created" | "api_key.rotated" | "api_key.revoked",
  { row, key }: { row: ApiKeyRow; key?: string },
  before?: ApiKeyRow,
): Promise<HostKey> {
  const after = await shown(transaction, row);
  await recordChangeBy(transaction, hostAuthor(row), {
    action,
    target: after.id,
    before: before === undefined ? null : { ...after, ...factsOf(before) },
    after,
  });
  return { ...hostKey(row, after), ...(key === undefined ? {} : { key }) };
}

function factsOf({ version, revokedAt }: ApiKeyRow) {
  const isRevoked = revokedAt !== null;
  return { version, revokedAt: revokedAt?.toISOString() ?? null, status: isRevoked ? "REVOKED" : "ACTIVE" };
}

async function shown(transaction: Transaction<Tables>, row: ApiKeyRow): Promise<ApiKey> {
  const now = new Date();
  const [view] = await store.viewApiKeys(transaction, [row], now);
  return apiKeyOf(view ?? { row, secrets: [], lastUsedAt: null }, now.getTime());
}

function hostKey(row: ApiKeyRow, key: ApiKey): HostKey {
  return { ...key, organizationId: encodeId("organization", row.organizationId) };
}
