import type { EntryStatus } from "@stanchion/contract";
import { type Kysely, sql } from "kysely";
import type { Tables } from "../../platform/database/index.ts";
import type { Tenant } from "../../platform/http/index.ts";

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
  /** Null: there is no admission. */
  readonly admissionId: string | null;
  /** What used the admission up. */
  readonly orderId: string | null;
}

type LockedStay = Pick<LockedEntry, "entryId" | "consumerId" | "ticket" | "status">;

/** Locks the consumer's latest stay; undefined where there never was one. */
export async function lockLatestEntry(
  db: Kysely<Tables>,
  queueId: string,
  consumerId: string,
): Promise<LockedEntry | undefined> {
  const live = await sql<LockedStay>`
    select entry_id, consumer_id, ticket, status from entries
    where queue_id = ${queueId} and consumer_id = ${consumerId} and status in ('QUEUED', 'ADMITTED') for update`.execute(
    db,
  );
  // Each half has an index of its own; one question for both would read the whole line.
  const past =
    live.rows.length > 0
      ? live
      : await sql<LockedStay>`
        select entry_id, consumer_id, ticket, status from entries
        where queue_id = ${queueId} and consumer_id = ${consumerId} and status not in ('QUEUED', 'ADMITTED')
        order by ticket desc limit 1 for update`.execute(db);
  const [entry] = past.rows;
  return entry === undefined ? undefined : withAdmission(db, entry);
}

/** Locks the stay that this admission of the queue belongs to; undefined where the queue has no such admission. */
export async function lockEntryOfAdmission(
  db: Kysely<Tables>,
  queueId: string,
  admissionId: string,
): Promise<LockedEntry | undefined> {
  const found = await sql<LockedStay>`
    select e.entry_id, e.consumer_id, e.ticket, e.status from entries e
    where e.entry_id = (select a.entry_id from admissions a where a.admission_id = ${admissionId} and a.distribution_id = ${queueId})
    for update`.execute(db);
  const [entry] = found.rows;
  return entry === undefined ? undefined : withAdmission(db, entry);
}

async function withAdmission(db: Kysely<Tables>, entry: LockedStay): Promise<LockedEntry> {
  const none = { isPastExpiry: false, isPastRelease: false, admissionId: null, orderId: null };
  const found = await sql<Omit<LockedEntry, keyof LockedStay>>`
    select admission_id, order_id, expires_at <= stanchion_now() as is_past_expiry, release_at <= stanchion_now() as is_past_release
    from admissions where entry_id = ${entry.entryId} for update`.execute(db);
  return { ...entry, ...(found.rows[0] ?? none) };
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

/** Raises the board's version by what the levels count for it, before they are other levels. */
export async function raiseVersionByStock(
  db: Kysely<Tables>,
  { organizationId }: Pick<Tenant, "organizationId">,
  queueId: string,
): Promise<void> {
  await sql`
    update line_controls set version = version + coalesce((
      select sum(s.version) from distribution_holds h join stock_levels s on s.item_id = h.item_id
      where s.organization_id = ${organizationId} and h.distribution_id = ${queueId}), 0)
    where queue_id = ${queueId}`.execute(db);
}

/** Ends the line for everyone who still waits: a mark, not a million updates. `reason` null: an operator did. */
export async function endLine(
  db: Kysely<Tables>,
  queueId: string,
  reason: "SOLD_OUT" | null = null,
): Promise<void> {
  await sql`update lines set ended_ticket = last_ticket, ended_at = stanchion_now(), ended_reason = ${reason}
    where queue_id = ${queueId} and ended_ticket is null`.execute(db);
}

/** How far the line is served. */
export async function readServing(db: Kysely<Tables>, queueId: string): Promise<number> {
  const found = await sql<{ nowServing: number }>`
    select now_serving from line_controls where queue_id = ${queueId}`.execute(db);
  return found.rows[0]?.nowServing ?? 0;
}

/** Has the line been ended for this ticket? */
export async function isTicketEnded(db: Kysely<Tables>, queueId: string, ticket: number): Promise<boolean> {
  const found =
    await sql`select from lines where queue_id = ${queueId} and ended_ticket >= ${ticket}`.execute(db);
  return found.rows.length > 0;
}

/**
 * Gives everybody who held an admission at `since`, or got one after it, the time back that has passed since then.
 * Those who were past their end and within the grace stay so.
 */
export async function postponeAdmissionEnds(db: Kysely<Tables>, since: Date): Promise<void> {
  // It is no time that buyers took either.
  await sql`
    update line_controls
    set lasted_counted_at = extract(epoch from stanchion_now() - greatest(${since}::timestamptz - to_timestamp(lasted_counted_at), interval '0'))
    where admitted_total > completed_total + returned_total`.execute(db);
  await sql`
    update admissions set expires_at = expires_at + (stanchion_now() - greatest(admitted_at, ${since})),
      release_at = release_at + (stanchion_now() - greatest(admitted_at, ${since}))
    where seat is null and not is_settled and status = 'ADMITTED' and release_at > ${since}`.execute(db);
}
