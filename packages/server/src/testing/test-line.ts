import { decodeId } from "@stanchion/contract";
import type { PoolClient } from "pg";
import { newUuid } from "../platform/randomness.ts";
import type { TestDatabase } from "./test-database.ts";

export interface TestTick {
  readonly admitted: number;
  readonly settled: number;
  readonly nowServing: number;
}

/** A row of somebody's stay, with the admission where there is one. */
export interface TestStay {
  readonly entryId: string;
  readonly consumerId: string;
  readonly ticket: number;
  readonly status: string;
  readonly admittedAt: Date | null;
  readonly isByOperator: boolean | null;
}

/** One line as the tables hold it, driven by the test where no worker runs. */
export interface TestLine {
  /** The queue's id as the tables hold it. */
  readonly queueId: string;
  /** One tick of the admission controller, under a lease taken for it. `on`: inside that connection's transaction. */
  tick(options?: { most?: number; on?: PoolClient }): Promise<TestTick>;
  /** Puts so many consumers into the line at once, none of whom has a session. */
  fill(count: number): Promise<void>;
  /** Every stay, in the order of tickets. */
  stays(): Promise<TestStay[]>;
}

/** The line of a queue, by the id on the wire. */
export function testLine(db: TestDatabase, wireQueueId: string): TestLine {
  const queueId = decodeId("queue", wireQueueId);
  if (queueId === null) throw new Error(`${wireQueueId} is no queue's id`);
  const owner = newUuid(Date.now());
  return {
    queueId,
    async tick({ most = 1_000_000, on } = {}) {
      const connection = on ?? db.database.pool;
      const lease = await connection.query<{ epoch: number }>(
        `update line_controls set lease_owner = $2, lease_epoch = lease_epoch + 1, lease_until = stanchion_now() + interval '3 seconds'
         where queue_id = $1 returning lease_epoch as epoch`,
        [queueId, owner],
      );
      const { rows } = await connection.query<TestTick>(
        `select admitted, settled, now_serving as "nowServing" from tick_line($1, $2, $3, $4)`,
        [queueId, owner, lease.rows[0]?.epoch, most],
      );
      const [tick] = rows;
      if (tick === undefined) throw new Error("the lease was taken by somebody else meanwhile");
      return tick;
    },
    async fill(count) {
      await db.query(
        `with line as (
           update lines set last_ticket = last_ticket + $2 where queue_id = $1 returning last_ticket - $2 as before, departed
         )
         insert into entries (entry_id, queue_id, consumer_id, ticket, ahead_at_entry, salt, subject, entered_at, status, request_id)
         select gen_random_uuid(), $1, gen_random_uuid(), before + n, before + n - departed - 1,
           decode(md5('salt ' || n), 'hex'), sha256(convert_to('subject ' || n, 'UTF8')), stanchion_now(), 'QUEUED', 'req_fill'
         from line, generate_series(1, $2::bigint) n`,
        [queueId, count],
      );
    },
    stays: () =>
      db.query<TestStay & Record<string, unknown>>(
        `select e.entry_id as "entryId", e.consumer_id as "consumerId", e.ticket, e.status, a.admitted_at as "admittedAt",
           a.is_by_operator as "isByOperator"
         from entries e left join admissions a on a.entry_id = e.entry_id where e.queue_id = $1 order by e.ticket`,
        [queueId],
      ),
  };
}

/**
 * Holds the locks of a statement such as `select … for update` in a transaction of its own, until `release` commits it.
 */
export async function holdLock(
  db: TestDatabase,
  text: string,
  values: unknown[] = [],
): Promise<{ client: PoolClient; release(): Promise<void> }> {
  const client = await db.database.pool.connect();
  await client.query("begin");
  await client.query(text, values);
  return {
    client,
    async release() {
      await client.query("commit");
      client.release();
    },
  };
}

/** How many connections of this database wait for a lock. */
export async function countLockWaiters(db: TestDatabase): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    `select count(*) as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return row?.count ?? 0;
}
