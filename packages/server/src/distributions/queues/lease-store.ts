import type pg from "pg";
import { plainArray } from "../../platform/database/index.ts";

export interface Lease {
  readonly queueId: string;
  readonly epoch: number;
  readonly organizationId: string;
  readonly isLive: boolean;
  readonly nowServing: number;
  /** Of a line whose order was drawn: how many came before the opening, and by what it was drawn; else null. */
  readonly cohortSize: number | null;
  readonly shuffleSeed: Buffer | null;
  /** Its order is yet to be drawn, so that nobody has a rank. */
  readonly isUndrawn: boolean;
  /** Something has happened in the line that the log does not tell yet. */
  readonly isUnlogged: boolean;
  /** Everything that its admissions could hold is sold, and the line is to end then. */
  readonly isSoldOut: boolean;
}

/** Ranks that were drawn, with the tickets that have them. */
export interface DrawnRanks {
  /** From 1. */
  readonly firstRank: number;
  readonly tickets: readonly number[];
}

/**
 * Takes or keeps the lease of every line that has something to do. A line whose holder has died is free once its lease has run out.
 * The lease saves work; that caps hold does not depend on it.
 */
export async function claimLines(
  pool: pg.Pool,
  workerId: string,
  leaseSeconds: number,
  most: number,
): Promise<Lease[]> {
  const { rows } = await pool.query<Lease>({
    name: "claim_lines",
    text: `
      update line_controls c set
        lease_epoch = c.lease_epoch + case when c.lease_owner is distinct from $1 then 1 else 0 end,
        lease_owner = $1, lease_until = stanchion_now() + make_interval(secs => $2)
      from queues own, lines line
      where own.id = c.queue_id and line.queue_id = c.queue_id and c.queue_id in (
        select f.queue_id from line_controls f
        join lines l on l.queue_id = f.queue_id
        join queues q on q.id = f.queue_id
        where (f.lease_owner = $1 or f.lease_until is null or f.lease_until < stanchion_now()
          -- Longer than any lease: it was taken before the clock was set back.
          or f.lease_until > stanchion_now() + make_interval(secs => $2 * 2))
          and q.deleted_at is null
          and (l.ended_ticket is null and f.now_serving < l.last_ticket
              -- Nobody is served before the order is drawn.
              and (not q.shuffle_before_open or l.shuffle_seed is not null)
            or l.ended_ticket is null and q.when_sold_out = 'end' and not q.is_paused
              and (q.open_at is null or q.open_at <= stanchion_now()) and is_sold_out(f.queue_id)
            or f.logged_serving <> f.now_serving
            or f.logged_departed <> l.departed and (not q.shuffle_before_open or l.shuffle_seed is not null)
            or exists (select from admissions a where a.distribution_id = f.queue_id and not a.is_settled))
        limit $3
        for update of f skip locked
      )
      returning c.queue_id as "queueId", c.lease_epoch as "epoch", own.organization_id as "organizationId", own.is_live as "isLive",
        c.now_serving as "nowServing", line.cohort_size as "cohortSize", line.shuffle_seed as "shuffleSeed",
        own.shuffle_before_open and line.shuffle_seed is null as "isUndrawn",
        c.logged_serving <> c.now_serving or c.logged_departed <> line.departed as "isUnlogged",
        line.ended_ticket is null and own.when_sold_out = 'end' and not own.is_paused
          and (own.open_at is null or own.open_at <= stanchion_now()) and is_sold_out(c.queue_id) as "isSoldOut"`,
    values: [workerId, leaseSeconds, most],
  });
  return rows;
}

/** Gives all leases back, so that another worker goes on at once. */
export async function releaseLines(pool: pg.Pool, workerId: string): Promise<void> {
  await pool.query(`update line_controls set lease_until = null, lease_owner = null where lease_owner = $1`, [
    workerId,
  ]);
}

export interface Tick {
  readonly admitted: number;
  readonly settled: number;
  readonly nowServing: number;
}

/**
 * One tick of the admission controller; null where the lease is another's by now. `ranks`: those to be served next, where the order
 * of the line was drawn and not all of them have been.
 */
export async function tickLine(
  pool: pg.Pool,
  lease: Pick<Lease, "queueId" | "epoch">,
  {
    workerId,
    most,
    ranks,
  }: { readonly workerId: string; readonly most: number; readonly ranks: DrawnRanks | null },
): Promise<Tick | null> {
  const { rows } = await pool.query<Tick>({
    name: "tick_line",
    text: `select admitted, settled, now_serving as "nowServing" from tick_line($1, $2, $3, $4, $5, $6::bigint[])`,
    values: [
      lease.queueId,
      workerId,
      lease.epoch,
      most,
      ranks?.firstRank ?? null,
      ranks && plainArray(ranks.tickets, String),
    ],
  });
  return rows[0] ?? null;
}
