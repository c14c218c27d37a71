import type pg from "pg";

export interface Lease {
  readonly queueId: string;
  readonly epoch: number;
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
      where c.queue_id in (
        select f.queue_id from line_controls f
        join lines l on l.queue_id = f.queue_id
        join queues q on q.id = f.queue_id
        where (f.lease_owner = $1 or f.lease_until is null or f.lease_until < stanchion_now()
          -- Longer than any lease: it was taken before the clock was set back.
          or f.lease_until > stanchion_now() + make_interval(secs => $2 * 2))
          and q.deleted_at is null
          and (l.ended_ticket is null and f.now_serving < l.last_ticket
            or exists (select from admissions a where a.distribution_id = f.queue_id and not a.is_settled))
        limit $3
        for update of f skip locked
      )
      returning c.queue_id as "queueId", c.lease_epoch as "epoch"`,
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
}

/** One tick of the admission controller; null where the lease is another's by now. */
export async function tickLine(
  pool: pg.Pool,
  lease: Lease,
  workerId: string,
  most: number,
): Promise<Tick | null> {
  const { rows } = await pool.query<Tick>({
    name: "tick_line",
    text: `select admitted, settled from tick_line($1, $2, $3, $4)`,
    values: [lease.queueId, workerId, lease.epoch, most],
  });
  return rows[0] ?? null;
}
