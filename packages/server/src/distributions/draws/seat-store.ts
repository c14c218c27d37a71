import type { RemovalReason } from "@stanchion/contract";
import { type Kysely, sql } from "kysely";
import type { Tables } from "../../platform/database/index.ts";

type Db = Kysely<Tables>;

export interface GivenSeat {
  readonly number: number;
  readonly seat: number;
}

export interface ClaimTime {
  readonly admittedAt: Date;
  readonly expirationSeconds: number;
  readonly graceSeconds: number;
}

/** Admits entries by their numbers; who is admitted already stays so. Answers the entries that are not in the draw any more. */
export async function admitToSeats(
  db: Db,
  drawId: string,
  seats: readonly GivenSeat[],
  { admittedAt, expirationSeconds, graceSeconds }: ClaimTime,
): Promise<void> {
  const [numbers, places] = [seats.map(({ number }) => number), seats.map(({ seat }) => seat)];
  await sql`
    insert into admissions (admission_id, distribution_id, entry_id, consumer_id, status, admitted_at, expires_at, release_at, seat)
    select new_uuid(${admittedAt}), ${drawId}, e.entry_id, e.consumer_id, 'ADMITTED', ${admittedAt},
      ${admittedAt}::timestamptz + make_interval(secs => ${expirationSeconds}),
      ${admittedAt}::timestamptz + make_interval(secs => ${expirationSeconds + graceSeconds}), s.seat
    from unnest(${numbers}::bigint[], ${places}::bigint[]) as s(number, seat)
    join draw_entries e on e.draw_id = ${drawId} and e.number = s.number
    on conflict (entry_id) do nothing`.execute(db);
}

/** A seat whose admission is over, and not yet seen to. */
export interface EndedSeat {
  readonly admissionId: string;
  readonly entryId: string;
  readonly status: "ADMITTED" | "COMPLETED" | "EXPIRED" | "DENIED" | "LEFT";
  readonly seat: number;
}

export async function lockEndedSeats(db: Db, drawId: string, most: number): Promise<EndedSeat[]> {
  const found = await sql<EndedSeat>`
    select admission_id, entry_id, status, seat from admissions
    where distribution_id = ${drawId} and not is_settled and release_at <= stanchion_now()
    order by release_at, seat limit ${most} for update`.execute(db);
  return found.rows;
}

/** Marks them as seen to; those whose time ran out have expired. */
export async function settleSeats(db: Db, admissionIds: readonly string[]): Promise<void> {
  await sql`
    update admissions set is_settled = true, status = case when status = 'ADMITTED' then 'EXPIRED' else status end
    where admission_id = any (${admissionIds}::uuid[])`.execute(db);
}

/** When the next admission ends that is not seen to yet. */
export async function nextSeatEnd(db: Db, drawId: string): Promise<Date | null> {
  const found = await sql<{ at: Date | null }>`
    select min(release_at) as at from admissions where distribution_id = ${drawId} and not is_settled`.execute(
    db,
  );
  return found.rows[0]?.at ?? null;
}

export async function completeSeat(db: Db, entryId: string, orderId: string | null): Promise<void> {
  await sql`
    update admissions set status = 'COMPLETED', completed_at = stanchion_now(), release_at = stanchion_now(),
      order_id = ${orderId}, is_settled = true
    where entry_id = ${entryId}`.execute(db);
}

/** Ends an admission; its seat is free once no token for it can be good any more. */
export async function freeSeat(
  db: Db,
  drawId: string,
  { entryId, status }: { entryId: string; status: "DENIED" | "LEFT" },
): Promise<void> {
  await sql`
    with freed as (
      update admissions set status = ${status}, release_at = least(expires_at, stanchion_now() + interval '65 seconds')
      where entry_id = ${entryId} returning release_at
    )
    update draw_outcomes o set due_at = least(o.due_at, f.release_at) from freed f where o.draw_id = ${drawId}`.execute(
    db,
  );
}

export async function noteDenial(db: Db, entryId: string, reason: RemovalReason): Promise<void> {
  await sql`update draw_entries set reason = ${reason} where entry_id = ${entryId}`.execute(db);
}

/** What became of a seat. Ids are UUIDs. */
export interface Award {
  readonly entryId: string;
  readonly outcome: "ADMITTED" | "COMPLETED" | "EXPIRED" | "DENIED" | "LEFT";
  readonly reason: string | null;
  readonly seat: number;
}

/** Appends awards under the lock of the draw's outcome. */
export async function insertAwards(
  db: Db,
  drawId: string,
  awards: readonly Award[],
  at: Date,
): Promise<void> {
  const column = <T>(read: (award: Award) => T): T[] => awards.map(read);
  await sql`
    with counted as (
      update draw_outcomes set awards = awards + ${awards.length} where draw_id = ${drawId}
      returning awards - ${awards.length} as before
    )
    insert into draw_awards (draw_id, number, awarded_at, entry_id, outcome, reason, seat)
    select ${drawId}, c.before + a.ord, ${at}, a.entry_id, a.outcome, a.reason, a.seat
    from counted c, unnest(${column((a) => a.entryId)}::uuid[], ${column((a) => a.outcome)}::text[],
      ${column((a) => a.reason)}::text[], ${column((a) => a.seat)}::bigint[])
      with ordinality as a(entry_id, outcome, reason, seat, ord)`.execute(db);
}
