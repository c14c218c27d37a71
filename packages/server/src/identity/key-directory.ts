import { bytesFromUuid } from "@stanchion/contract";
import type { Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database/index.ts";
import { apiError } from "../platform/errors/index.ts";
import type { KeyActor, Tenant } from "../platform/http/index.ts";
import type { Log } from "../platform/log.ts";
import type { Secrets } from "../platform/secrets.ts";
import { hashApiKey, hintOf, readApiKey } from "./api-key-format.ts";
import { createKeyUses, type KeyUse } from "./key-uses.ts";
import { overridesOf } from "./organization-store.ts";
import { readPageKey } from "./page-key.ts";
import { unknownKey } from "./unknown-key.ts";

/** The API keys that this process has met, refreshed every second: a revoked key is refused in every process within two. */
export interface KeyDirectory {
  /** The actor of a key: at once where the key was met before, else `beforeAsking` the database. Throws INVALID_TOKEN, KEY_REVOKED or TOKEN_EXPIRED. */
  find(key: string, beforeAsking: () => void): KeyActor | Promise<KeyActor>;
  /** What is known of an organization's keys is asked for anew: something about them has changed. */
  forget(organizationId: string): void;
  /** Stops, once it is written when the keys were last used. */
  close(): Promise<void>;
}

interface KnownKey {
  readonly hash: Buffer | null;
  readonly actor: KeyActor;
  readonly isRevoked: boolean;
  /** When this secret of the key is good no more, after a rotation. */
  readonly endsAtMs: number;
  readonly expiresAtMs: number;
  /** Null: nobody asks when it was used. */
  readonly use: KeyUse | null;
}

const refreshMs = 1_000;
const keysMax = 20_000;

export function createKeyDirectory(deps: {
  database: Database;
  secrets: Secrets;
  clock: Clock;
  log: Log;
}): KeyDirectory {
  const known = new Map<string, KnownKey>();
  const loading = new Map<string, Promise<KeyActor>>();
  const uses = createKeyUses(deps);

  const use = (found: KnownKey): KeyActor => {
    const nowMs = deps.clock.now();
    if (found.isRevoked || found.endsAtMs <= nowMs) throw apiError("KEY_REVOKED");
    if (found.expiresAtMs <= nowMs) throw apiError("TOKEN_EXPIRED", { details: { credential: "apiKey" } });
    if (found.use !== null) uses.note(found.use, nowMs);
    return found.actor;
  };

  /** One question for all who come with a key that is not known yet: a crowd comes with one. */
  const loadOnce = (key: string): Promise<KeyActor> => {
    const underWay = loading.get(key);
    if (underWay !== undefined) return underWay;
    const started = load(key).finally(() => loading.delete(key));
    loading.set(key, started);
    return started;
  };

  const load = async (key: string): Promise<KeyActor> => {
    const found = await read(key);
    if (found === null) throw unknownKey(kindOf(key));
    if (known.size >= keysMax) known.delete(known.keys().next().value ?? "");
    known.set(key, found);
    return use(found);
  };

  const read = async (key: string): Promise<KnownKey | null> => {
    const page = readPageKey(deps.secrets, key);
    if (page !== null) return readPageTenant(page.organizationId, page.isLive);
    const hash = hashApiKey(key);
    const [row] = await readRows([hash]);
    return row === undefined ? null : knownFrom(row, { secretId: row.secretId, hint: hintOf(key), atMs: 0 });
  };

  const readPageTenant = async (organizationId: string, isLive: boolean): Promise<KnownKey | null> => {
    const row = await deps.database.kysely
      .selectFrom("organizations")
      .select(["rateLimits"])
      .where("id", "=", organizationId)
      .executeTakeFirst();
    if (row === undefined) return null;
    // From the server's own origin only, whatever the organization lists.
    const tenant: Tenant = {
      organizationId,
      organizationBytes: bytesFromUuid(organizationId),
      isLive,
      rateLimits: overridesOf(row),
      allowedOrigins: [],
    };
    const actor: KeyActor = {
      kind: "key",
      keyKind: "publishable",
      keyId: `page ${organizationId} ${isLive}`,
      scopes: [],
      tenant,
    };
    return {
      hash: null,
      actor,
      isRevoked: false,
      endsAtMs: Number.POSITIVE_INFINITY,
      expiresAtMs: Number.POSITIVE_INFINITY,
      use: null,
    };
  };

  const readRows = (hashes: Buffer[]) =>
    deps.database.kysely
      .selectFrom("apiKeySecrets as s")
      .innerJoin("apiKeys as k", "k.id", "s.apiKeyId")
      .innerJoin("organizations as o", "o.id", "k.organizationId")
      .select([
        "s.id as secretId",
        "s.keyHash",
        "s.endsAt",
        "k.id",
        "k.organizationId",
        "k.isLive",
        "k.kind",
        "k.scopes",
        "k.expiresAt",
        "k.revokedAt",
        "o.rateLimits",
        "o.allowedOrigins",
      ])
      .where("s.keyHash", "in", hashes)
      .execute();

  const knownFrom = (row: Awaited<ReturnType<typeof readRows>>[number], use: KeyUse | null): KnownKey => {
    const tenant: Tenant = {
      organizationId: row.organizationId,
      organizationBytes: bytesFromUuid(row.organizationId),
      isLive: row.isLive,
      rateLimits: overridesOf(row),
      allowedOrigins: row.allowedOrigins,
    };
    return {
      hash: row.keyHash,
      actor: { kind: "key", keyKind: row.kind, keyId: row.id, scopes: row.scopes, tenant },
      isRevoked: row.revokedAt !== null,
      endsAtMs: row.endsAt?.getTime() ?? Number.POSITIVE_INFINITY,
      expiresAtMs: row.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY,
      use,
    };
  };

  const refresh = async (): Promise<void> => {
    const hashed = [...known].filter(([, found]) => found.hash !== null);
    if (hashed.length > 0) {
      const rows = await readRows(hashed.map(([, found]) => found.hash ?? Buffer.alloc(0)));
      const byHash = new Map(rows.map((row) => [row.keyHash.toString("hex"), row]));
      for (const [key, found] of hashed) {
        const row = byHash.get(found.hash?.toString("hex") ?? "");
        // Forgotten meanwhile: what was read may be of before the change.
        if (known.get(key) !== found) continue;
        if (row === undefined) known.delete(key);
        else known.set(key, knownFrom(row, found.use));
      }
    }
    for (const [key, found] of known) {
      if (found.hash !== null) continue;
      const again = await readPageTenant(found.actor.tenant.organizationId, found.actor.tenant.isLive);
      if (again !== null && known.get(key) === found) known.set(key, again);
    }
  };

  let isRefreshing = false;
  const timer = setInterval(() => {
    if (isRefreshing) return;
    isRefreshing = true;
    refresh()
      .catch((error: unknown) => deps.log.warn({ err: error }, "the API keys could not be refreshed"))
      .finally(() => {
        isRefreshing = false;
      });
  }, refreshMs);
  timer.unref();

  return {
    find(key, beforeAsking) {
      const found = known.get(key);
      if (found !== undefined) return use(found);
      if (readApiKey(key) === null && readPageKey(deps.secrets, key) === null) throw unknownKey(kindOf(key));
      beforeAsking();
      return loadOnce(key);
    },
    forget(organizationId) {
      for (const [key, { actor }] of known)
        if (actor.tenant.organizationId === organizationId) known.delete(key);
    },
    async close() {
      clearInterval(timer);
      await uses.close();
    },
  };
}

function kindOf(key: string): KeyActor["keyKind"] {
  return key.startsWith("sk_") ? "secret" : "publishable";
}
