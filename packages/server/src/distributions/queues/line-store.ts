import { hash } from "node:crypto";
import type { EntryStatus } from "@stanchion/contract";
import { type Kysely, sql } from "kysely";
import type pg from "pg";
import type { Tables } from "../../platform/database/index.ts";

// --- reading lines ---

/** Everything that a process keeps in memory about one line. Times in ms since 1970 by the database's clock. */
export interface LineRow {
  readonly queueId: string;
  readonly organizationId: string;
  readonly isLive: boolean;
  readonly isDeleted: boolean;
  readonly name: string;
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
  readonly lastTicket: number;
  readonly departed: number;
  readonly endedTicket: number | null;
  readonly nowServing: number;
  readonly admittedInOrder: number;
  readonly admittedTotal: number;
  readonly completedTotal: number;
  readonly returnedTotal: number;
  readonly controlVersion: number;
  /** Admissions of the last 60 counted seconds. */
  readonly recentAdmissions: number;
  readonly databaseNowMs: number;
}

const readLinesText = `
  select q.id as "queueId", q.organization_id as "organizationId", q.is_live as "isLive", q.deleted_at is not null as "isDeleted",
    q.name, q.admit_rate as "admitRate", (extract(epoch from q.open_at) * 1000)::bigint as "openAtMs",
    (extract(epoch from least(q.close_at, e.close_at)) * 1000)::bigint as "closeAtMs", q.is_paused as "isPaused", q.capacity,
    q.max_concurrent_admissions as "maxConcurrentAdmissions", q.max_admissions as "maxAdmissions",
    q.admission_expiration_seconds as "admissionExpirationSeconds", q.completion_grace_seconds as "completionGraceSeconds",
    q.require_fingerprint as "requireFingerprint", q.entry_level as "entryLevel", q.checkout_url as "checkoutUrl",
    l.last_ticket as "lastTicket", l.departed, l.ended_ticket as "endedTicket",
    c.now_serving as "nowServing", c.admitted_in_order as "admittedInOrder", c.admitted_total as "admittedTotal",
    c.completed_total as "completedTotal", c.returned_total as "returnedTotal", c.version as "controlVersion",
    (select sum(s) from unnest(c.seconds) s) as "recentAdmissions",
    (extract(epoch from stanchion_now()) * 1000)::double precision as "databaseNowMs"
  from queues q
  join experiences e on e.id = q.experience_id
  join lines l on l.queue_id = q.id
  join line_controls c on c.queue_id = q.id
  where q.id = any ($1::uuid[])`;

export async function readLines(pool: pg.Pool, queueIds: readonly string[]): Promise<LineRow[]> {
  const { rows } = await pool.query<LineRow>({ name: "read_lines", text: readLinesText, values: [queueIds] });
  return rows;
}

/** The ranks that departed after the `seen`-th departure up to the `until`-th, those above the serving rank only. */
export async function readDepartures(
  pool: pg.Pool,
  queueId: string,
  seen: number,
  until: number,
  nowServing: number,
): Promise<number[]> {
  const { rows } = await pool.query<[number]>({
    name: "read_departures",
    text: `select ticket from entries where queue_id = $1 and departure > $2 and departure <= $3 and ticket > $4`,
    values: [queueId, seen, until, nowServing],
    rowMode: "array",
  });
  return rows.map(([ticket]) => ticket);
}

// --- writing groups ---

export interface JoinItem {
  readonly entryId: string;
  readonly consumerId: string;
  readonly fingerprint: string | null;
  readonly idempotencyKey: string | null;
  readonly requestId: string;
}

export interface LeaveItem {
  readonly consumerId: string;
  readonly fingerprint: string | null;
  /** The idempotency key's scope and the hash of the request, 32 bytes each. */
  readonly scope: Buffer | null;
  readonly requestHash: Buffer | null;
  readonly requestId: string;
}

/** The letters stand at the head of the function in the migrations. */
export interface GroupResult {
  readonly at: Date;
  readonly firstTicket: number;
  readonly firstAhead: number;
  readonly outcomes: string;
  readonly known: readonly (string | null)[] | null;
  readonly leaveOutcomes: string | null;
  readonly leftEntries: readonly (string | null)[] | null;
  /** As texts: the driver reads no numbers out of such an array. */
  readonly leftTickets: readonly (string | null)[] | null;
}

const writeGroupText = `
  select at, first_ticket as "firstTicket", first_ahead as "firstAhead", outcomes, known, leave_outcomes as "leaveOutcomes",
    left_entries as "leftEntries", left_tickets as "leftTickets"
  from write_line_group($1, $2, $3::uuid[], $4::uuid[], $5::bytea[], $6::bytea[], $7::text[], $8::uuid[], $9::bytea[], $10::bytea[], $11::bytea[], $12::text[])`;

export async function writeLineGroup(
  pool: pg.Pool,
  queueId: string,
  secondsPerPerson: number | null,
  joins: readonly JoinItem[],
  leaves: readonly LeaveItem[],
): Promise<GroupResult> {
  const { rows } = await pool.query<GroupResult>({
    name: "write_line_group",
    text: writeGroupText,
    values: [
      queueId,
      secondsPerPerson,
      plainArray(joins, (join) => join.entryId),
      plainArray(joins, (join) => join.consumerId),
      hashArray(joins, (join) => deviceHash(queueId, join.fingerprint)),
      hashArray(joins, (join) => keyHash(join.idempotencyKey)),
      textArray(joins, (join) => join.requestId),
      plainArray(leaves, (leave) => leave.consumerId),
      hashArray(leaves, (leave) => deviceHash(queueId, leave.fingerprint)),
      bytesArray(leaves, (leave) => leave.scope),
      bytesArray(leaves, (leave) => leave.requestHash),
      textArray(leaves, (leave) => leave.requestId),
    ],
  });
  const [result] = rows;
  if (result === undefined) throw new Error("the group was not answered");
  return result;
}

// Array literals by hand: the driver's own conversion costs more than the rest of a join.
function plainArray<T>(items: readonly T[], read: (item: T) => string): string {
  let text = "{";
  for (let index = 0; index < items.length; index += 1) {
    if (index > 0) text += ",";
    text += read(items[index] as T);
  }
  return `${text}}`;
}

const needsEscape = /["\\]/;

function textArray<T>(items: readonly T[], read: (item: T) => string | null): string {
  let text = "{";
  for (let index = 0; index < items.length; index += 1) {
    if (index > 0) text += ",";
    const value = read(items[index] as T);
    if (value === null) text += "NULL";
    else text += needsEscape.test(value) ? `"${value.replace(/["\\]/g, "\\$&")}"` : `"${value}"`;
  }
  return `${text}}`;
}

function bytesArray<T>(items: readonly T[], read: (item: T) => Buffer | null): string {
  return textArray(items, (item) => {
    const value = read(item);
    return value === null ? null : `\\x${value.toString("hex")}`;
  });
}

/** Hashes as hexadecimal text. */
function hashArray<T>(items: readonly T[], read: (item: T) => string | null): string {
  let text = "{";
  for (let index = 0; index < items.length; index += 1) {
    const value = read(items[index] as T);
    text += value === null ? (index > 0 ? ",NULL" : "NULL") : `${index > 0 ? "," : ""}"\\\\x${value}"`;
  }
  return `${text}}`;
}

const hashHexCharacters = 32;

/**
 * What is kept of a fingerprint: 16 bytes of its SHA-256, salted with the queue, as hex. Made here and not in the database,
 * whose SHA-256 costs 9 µs of set-up for each value.
 */
export function deviceHash(queueId: string, fingerprint: string | null): string | null {
  return fingerprint === null
    ? null
    : hash("sha256", `${queueId}:${fingerprint}`).slice(0, hashHexCharacters);
}

function keyHash(idempotencyKey: string | null): string | null {
  return idempotencyKey === null ? null : hash("sha256", idempotencyKey).slice(0, hashHexCharacters);
}

// --- reading entries ---

export interface EntryRow {
  readonly entryId: string;
  readonly queueId: string;
  readonly consumerId: string;
  readonly ticket: number;
  readonly aheadAtEntry: number;
  readonly waitAtEntry: number | null;
  readonly enteredAtMs: number;
  readonly status: EntryStatus;
  readonly requestId: string;
  readonly hasDevice: boolean;
  /** Is the fingerprint that was given the one of the entry? */
  readonly isDevice: boolean;
  readonly admissionId: string | null;
  readonly admittedAtMs: number | null;
  readonly expiresAtMs: number | null;
  readonly releaseAtMs: number | null;
  readonly databaseNowMs: number;
}

const entryColumns = `
  e.entry_id as "entryId", e.queue_id as "queueId", e.consumer_id as "consumerId", e.ticket, e.ahead_at_entry as "aheadAtEntry",
  e.wait_at_entry as "waitAtEntry", (extract(epoch from e.entered_at) * 1000)::bigint as "enteredAtMs", e.status,
  e.request_id as "requestId", e.device is not null as "hasDevice",
  a.admission_id as "admissionId", (extract(epoch from a.admitted_at) * 1000)::bigint as "admittedAtMs",
  (extract(epoch from a.expires_at) * 1000)::bigint as "expiresAtMs",
  (extract(epoch from a.release_at) * 1000)::bigint as "releaseAtMs",
  (extract(epoch from stanchion_now()) * 1000)::double precision as "databaseNowMs"`;

export interface EntryQuestion {
  readonly queueId: string;
  readonly consumerId: string;
  readonly fingerprint: string | null;
}

// The live stay if there is one, else the latest of the past ones.
const latestText = `
  select i.ord::int as "ord", coalesce(e.device = i.device, false) as "isDevice", ${entryColumns}
  from unnest($1::uuid[], $2::uuid[], $3::bytea[]) with ordinality as i(queue_id, consumer_id, device, ord)
  cross join lateral (
    (select * from entries live where live.queue_id = i.queue_id and live.consumer_id = i.consumer_id and live.status in ('QUEUED', 'ADMITTED') limit 1)
    union all
    (select * from entries past where past.queue_id = i.queue_id and past.consumer_id = i.consumer_id and past.status not in ('QUEUED', 'ADMITTED') order by past.ticket desc limit 1)
    limit 1
  ) e
  left join admissions a on a.entry_id = e.entry_id`;

/** The latest stay of each consumer in each queue, in the order of the questions; null where there is none. */
export async function findLatestEntries(
  pool: pg.Pool,
  questions: readonly EntryQuestion[],
): Promise<(EntryRow | null)[]> {
  const { rows } = await pool.query<EntryRow & { ord: number }>({
    name: "find_latest_entries",
    text: latestText,
    values: [
      plainArray(questions, (question) => question.queueId),
      plainArray(questions, (question) => question.consumerId),
      hashArray(questions, (question) => deviceHash(question.queueId, question.fingerprint)),
    ],
  });
  const answers: (EntryRow | null)[] = questions.map(() => null);
  for (const row of rows) answers[row.ord - 1] = row;
  return answers;
}

export async function findEntriesById(
  pool: pg.Pool,
  entryIds: readonly string[],
): Promise<Map<string, EntryRow>> {
  const { rows } = await pool.query<EntryRow>({
    name: "find_entries_by_id",
    text: `select false as "isDevice", ${entryColumns} from entries e left join admissions a on a.entry_id = e.entry_id where e.entry_id = any ($1::uuid[])`,
    values: [entryIds],
  });
  return new Map(rows.map((row) => [row.entryId, row]));
}

/** The latest stay as an open transaction sees it. */
export async function findLatestEntryIn(
  db: Kysely<Tables>,
  queueId: string,
  consumerId: string,
): Promise<EntryRow | undefined> {
  const found = await sql<EntryRow>`
    select false as "isDevice", ${sql.raw(entryColumns)} from (
      (select * from entries live where live.queue_id = ${queueId} and live.consumer_id = ${consumerId} and live.status in ('QUEUED', 'ADMITTED') limit 1)
      union all
      (select * from entries past where past.queue_id = ${queueId} and past.consumer_id = ${consumerId} and past.status not in ('QUEUED', 'ADMITTED') order by past.ticket desc limit 1)
      limit 1
    ) e left join admissions a on a.entry_id = e.entry_id`.execute(db);
  return found.rows[0];
}

/** The entry of an admission, and whether the device, a hash of {@link deviceHash}, is the one that entered. */
export async function findAdmission(
  pool: pg.Pool,
  admissionId: string,
  device: string | null,
): Promise<EntryRow | null> {
  const { rows } = await pool.query<EntryRow>({
    name: "find_admission",
    text: `select coalesce(e.device = $2, false) as "isDevice", ${entryColumns}
      from admissions a join entries e on e.entry_id = a.entry_id where a.admission_id = $1`,
    values: [admissionId, device === null ? null : Buffer.from(device, "hex")],
  });
  return rows[0] ?? null;
}

/** Writes the end of an admission whose time and grace are over; its place is counted as free when the controller settles it. */
export async function expireEntry(pool: pg.Pool, entryId: string): Promise<void> {
  await pool.query(
    `update entries e set status = 'EXPIRED', ended_at = stanchion_now() from admissions a
     where e.entry_id = $1 and e.status = 'ADMITTED' and a.entry_id = e.entry_id and a.release_at <= stanchion_now()`,
    [entryId],
  );
}

// --- what the shop does, in the transaction of its verb ---

export interface LockedControl {
  readonly admittedTotal: number;
  readonly completedTotal: number;
  readonly returnedTotal: number;
}

/** Locks what admits, ends the admissions whose time has come, and answers the counts. */
export async function lockAndSettle(db: Kysely<Tables>, queueId: string): Promise<LockedControl> {
  await sql`select 1 from line_controls where queue_id = ${queueId} for update`.execute(db);
  const settled = await sql<{ completed: number; returned: number }>`
    select completed, returned from settle_admissions(${queueId}, stanchion_now())`.execute(db);
  const { completed = 0, returned = 0 } = settled.rows[0] ?? {};
  const control = await sql<LockedControl>`
    update line_controls set completed_total = completed_total + ${completed}, returned_total = returned_total + ${returned}
    where queue_id = ${queueId}
    returning admitted_total, completed_total, returned_total`.execute(db);
  const [row] = control.rows;
  if (row === undefined) throw new Error("the line has no control row");
  return row;
}

export async function lockControl(db: Kysely<Tables>, queueId: string): Promise<void> {
  await sql`select 1 from line_controls where queue_id = ${queueId} for update`.execute(db);
}

export interface LockedLine {
  readonly lastTicket: number;
  readonly departed: number;
  readonly endedTicket: number | null;
}

export async function lockLine(db: Kysely<Tables>, queueId: string): Promise<LockedLine> {
  const found = await sql<LockedLine>`
    select last_ticket, departed, ended_ticket from lines where queue_id = ${queueId} for update`.execute(db);
  const [row] = found.rows;
  if (row === undefined) throw new Error("the queue has no line");
  return row;
}

export interface LockedEntry {
  readonly entryId: string;
  readonly consumerId: string;
  readonly ticket: number;
  readonly status: EntryStatus;
  /** The admission's end has passed: only its completion is still taken. */
  readonly isPastExpiry: boolean;
  /** The grace has passed too. */
  readonly isPastRelease: boolean;
}

/** Locks the consumer's latest stay; undefined where there never was one. */
export async function lockLatestEntry(
  db: Kysely<Tables>,
  queueId: string,
  consumerId: string,
): Promise<LockedEntry | undefined> {
  const live = await sql<LockedEntry>`
    select entry_id, consumer_id, ticket, status, false as is_past_expiry, false as is_past_release from entries
    where queue_id = ${queueId} and consumer_id = ${consumerId} and status in ('QUEUED', 'ADMITTED') for update`.execute(
    db,
  );
  // Each half has an index of its own; one question for both would read the whole line.
  const past =
    live.rows.length > 0
      ? live
      : await sql<LockedEntry>`
        select entry_id, consumer_id, ticket, status, false as is_past_expiry, false as is_past_release from entries
        where queue_id = ${queueId} and consumer_id = ${consumerId} and status not in ('QUEUED', 'ADMITTED')
        order by ticket desc limit 1 for update`.execute(db);
  const [entry] = past.rows;
  if (entry === undefined) return undefined;
  const times = await sql<{ isPastExpiry: boolean; isPastRelease: boolean }>`
    select expires_at <= stanchion_now() as is_past_expiry, release_at <= stanchion_now() as is_past_release
    from admissions where entry_id = ${entry.entryId} for update`.execute(db);
  return { ...entry, ...times.rows[0] };
}

/** Admits one waiting entry out of order: it departs from its rank. Under the locks of control, line and entry. */
export async function admitByOperator(
  db: Kysely<Tables>,
  queueId: string,
  entry: LockedEntry,
  expirationSeconds: number,
  graceSeconds: number,
): Promise<void> {
  await departFromRank(db, queueId, entry.entryId, "ADMITTED", null, false);
  await sql`
    insert into admissions (admission_id, distribution_id, entry_id, consumer_id, status, is_by_operator, admitted_at, expires_at, release_at)
    select new_uuid(now), ${queueId}, ${entry.entryId}, ${entry.consumerId}, 'ADMITTED', true, now,
      now + make_interval(secs => ${expirationSeconds}), now + make_interval(secs => ${expirationSeconds + graceSeconds})
    from (select stanchion_now() as now) t`.execute(db);
  await sql`update line_controls set admitted_total = admitted_total + 1 where queue_id = ${queueId}`.execute(
    db,
  );
}

/** Takes a waiting entry off its rank. Under the locks of line and entry. */
export async function departFromRank(
  db: Kysely<Tables>,
  queueId: string,
  entryId: string,
  status: "ADMITTED" | "DENIED",
  reason: string | null,
  isBlocked: boolean,
): Promise<void> {
  await sql`
    with counted as (
      update lines set departed = departed + 1 where queue_id = ${queueId} returning departed
    )
    update entries set status = ${status}, departure = counted.departed, reason = ${reason}, is_blocked = ${isBlocked},
      ended_at = case when ${status} = 'DENIED' then stanchion_now() end
    from counted where entry_id = ${entryId}`.execute(db);
}

/** Takes an admission back; its place is free once no token for it can be good any more. */
export async function denyAdmitted(
  db: Kysely<Tables>,
  entryId: string,
  reason: string,
  isBlocked: boolean,
): Promise<void> {
  await sql`update entries set status = 'DENIED', reason = ${reason}, is_blocked = ${isBlocked}, ended_at = stanchion_now()
    where entry_id = ${entryId}`.execute(db);
  await sql`update admissions set status = 'DENIED', release_at = least(expires_at, stanchion_now() + interval '65 seconds')
    where entry_id = ${entryId}`.execute(db);
}

export async function completeAdmitted(
  db: Kysely<Tables>,
  entryId: string,
  orderId: string | null,
): Promise<void> {
  await sql`update entries set status = 'COMPLETED', ended_at = stanchion_now() where entry_id = ${entryId}`.execute(
    db,
  );
  await sql`update admissions set status = 'COMPLETED', completed_at = stanchion_now(), release_at = stanchion_now(), order_id = ${orderId}
    where entry_id = ${entryId}`.execute(db);
}

/** Raises the board's version: something on it changed that is neither a join nor a leave. */
export async function touchLine(db: Kysely<Tables>, queueId: string): Promise<void> {
  await sql`update line_controls set version = version + 1 where queue_id = ${queueId}`.execute(db);
}

/** Ends the line for everyone who still waits: a mark, not a million updates. */
export async function endLine(db: Kysely<Tables>, queueId: string): Promise<void> {
  await sql`update lines set ended_ticket = last_ticket, ended_at = stanchion_now()
    where queue_id = ${queueId} and ended_ticket is null`.execute(db);
}

// --- the controller ---

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
