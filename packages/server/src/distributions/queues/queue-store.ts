import type { QueueStatus } from "@stanchion/contract";
import { type Insertable, type Kysely, sql, type Updateable } from "kysely";
import { type KnownHold, selectHolds } from "../../catalog/index.ts";
import type { Tables } from "../../platform/database/index.ts";
import { type ListCursor, likePattern, type Tenant } from "../../platform/http/index.ts";
import type { QueueRow } from "./queue.ts";

type Db = Kysely<Tables>;
type Owner = Pick<Tenant, "organizationId" | "isLive">;

/** A queue with what its state follows from besides its own row. */
export interface QueueWithFacts extends QueueRow {
  /** The queue's own closing or its experience's, whichever is first. */
  readonly effectiveCloseAt: Date | null;
  readonly waiting: number;
  readonly lastTicket: number;
  readonly endedTicket: number | null;
  readonly isUndrawn: boolean;
  /** The opening has fixed who came before it: from then on its terms stand. */
  readonly isCohortFixed: boolean;
  /** What each admission holds of the stock. */
  readonly holds: readonly KnownHold[];
  readonly databaseNow: Date;
}

function queuesOf(db: Db, tenant: Owner) {
  return db
    .selectFrom("queues as q")
    .innerJoin("experiences as e", "e.id", "q.experienceId")
    .innerJoin(
      sql<{ queueId: string; lastTicket: number; departed: number; endedTicket: number | null }>`lines`.as(
        "l",
      ),
      (join) => join.onRef("l.queueId", "=", "q.id"),
    )
    .innerJoin(sql<{ queueId: string; admittedInOrder: number }>`line_controls`.as("c"), (join) =>
      join.onRef("c.queueId", "=", "q.id"),
    )
    .selectAll("q")
    .select([
      sql<Date | null>`least(q.close_at, e.close_at)`.as("effectiveCloseAt"),
      sql<number>`case when l.ended_ticket is null then l.last_ticket - l.departed - c.admitted_in_order else 0 end`.as(
        "waiting",
      ),
      "l.lastTicket",
      "l.endedTicket",
      sql<boolean>`q.shuffle_before_open and l.shuffle_seed is null`.as("isUndrawn"),
      sql<boolean>`l.cohort_size is not null`.as("isCohortFixed"),
      selectHolds(sql`q.id`).as("holds"),
      sql<Date>`stanchion_now()`.as("databaseNow"),
    ])
    .where("q.organizationId", "=", tenant.organizationId)
    .where("q.isLive", "=", tenant.isLive)
    .where("q.deletedAt", "is", null);
}

export async function insertQueue(db: Db, values: Insertable<Tables["queues"]>): Promise<void> {
  await db.insertInto("queues").values(values).execute();
  await sql`insert into lines (queue_id) values (${values.id})`.execute(db);
  await sql`insert into line_controls (queue_id) values (${values.id})`.execute(db);
  if (values.shuffleBeforeOpen)
    await sql`insert into line_openings (queue_id, due_at) values (${values.id}, ${values.openAt})`.execute(
      db,
    );
}

export async function findQueue(db: Db, tenant: Owner, id: string): Promise<QueueWithFacts | undefined> {
  return queuesOf(db, tenant).where("q.id", "=", id).executeTakeFirst();
}

/** Locks a queue against everything: settings, admissions, joins and leaves, in the order that everyone locks them. */
export async function lockQueue(db: Db, tenant: Owner, id: string): Promise<QueueWithFacts | undefined> {
  const own = await queuesOf(db, tenant).where("q.id", "=", id).executeTakeFirst();
  if (own === undefined) return undefined;
  await sql`select 1 from line_controls where queue_id = ${id} for update`.execute(db);
  await sql`select 1 from lines where queue_id = ${id} for update`.execute(db);
  await sql`select 1 from queues where organization_id = ${tenant.organizationId} and id = ${id} for update`.execute(
    db,
  );
  return queuesOf(db, tenant).where("q.id", "=", id).executeTakeFirst();
}

export async function listQueues(
  db: Db,
  tenant: Tenant,
  filter: {
    limit: number;
    after: ListCursor | null;
    search?: string | undefined;
    status?: QueueStatus | undefined;
    experienceId?: string | undefined;
    sequenceId?: string | undefined;
  },
): Promise<QueueWithFacts[]> {
  let query = queuesOf(db, tenant);
  const { after } = filter;
  if (after !== null)
    query = query.where(sql<boolean>`(q.created_at, q.id) < (${after.createdAt}, ${after.id}::uuid)`);
  if (filter.search !== undefined) query = query.where("q.name", "ilike", likePattern(filter.search));
  if (filter.experienceId !== undefined) query = query.where("q.experienceId", "=", filter.experienceId);
  if (filter.sequenceId !== undefined) query = query.where("q.sequenceId", "=", filter.sequenceId);
  if (filter.status !== undefined) query = query.where(statusIs(filter.status));
  return query.orderBy("q.createdAt", "desc").orderBy("q.id", "desc").limit(filter.limit).execute();
}

function statusIs(status: QueueStatus) {
  return sql<boolean>`${status} = case
    when least(q.close_at, e.close_at) <= stanchion_now() then 'CLOSED'
    when q.open_at > stanchion_now() then 'SCHEDULED'
    when q.shuffle_before_open and l.shuffle_seed is null then 'DRAWING'
    when q.is_paused then 'PAUSED' else 'OPEN' end`;
}

export async function updateQueue(
  db: Db,
  tenant: Owner,
  id: string,
  values: Updateable<Tables["queues"]>,
): Promise<void> {
  await db
    .updateTable("queues")
    .set({ ...values, version: sql<number>`version + 1` })
    .where("organizationId", "=", tenant.organizationId)
    .where("isLive", "=", tenant.isLive)
    .where("id", "=", id)
    .execute();
}

/** How many wait or hold an admission. Those of an ended line count no more. */
export async function countLiveEntries(db: Db, id: string): Promise<number> {
  const found = await sql<{ count: number }>`
    select count(*) as count from entries e join lines l on l.queue_id = e.queue_id
    where e.queue_id = ${id} and (e.status = 'ADMITTED'
      or (e.status = 'QUEUED' and e.ticket > coalesce(l.ended_ticket, 0)))`.execute(db);
  return found.rows[0]?.count ?? 0;
}
