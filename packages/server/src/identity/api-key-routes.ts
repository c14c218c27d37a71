import {
  type ApiKey,
  countText,
  decodeId,
  duplicateIssue,
  encodeId,
  fieldIssue,
  firstKeyScopes,
  operations,
  type Scope,
  shapes,
  type ValidationIssue,
} from "@stanchion/contract";
import type { Kysely } from "kysely";
import { recordChange } from "../platform/audit/index.ts";
import type { Clock } from "../platform/clock.ts";
import type { Tables } from "../platform/database/index.ts";
import { apiError, validationError } from "../platform/errors/index.ts";
import {
  type Answer,
  jsonAnswer,
  type OperationCall,
  type OperationHost,
  pageOf,
  readPage,
  registerRead,
  registerWrite,
  requireVersion,
  type Tenant,
} from "../platform/http/index.ts";
import { missing } from "../platform/owners.ts";
import { type ApiKeyRow, apiKeyOf, scopesLacked } from "./api-key.ts";
import * as store from "./api-key-store.ts";
import { createApiKey, type ShownKey } from "./create-api-key.ts";
import type { KeyDirectory } from "./key-directory.ts";
import { revokeApiKey } from "./revoke-api-key.ts";
import { rotateApiKey } from "./rotate-api-key.ts";

type Db = Kysely<Tables>;

/** API keys as whoever holds `keys:write` keeps them. */
export function registerApiKeyRoutes(
  host: OperationHost,
  { clock, keys }: { clock: Clock; keys: KeyDirectory },
): void {
  registerWrite(host, "createApiKey", async (call, db) => {
    const settings = await readSettings(call, db, clock.now());
    const shown = await createApiKey(db, call.tenant, settings, clock.now());
    const after = settingsOf(await view(db, shown.row));
    await recordChange(db, call, { action: "api_key.created", target: after.id, after });
    const location = ["Location", `/api/v1/api-keys/${encodeId("apiKey", shown.row.id)}`];
    return showOnce(db, 201, shown, location);
  });

  registerRead(host, "listApiKeys", async (call, db) => {
    const { search, kind, status, ...query } = call.readQuery(operations.listApiKeys.query);
    const page = readPage(query);
    const now = new Date(clock.now());
    const filter = { search, kind, status, now, after: page.after, limit: page.first + 1 };
    const rows = await store.listApiKeys(db, call.tenant, filter);
    const { pageInfo } = pageOf(rows, page.first, ({ id }) => id);
    const shown = await store.viewApiKeys(db, rows.slice(0, page.first), now);
    return jsonAnswer(200, { data: shown.map((view) => apiKeyOf(view, clock.now())), pageInfo });
  });

  registerRead(host, "readApiKey", async (call, db) => {
    const id = call.idParam("apiKey", "keyId");
    const row = await store.findApiKey(db, call.tenant, id);
    if (row === undefined) throw await missing(db, "API_KEY_NOT_FOUND", "apiKey", id, call.tenant);
    return show(db, row);
  });

  registerWrite(host, "updateApiKey", async (call, db) => {
    const row = await lock(db, call);
    const { name = row.name } = call.readBody(shapes.apiKeyPatch);
    requireVersion(call, row.version);
    if (row.revokedAt === null) await refuseTakenName(db, call.tenant, name ?? row.name, row.id);
    const updated = await store.updateApiKey(db, call.tenant, row.id, {
      name: name ?? row.name,
      updatedAt: new Date(clock.now()),
    });
    const [before, after] = [settingsOf(await view(db, row)), settingsOf(await view(db, updated))];
    await recordChange(db, call, { action: "api_key.updated", target: after.id, before, after });
    return show(db, updated);
  });

  registerWrite(host, "rotateApiKey", async (call, db) => {
    const row = await lock(db, call);
    const { overlapSeconds } = call.readBody(shapes.apiKeyRotate);
    // Whoever gets the new secret can do what the key can.
    refuseScopesBeyond(call, row.scopes);
    const before = settingsOf(await view(db, row));
    const shown = await rotateApiKey(db, row, overlapSeconds, clock.now());
    const after = { ...settingsOf(await view(db, shown.row)), overlapSeconds };
    await recordChange(db, call, { action: "api_key.rotated", target: after.id, before, after });
    return { ...(await showOnce(db, 200, shown)), afterCommit: forget(call.tenant) };
  });

  registerWrite(host, "revokeApiKey", async (call, db) => {
    // Two revocations at once must not each count on the key of the other.
    await store.lockOrganization(db, call.tenant.organizationId);
    const row = await lock(db, call);
    const { evenIfLast = false } = call.readBody(shapes.apiKeyRevoke);
    // Else a key for one small thing could shut out those that can do everything.
    refuseScopesBeyond(call, row.scopes);
    const before = settingsOf(await view(db, row));
    const revoked = await revokeApiKey(db, row, { evenIfLast }, clock.now());
    const after = settingsOf(await view(db, revoked));
    if (row.revokedAt === null)
      await recordChange(db, call, { action: "api_key.revoked", target: after.id, before, after });
    return { ...(await show(db, revoked)), afterCommit: forget(call.tenant) };
  });

  const forget =
    ({ organizationId }: Tenant) =>
    async (): Promise<void> =>
      keys.forget(organizationId);

  const view = async (db: Db, row: ApiKeyRow) => {
    const [found] = await store.viewApiKeys(db, [row], new Date(clock.now()));
    return apiKeyOf(found ?? { row, secrets: [], lastUsedAt: null }, clock.now());
  };

  const show = async (db: Db, row: ApiKeyRow): Promise<Answer> =>
    jsonAnswer(200, await view(db, row), ["ETag", `"${row.version}"`]);

  const showOnce = async (
    db: Db,
    status: number,
    { row, key }: ShownKey,
    headers: readonly string[] = [],
  ): Promise<Answer> => ({
    ...jsonAnswer(status, { ...(await view(db, row)), key }, ["ETag", `"${row.version}"`, ...headers]),
    holdsSecret: true,
  });
}

/** What the audit log keeps of a key. */
function settingsOf({ lastUsedAt: _, previous: __, ...settings }: ApiKey) {
  return settings;
}

async function lock(db: Db, call: OperationCall): Promise<ApiKeyRow> {
  const id = call.idParam("apiKey", "keyId");
  const row = await store.lockApiKey(db, call.tenant, id);
  if (row === undefined) throw await missing(db, "API_KEY_NOT_FOUND", "apiKey", id, call.tenant);
  return row;
}

/** What a new key is to be: where no scopes are named, those of the asking key without the right to make keys. */
async function readSettings(call: OperationCall, db: Db, nowMs: number) {
  const { id, name, kind, mode, scopes, expiresAt } = call.readBody(shapes.apiKeyCreate);
  const own = scopesOf(call).filter((scope) => scope !== "keys:write");
  const given = kind === "publishable" ? [] : (scopes ?? own);
  refuseScopesBeyond(call, given);
  const expires = expiresAt == null ? null : new Date(expiresAt);
  const ownMode = call.tenant.isLive ? "live" : "test";
  const issues: ValidationIssue[] = [];
  const uuid = id === undefined ? undefined : (decodeId("apiKey", id) ?? undefined);
  if (await store.isKeyNameTaken(db, call.tenant.organizationId, name)) issues.push(duplicateIssue("name"));
  if (mode != null && mode !== ownMode) issues.push(fieldIssue("mode", "enum", `"${ownMode}"`, mode));
  if (kind === "publishable" && scopes != null)
    issues.push(fieldIssue("scopes", "max_length", "0 items", countText(scopes.length, "item")));
  if (expires !== null && expires.getTime() <= nowMs)
    issues.push(fieldIssue("expiresAt", "min_value", "a time to come", String(expiresAt)));
  if (issues.length > 0) throw validationError(issues);
  return { ...(uuid === undefined ? {} : { id: uuid }), name, kind, scopes: given, expiresAt: expires };
}

async function refuseTakenName(db: Db, tenant: Tenant, name: string, id: string): Promise<void> {
  if (await store.isKeyNameTaken(db, tenant.organizationId, name, id))
    throw validationError([duplicateIssue("name")]);
}

/** A member who may make keys may make any. */
function scopesOf({ actor }: OperationCall): readonly Scope[] {
  return actor.kind === "key" ? actor.scopes : firstKeyScopes;
}

/** Nobody hands on what he has not. */
function refuseScopesBeyond(call: OperationCall, wanted: readonly Scope[]): void {
  const lacked = scopesLacked(scopesOf(call), wanted);
  if (lacked.length > 0)
    throw apiError("INSUFFICIENT_SCOPE", { details: { scope: lacked[0], scopes: lacked } });
}
