import type pg from "pg";

/** Everything that a process keeps in memory about one line. Times in ms since 1970 by the database's clock. */
export interface LineRow {
  readonly queueId: string;
  readonly organizationId: string;
  readonly isLive: boolean;
  readonly isDeleted: boolean;
  readonly name: string;
  readonly experienceId: string;
  /** Counts up with every change of the experience. */
  readonly experienceVersion: number;
  readonly admitRate: number;
  readonly openAtMs: number | null;
  readonly closeAtMs: number | null;
  readonly isPaused: boolean;
  readonly capacity: number | null;
  readonly maxConcurrentAdmissions: number | null;
  readonly maxAdmissions: number | null;
  readonly admissionExpirationSeconds: number;
  readonly completionGraceSeconds: number;
  readonly requireFingerprint: boolean;
  readonly entryLevel: "guest" | "confirmed" | "external";
  readonly checkoutUrl: string | null;
  readonly pageUrl: string | null;
  /** Used for showing only. */
  readonly timeZone: string;
  readonly waitlistUrl: string | null;
  readonly shuffleBeforeOpen: boolean;
  readonly joinFromMs: number | null;
  /** How many came before the opening, and by what their order is drawn; null until then. */
  readonly cohortSize: number | null;
  readonly shuffleSeed: Buffer | null;
  readonly lastTicket: number;
  readonly departed: number;
  readonly endedTicket: number | null;
  readonly endedReason: "SOLD_OUT" | null;
  /** What admissions hold of stock that is limited, in admissions; null: it bounds none. */
  readonly stockTotal: number | null;
  readonly stockLeft: number | null;
  readonly stockFree: number | null;
  readonly stockVersion: number;
  readonly nowServing: number;
  readonly admittedInOrder: number;
  readonly admittedTotal: number;
  readonly completedTotal: number;
  readonly returnedTotal: number;
  readonly controlVersion: number;
  /** How many seconds the admissions of late have lasted all together, up to the time of the count, and how many of them have ended. */
  readonly lastedSeconds: number;
  readonly lastedEnds: number;
  readonly lastedCountedAtMs: number;
  readonly databaseNowMs: number;
}

const readLinesText = `
  select q.id as "queueId", q.organization_id as "organizationId", q.is_live as "isLive", q.deleted_at is not null as "isDeleted",
    q.name, q.experience_id as "experienceId", e.version as "experienceVersion", q.admit_rate as "admitRate", (extract(epoch from q.open_at) * 1000)::bigint as "openAtMs",
    (extract(epoch from least(q.close_at, e.close_at)) * 1000)::bigint as "closeAtMs", q.is_paused as "isPaused", q.capacity,
    q.max_concurrent_admissions as "maxConcurrentAdmissions", q.max_admissions as "maxAdmissions",
    q.admission_expiration_seconds as "admissionExpirationSeconds", q.completion_grace_seconds as "completionGraceSeconds",
    q.require_fingerprint as "requireFingerprint", q.entry_level as "entryLevel", q.checkout_url as "checkoutUrl",
    q.page_url as "pageUrl", q.time_zone as "timeZone", q.waitlist_url as "waitlistUrl",
    q.shuffle_before_open as "shuffleBeforeOpen", (extract(epoch from q.join_from) * 1000)::bigint as "joinFromMs",
    l.cohort_size as "cohortSize", l.shuffle_seed as "shuffleSeed",
    l.last_ticket as "lastTicket", l.departed, l.ended_ticket as "endedTicket",
    l.ended_reason as "endedReason", held.total as "stockTotal", held.unsold as "stockLeft", held.free as "stockFree",
    coalesce(held.version, 0) as "stockVersion",
    c.now_serving as "nowServing", c.admitted_in_order as "admittedInOrder", c.admitted_total as "admittedTotal",
    c.completed_total as "completedTotal", c.returned_total as "returnedTotal", c.version as "controlVersion",
    c.lasted_seconds as "lastedSeconds", c.lasted_ends as "lastedEnds", c.lasted_counted_at * 1000 as "lastedCountedAtMs",
    (extract(epoch from stanchion_now()) * 1000)::double precision as "databaseNowMs"
  from queues q
  join experiences e on e.id = q.experience_id
  join lines l on l.queue_id = q.id
  join line_controls c on c.queue_id = q.id
  left join lateral (
    select min(s.stock / h.quantity) as total, min((s.stock - s.sold) / h.quantity) as unsold,
      min((s.stock - s.reserved - s.sold) / h.quantity) as free, sum(s.version)::bigint as version
    from distribution_holds h join stock_levels s on s.item_id = h.item_id
    where h.distribution_id = q.id
  ) held on true
  where q.id = any ($1::uuid[])`;

export async function readLines(pool: pg.Pool, queueIds: readonly string[]): Promise<LineRow[]> {
  const { rows } = await pool.query<LineRow>({ name: "read_lines", text: readLinesText, values: [queueIds] });
  return rows;
}

/** The tickets that departed after the `seen`-th departure up to the `until`-th, those above `from` only. */
export async function readDepartures(
  pool: pg.Pool,
  queueId: string,
  seen: number,
  until: number,
  from: number,
): Promise<number[]> {
  const { rows } = await pool.query<[number]>({
    name: "read_departures",
    text: `select ticket from entries where queue_id = $1 and departure > $2 and departure <= $3 and ticket > $4`,
    values: [queueId, seen, until, from],
    rowMode: "array",
  });
  return rows.map(([ticket]) => ticket);
}
