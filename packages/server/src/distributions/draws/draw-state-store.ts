import type pg from "pg";

/** How far a draw has come, as everybody may know it. */
export interface DrawState {
  readonly drawId: string;
  /** Counts up with whatever changes of it, but for what its times alone bring about. */
  readonly version: number;
  readonly openAt: Date | null;
  readonly closeAt: Date;
  readonly drawAt: Date;
  /** The draw's own closing or its experience's, whichever is first. */
  readonly effectiveCloseAt: Date;
  readonly cancelledAt: Date | null;
  readonly publishedAt: Date | null;
  readonly voidedAt: Date | null;
  readonly entries: number;
  /** The numbers that the operator has taken out last, the last one first. */
  readonly latestRemovals: readonly number[];
  readonly admissionExpirationSeconds: number;
  readonly databaseNow: Date;
}

/** Of draws of any organization: none of it is for the draw's own people alone. Deleted ones are left out. */
export async function readDrawStates(pool: pg.Pool, drawIds: readonly string[]): Promise<DrawState[]> {
  const { rows } = await pool.query<DrawState>({
    name: "read_draw_states",
    text: `
      select d.id as "drawId", d.open_at as "openAt", d.close_at as "closeAt", d.draw_at as "drawAt",
        least(d.close_at, e.close_at) as "effectiveCloseAt", d.cancelled_at as "cancelledAt", o.published_at as "publishedAt",
        o.voided_at as "voidedAt", (l.last_number - l.removed)::float8 as entries, l.latest_removals::float8[] as "latestRemovals",
        (d.version + l.last_number + l.removed + (o.published_at is not null)::int + (o.voided_at is not null)::int)::float8 as version,
        d.admission_expiration_seconds as "admissionExpirationSeconds", stanchion_now() as "databaseNow"
      from draws d join experiences e on e.id = d.experience_id join draw_lists l on l.draw_id = d.id
      join draw_outcomes o on o.draw_id = d.id
      where d.id = any ($1::uuid[]) and d.deleted_at is null`,
    values: [drawIds],
  });
  return rows;
}
