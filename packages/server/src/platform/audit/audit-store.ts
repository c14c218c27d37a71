import { decodeId } from "@stanchion/contract";
import { type Insertable, type Kysely, sql } from "kysely";
import type { Tables } from "../database/index.ts";
import type { ChangeAuthor } from "./change-author.ts";

type Db = Kysely<Tables>;

export interface LockedChain {
  readonly id: number;
  readonly organizationId: string | null;
  readonly lastNumber: number;
  readonly lastHash: Buffer;
  readonly now: Date;
}

/** Locks the chain, which is begun where there is none. The time is read under the lock, so times follow the numbers. */
export async function lockChain(db: Db, tenant: ChangeAuthor["tenant"]): Promise<LockedChain> {
  return db
    .insertInto("auditChains")
    .values({ organizationId: tenant?.organizationId ?? null, isLive: tenant?.isLive ?? null })
    .onConflict((conflict) =>
      conflict
        .columns(["organizationId", "isLive"])
        .doUpdateSet({ lastNumber: sql<number>`audit_chains.last_number` }),
    )
    .returning(["id", "organizationId", "lastNumber", "lastHash"])
    .returning(sql<Date>`date_trunc('milliseconds', stanchion_now())`.as("now"))
    .executeTakeFirstOrThrow();
}

export interface StoredRecord {
  readonly number: number;
  readonly recordId: string;
  readonly recordedAt: Date;
  readonly action: string;
  readonly actorType: string;
  readonly actorId: string | null;
  readonly actorName: string | null;
  readonly targetId: string | null;
  readonly related: string[];
  readonly changed: string[];
  /** As text: inside of JSON the names of members stay as they are. */
  readonly beforeText: string | null;
  readonly afterText: string | null;
  readonly requestId: string | null;
  readonly networkDigest: Buffer | null;
  readonly previousHash: Buffer;
  readonly hash: Buffer;
  readonly network: string | null;
  readonly networkSalt: Buffer | null;
}

export interface RecordFilter {
  readonly action?: string | undefined;
  readonly actor?: string | undefined;
  readonly target?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export interface Chain {
  readonly id: number;
  readonly organizationId: string | null;
  readonly isLive: boolean | null;
  readonly lastNumber: number;
  readonly lastHash: Buffer;
  readonly forgottenNumber: number;
  readonly forgottenHash: Buffer;
}

/** The chain of an organization in one mode, or the server's own; undefined: nothing was recorded in it yet. */
export async function findChain(db: Db, tenant: ChangeAuthor["tenant"]): Promise<Chain | undefined> {
  const chains = db.selectFrom("auditChains").selectAll();
  const own =
    tenant === null
      ? chains.where("organizationId", "is", null)
      : chains.where("organizationId", "=", tenant.organizationId).where("isLive", "=", tenant.isLive);
  return own.executeTakeFirst();
}

/** Every chain, or those of one organization. */
export async function listChains(db: Db, organizationId: string | null): Promise<Chain[]> {
  let query = db.selectFrom("auditChains").selectAll();
  if (organizationId !== null) query = query.where("organizationId", "=", organizationId);
  return query.orderBy("id").execute();
}

export async function getChain(db: Db, id: number): Promise<Chain> {
  return db.selectFrom("auditChains").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
}

/** Chains that have rows and no head. */
export async function findHeadlessChains(db: Db): Promise<number[]> {
  const found = await sql<{ id: number }>`
    with recursive ids (id) as (
      select min(chain_id) from audit_records
      union all
      select (select min(chain_id) from audit_records where chain_id > ids.id) from ids where ids.id is not null
    )
    select id from ids where id is not null and not exists (select from audit_chains c where c.id = ids.id)`.execute(
    db,
  );
  return found.rows.map(({ id }) => id);
}

/** What stands in a chain before a number, newest first; without one, from the head on. */
export async function listRecordsBefore(
  db: Db,
  chainId: number,
  filter: RecordFilter,
  page: { readonly before: number | null; readonly limit: number },
): Promise<StoredRecord[]> {
  let query = recordsOf(db, chainId, filter);
  if (page.before !== null) query = query.where("number", "<", page.before);
  return query.orderBy("number", "desc").limit(page.limit).execute();
}

/** What stands in a chain behind one number and up to another, oldest first. */
export async function listRecordsAfter(
  db: Db,
  chainId: number,
  filter: RecordFilter,
  page: { readonly after: number; readonly upTo: number; readonly limit: number },
): Promise<StoredRecord[]> {
  return recordsOf(db, chainId, filter)
    .where("number", ">", page.after)
    .where("number", "<=", page.upTo)
    .orderBy("number")
    .limit(page.limit)
    .execute();
}

function recordsOf(db: Db, chainId: number, { action, actor, target, from, to }: RecordFilter) {
  let query = db
    .selectFrom("auditRecords")
    .select(["number", "recordId", "recordedAt", "action", "actorType", "actorId", "actorName", "targetId"])
    .select(["related", "changed", "requestId", "networkDigest", "previousHash", "hash"])
    .select(["network", "networkSalt"])
    .select([
      sql<string | null>`before::text`.as("beforeText"),
      sql<string | null>`after::text`.as("afterText"),
    ])
    .where("chainId", "=", chainId);
  if (action !== undefined) query = query.where("action", "=", action);
  if (actor === "host" || actor === "system") query = query.where("actorType", "=", actor);
  else if (actor !== undefined) query = query.where("actorId", "=", actor);
  if (target !== undefined)
    query = query.where(sql<boolean>`related || coalesce(target_id, '') @> array[${target}::text]`);
  if (from !== undefined) query = query.where("recordedAt", ">=", new Date(from));
  if (to !== undefined) query = query.where("recordedAt", "<", new Date(to));
  return query;
}

/** Appends to a locked chain. */
export async function appendRecord(
  db: Db,
  chain: LockedChain,
  row: Omit<Insertable<Tables["auditRecords"]>, "chainId" | "previousHash">,
): Promise<void> {
  await db
    .with("appended", (own) =>
      own.insertInto("auditRecords").values({ ...row, chainId: chain.id, previousHash: chain.lastHash }),
    )
    .updateTable("auditChains")
    .set({ lastNumber: row.number, lastHash: row.hash })
    .where("organizationId", "is not distinct from", chain.organizationId)
    .where("id", "=", chain.id)
    .execute();
}

export async function findKeyName(
  db: Db,
  { organizationId }: { readonly organizationId: string },
  keyId: string,
): Promise<string | null> {
  const row = await db
    .selectFrom("apiKeys")
    .select("name")
    .where("organizationId", "=", organizationId)
    .where("id", "=", decodeId("apiKey", keyId) ?? "")
    .executeTakeFirst();
  return row?.name ?? null;
}

/** Forgets the addresses that were kept long enough; what vouched for them stays. */
export async function forgetNetworks(db: Db, keptSeconds: number): Promise<void> {
  await sql`update audit_records set network = null, network_salt = null
    where network is not null and recorded_at < stanchion_now() - make_interval(secs => ${keptSeconds})`.execute(
    db,
  );
}

/** Up to where the rows of a chain are older than this; null: none is. */
export async function findLastOlderThan(db: Db, chainId: number, seconds: number): Promise<number | null> {
  const found = await sql<{ number: number | null }>`
    select number from audit_records
    where chain_id = ${chainId} and recorded_at < stanchion_now() - make_interval(secs => ${seconds})
    order by recorded_at desc, number desc limit 1`.execute(db);
  return found.rows[0]?.number ?? null;
}

/** Takes the rows of a locked chain up to a number away, and notes where it begins now. Answers the hash of the last of them. */
export async function forgetRecords(db: Db, chainId: number, upTo: number): Promise<Buffer> {
  const { hash } = await db
    .selectFrom("auditRecords")
    .select("hash")
    .where("chainId", "=", chainId)
    .where("number", "=", upTo)
    .executeTakeFirstOrThrow();
  await db.deleteFrom("auditRecords").where("chainId", "=", chainId).where("number", "<=", upTo).execute();
  await db
    .updateTable("auditChains")
    .set({ forgottenNumber: upTo, forgottenHash: hash })
    .where("id", "=", chainId)
    .execute();
  return hash;
}
