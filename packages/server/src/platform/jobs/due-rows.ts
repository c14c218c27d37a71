import type pg from "pg";

/** A table whose rows have a time of their next step: `due_at`, and a lease in `lease_owner` and `lease_until`. */
export interface DueTable {
  readonly table: "draw_outcomes" | "line_openings";
  readonly key: "draw_id" | "queue_id";
}

/** Takes or keeps the lease of rows whose time has come, the longest due first. Answers their keys. */
export async function claimDueRows(
  pool: pg.Pool,
  { table, key }: DueTable,
  workerId: string,
  { leaseSeconds, most }: { readonly leaseSeconds: number; readonly most: number },
): Promise<string[]> {
  const { rows } = await pool.query<{ key: string }>({
    name: `claim_due_${table}`,
    text: `
      update ${table} set lease_owner = $1, lease_until = stanchion_now() + make_interval(secs => $2)
      where ${key} in (
        select ${key} from ${table}
        where due_at <= stanchion_now()
          and (lease_owner = $1 or lease_until is null or lease_until < stanchion_now()
            -- Longer than any lease: it was taken before the clock was set back.
            or lease_until > stanchion_now() + make_interval(secs => $2 * 2))
        order by due_at limit $3
        for update skip locked
      )
      returning ${key} as "key"`,
    values: [workerId, leaseSeconds, most],
  });
  return rows.map((row) => row.key);
}

/** Keeps the lease of one row while a long step is under way. */
export async function keepLease(
  pool: pg.Pool,
  { table, key }: DueTable,
  {
    workerId,
    id,
    leaseSeconds,
  }: { readonly workerId: string; readonly id: string; readonly leaseSeconds: number },
): Promise<void> {
  await pool.query(
    `update ${table} set lease_until = stanchion_now() + make_interval(secs => $3) where ${key} = $1 and lease_owner = $2`,
    [id, workerId, leaseSeconds],
  );
}

/** Gives all leases back, so that another worker goes on at once. */
export async function releaseRows(pool: pg.Pool, { table }: DueTable, workerId: string): Promise<void> {
  await pool.query(`update ${table} set lease_until = null, lease_owner = null where lease_owner = $1`, [
    workerId,
  ]);
}

/** Puts off what failed. */
export async function postpone(
  pool: pg.Pool,
  { table, key }: DueTable,
  id: string,
  seconds: number,
): Promise<void> {
  await pool.query(
    `update ${table} set due_at = stanchion_now() + make_interval(secs => $2) where ${key} = $1`,
    [id, seconds],
  );
}
