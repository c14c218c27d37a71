import { type Kysely, sql } from "kysely";
import type { Tables } from "../platform/database/index.ts";
import type { HashedNode } from "./merkle-tree.ts";

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

/** The log as it is committed; undefined: nothing was ever appended. */
export async function findLog(
  db: Db,
  { organizationId, isLive }: LogOwner,
): Promise<Omit<StoredLog, "frontier"> | undefined> {
  return db
    .selectFrom("fairnessLogs")
    .select(["size", "root"])
    .where("organizationId", "=", organizationId)
    .where("isLive", "=", isLive)
    .executeTakeFirst();
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
