import type { KeyKind, KeyStatus } from "@stanchion/contract";
import { type Insertable, type Kysely, sql, type Updateable } from "kysely";
import type { Tables } from "../platform/database/index.ts";
import { type ListCursor, likePattern, olderThan, type Tenant } from "../platform/http/index.ts";
import type { ApiKeyRow, ApiKeySecretRow, ApiKeyView } from "./api-key.ts";

type Db = Kysely<Tables>;
/** Whose keys: an organization's in one mode. */
export type KeyOwner = Pick<Tenant, "organizationId" | "isLive">;

export async function insertApiKey(db: Db, values: Insertable<Tables["apiKeys"]>): Promise<ApiKeyRow> {
  return db.insertInto("apiKeys").values(values).returningAll().executeTakeFirstOrThrow();
}

export async function insertSecret(db: Db, values: Insertable<Tables["apiKeySecrets"]>): Promise<void> {
  await db.insertInto("apiKeySecrets").values(values).execute();
}

export async function findApiKey(db: Db, owner: KeyOwner, id: string): Promise<ApiKeyRow | undefined> {
  return apiKeysOf(db, owner).where("id", "=", id).executeTakeFirst();
}

export async function lockApiKey(db: Db, owner: KeyOwner, id: string): Promise<ApiKeyRow | undefined> {
  return apiKeysOf(db, owner).where("id", "=", id).forUpdate().executeTakeFirst();
}

/** A key of whatever organization and mode, for the host. */
export async function lockAnyApiKey(db: Db, id: string): Promise<ApiKeyRow | undefined> {
  return db.selectFrom("apiKeys").selectAll().where("id", "=", id).forUpdate().executeTakeFirst();
}

/** The keys of an organization in both modes, or of all of them, for the host. */
export async function listAllApiKeys(db: Db, organizationId?: string): Promise<ApiKeyRow[]> {
  let query = db.selectFrom("apiKeys").selectAll();
  if (organizationId !== undefined) query = query.where("organizationId", "=", organizationId);
  return query.orderBy("createdAt", "desc").orderBy("id", "desc").execute();
}

/** Revoked keys give their names free; those of the other mode do not. */
export async function isKeyNameTaken(
  db: Db,
  organizationId: string,
  name: string,
  exceptId?: string,
): Promise<boolean> {
  const found = await db
    .selectFrom("apiKeys")
    .select("id")
    .where("organizationId", "=", organizationId)
    .where("name", "=", name)
    .where("revokedAt", "is", null)
    .executeTakeFirst();
  return found !== undefined && found.id !== exceptId;
}

export async function listApiKeys(
  db: Db,
  owner: KeyOwner,
  filter: {
    limit: number;
    now: Date;
    after: ListCursor | null;
    search?: string | undefined;
    kind?: KeyKind | undefined;
    status?: KeyStatus | undefined;
  },
): Promise<ApiKeyRow[]> {
  const { after, search, kind, status, now } = filter;
  let query = apiKeysOf(db, owner);
  if (after !== null) query = query.where(olderThan(after));
  if (search !== undefined) query = query.where("name", "ilike", likePattern(search));
  if (kind !== undefined) query = query.where("kind", "=", kind);
  if (status !== undefined) query = query.where(hasStatus(status, now));
  return query.orderBy("createdAt", "desc").orderBy("id", "desc").limit(filter.limit).execute();
}

function hasStatus(status: KeyStatus, now: Date) {
  switch (status) {
    case "REVOKED":
      return sql<boolean>`revoked_at is not null`;
    case "EXPIRED":
      return sql<boolean>`revoked_at is null and expires_at <= ${now}`;
    case "ACTIVE":
      return sql<boolean>`revoked_at is null and (expires_at is null or expires_at > ${now})`;
  }
}

/** The other secret keys of the mode that can be used. */
export async function listOtherSecretKeys(
  db: Db,
  owner: KeyOwner,
  exceptId: string,
  now: Date,
): Promise<ApiKeyRow[]> {
  return apiKeysOf(db, owner)
    .where("kind", "=", "secret")
    .where("id", "<>", exceptId)
    .where(hasStatus("ACTIVE", now))
    .execute();
}

/** Changes to the keys of one organization that look at the others wait for each other. */
export async function lockOrganization(db: Db, organizationId: string): Promise<void> {
  await db
    .selectFrom("organizations")
    .select("id")
    .where("id", "=", organizationId)
    .forNoKeyUpdate()
    .execute();
}

export async function updateApiKey(
  db: Db,
  owner: KeyOwner,
  id: string,
  values: Updateable<Tables["apiKeys"]>,
): Promise<ApiKeyRow> {
  return db
    .updateTable("apiKeys")
    .set({ ...values, version: sql<number>`version + 1` })
    .where("organizationId", "=", owner.organizationId)
    .where("isLive", "=", owner.isLive)
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Gives every secret of the key an end, or an earlier one. */
export async function endSecrets(db: Db, apiKeyId: string, endsAt: Date): Promise<void> {
  await db
    .updateTable("apiKeySecrets")
    .set({ endsAt: sql<Date>`least(ends_at, ${endsAt})` })
    .where("apiKeyId", "=", apiKeyId)
    .execute();
}

export async function countLivingSecrets(db: Db, apiKeyId: string, now: Date): Promise<number> {
  const living = await livingSecrets(db, [apiKeyId], now);
  return living.length;
}

/** The keys with what is shown of their secrets. */
export async function viewApiKeys(db: Db, rows: readonly ApiKeyRow[], now: Date): Promise<ApiKeyView[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const secrets = await livingSecrets(db, ids, now);
  const uses = await db
    .selectFrom("apiKeySecrets")
    .select((is) => ["apiKeyId", is.fn.max("lastUsedAt").as("lastUsedAt")])
    .where("apiKeyId", "in", ids)
    .groupBy("apiKeyId")
    .execute();
  const lastUses = new Map(uses.map(({ apiKeyId, lastUsedAt }) => [apiKeyId, lastUsedAt]));
  return rows.map((row) => ({
    row,
    secrets: secrets.filter(({ apiKeyId }) => apiKeyId === row.id),
    lastUsedAt: lastUses.get(row.id) ?? null,
  }));
}

async function livingSecrets(db: Db, apiKeyIds: readonly string[], now: Date): Promise<ApiKeySecretRow[]> {
  return db
    .selectFrom("apiKeySecrets")
    .select(["id", "apiKeyId", "hint", "createdAt", "endsAt", "lastUsedAt"])
    .where("apiKeyId", "in", [...apiKeyIds])
    .where((is) => is.or([is("endsAt", "is", null), is("endsAt", ">", now)]))
    .orderBy("createdAt", "desc")
    .orderBy("id", "desc")
    .execute();
}

function apiKeysOf(db: Db, { organizationId, isLive }: KeyOwner) {
  return db
    .selectFrom("apiKeys")
    .selectAll()
    .where("organizationId", "=", organizationId)
    .where("isLive", "=", isLive);
}
