import { type Kysely, sql } from "kysely";
import type { Tables } from "../platform/database/index.ts";
import { emptyRoot, type HashedNode, type TreeNode } from "./merkle-tree.ts";

type Db = Kysely<Tables>;

/** Whose log it is: one for each organization and mode. */
export interface LogOwner {
  readonly organizationId: string;
  readonly isLive: boolean;
}

export interface StoredLog {
  readonly size: number;
  readonly root: Buffer;
  readonly frontier: Buffer;
}

/** Locks the log, which is begun where there is none. The time is read under the lock, so times follow the indexes. */
export async function lockLogRow(
  db: Db,
  { organizationId, isLive }: LogOwner,
): Promise<StoredLog & { now: Date }> {
  return db
    .insertInto("fairnessLogs")
    .values({ organizationId, isLive })
    .onConflict((conflict) =>
      conflict.columns(["organizationId", "isLive"]).doUpdateSet({ size: sql<number>`fairness_logs.size` }),
    )
    .returning(["size", "root", "frontier"])
    .returning(sql<Date>`date_trunc('milliseconds', stanchion_now())`.as("now"))
    .executeTakeFirstOrThrow();
}

/** Appends to a locked log. */
export async function insertEntry(
  db: Db,
  owner: LogOwner,
  entry: { readonly index: number; readonly distributionId: string; readonly body: string },
  grown: StoredLog & { readonly nodes: readonly HashedNode[] },
): Promise<void> {
  const { organizationId, isLive } = owner;
  const { size, root, frontier, nodes } = grown;
  await db
    .with("appended", (own) =>
      own.insertInto("fairnessLogEntries").values({ organizationId, isLive, ...entry }),
    )
    .with("grown", (own) =>
      own.insertInto("fairnessLogNodes").values(nodes.map((node) => ({ organizationId, isLive, ...node }))),
    )
    .updateTable("fairnessLogs")
    .set({ size, root, frontier })
    .where("organizationId", "=", organizationId)
    .where("isLive", "=", isLive)
    .execute();
}

export interface CommittedLog {
  readonly size: number;
  readonly root: Buffer;
  /** When the organization was made: from then on the log was empty. */
  readonly organizationMadeAt: Date;
  readonly now: Date;
}

/** The log as it is committed; undefined: there is no such organization. */
export async function findLog(
  db: Db,
  { organizationId, isLive }: LogOwner,
): Promise<CommittedLog | undefined> {
  const row = await db
    .selectFrom("organizations as o")
    .leftJoin("fairnessLogs as l", (join) =>
      join.on("l.organizationId", "=", organizationId).on("l.isLive", "=", isLive),
    )
    .select(["l.size", "l.root", "o.createdAt as organizationMadeAt"])
    .select(sql<Date>`date_trunc('milliseconds', stanchion_now())`.as("now"))
    .where("o.id", "=", organizationId)
    .executeTakeFirst();
  return row && { ...row, size: row.size ?? 0, root: row.root ?? emptyRoot };
}

export interface StoredEntry {
  readonly index: number;
  readonly body: string;
}

export interface EntryPage {
  readonly from: number;
  readonly before: number;
  /** As a UUID; null: of all. */
  readonly distributionId: string | null;
  readonly limit: number;
  readonly bytes: number;
}

/**
 * The entries from one index on and before another, oldest first; no more than a page's number, and none behind the one that
 * brings their texts over a page's bytes.
 */
export async function listEntries(
  db: Db,
  { organizationId, isLive }: LogOwner,
  page: EntryPage,
): Promise<StoredEntry[]> {
  const candidates = db
    .selectFrom("fairnessLogEntries")
    .select(["index", "body"])
    // Of a text that is kept apart the length is known without reading it.
    .select(sql<number>`sum(octet_length(body)) over (order by index) - octet_length(body)`.as("bytesBefore"))
    .where("organizationId", "=", organizationId)
    .where("isLive", "=", isLive)
    .where("index", ">=", page.from)
    .where("index", "<", page.before)
    .$if(page.distributionId !== null, (own) => own.where("distributionId", "=", page.distributionId ?? ""))
    .orderBy("index")
    .limit(page.limit);
  return db
    .selectFrom(candidates.as("page"))
    .select(["index", "body"])
    .where("bytesBefore", "<", page.bytes)
    .orderBy("index")
    .execute();
}

/** The text of one entry that is there. */
export async function readBody(db: Db, { organizationId, isLive }: LogOwner, index: number): Promise<string> {
  const { body } = await db
    .selectFrom("fairnessLogEntries")
    .select("body")
    .where("organizationId", "=", organizationId)
    .where("isLive", "=", isLive)
    .where("index", "=", index)
    .executeTakeFirstOrThrow();
  return body;
}

/** Complete subtrees by their places. */
export async function findNodes(
  db: Db,
  { organizationId, isLive }: LogOwner,
  places: readonly TreeNode[],
): Promise<HashedNode[]> {
  if (places.length === 0) return [];
  const levels = places.map(({ level }) => level);
  const indexes = places.map(({ index }) => index);
  return db
    .selectFrom("fairnessLogNodes")
    .select(["level", "index", "hash"])
    .where("organizationId", "=", organizationId)
    .where("isLive", "=", isLive)
    .where(
      sql<boolean>`(level, index) in (select * from unnest(${levels}::smallint[], ${indexes}::bigint[]))`,
    )
    .execute();
}
