import type { RemovalReason } from "@stanchion/contract";
import { type Kysely, sql } from "kysely";
import type { Tables } from "../../platform/database/index.ts";

type Db = Kysely<Tables>;

export interface GivenSeat {
  readonly number: number;
  readonly seat: number;
  /** When the time to buy begins. */
  readonly admittedAt: Date;
}

export interface ClaimTime {
  readonly expirationSeconds: number;
  readonly graceSeconds: number;
}

/** Admits entries by their numbers; who is admitted already stays so. Answers the entries that are not in the draw any more. */
export async function admitToSeats(
  db: Db,
  drawId: string,
  seats: readonly GivenSeat[],
  { expirationSeconds, graceSeconds }: ClaimTime,
): Promise<void> {
  const [numbers, places] = [seats.map(({ number }) => number), seats.map(({ seat }) => seat)];
  const turns = seats.map(({ admittedAt }) => admittedAt.toISOString());
  await sql`
    insert into admissions (admission_id, distribution_id, entry_id, consumer_id, status, admitted_at, expires_at, release_at, seat)
    select new_uuid(s.at), ${drawId}, e.entry_id, e.consumer_id, 'ADMITTED', s.at,
      s.at + make_interval(secs => ${expirationSeconds}), s.at + make_interval(secs => ${expirationSeconds + graceSeconds}), s.seat
    from unnest(${numbers}::bigint[], ${places}::bigint[], ${turns}::timestamptz[]) as s(number, seat, at)
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

/** What used up the admission of an entry; null: nothing has. */
export async function readOrderOf(db: Db, entryId: string): Promise<string | null> {
  const found = await sql<{ orderId: string | null }>`
    select order_id from admissions where entry_id = ${entryId}`.execute(db);
  return found.rows[0]?.orderId ?? null;
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

/**
 * Gives everybody who held a seat of a draw at `since` the time back that has passed since then. Turns that come only after it are put
 * off as a whole, so that they still come one after the other.
 */
export async function postponeSeatEnds(db: Db, since: Date): Promise<void> {
  // Read once: the clock goes on from row to row.
  const found = await sql<{ seconds: number }>`
    select ceil(extract(epoch from stanchion_now() - ${since}::timestamptz) * 1000) / 1000 as seconds`.execute(
    db,
  );
  const passed = sql`make_interval(secs => ${found.rows[0]?.seconds ?? 0}::double precision)`;
  await sql`
    update admissions set admitted_at = case when admitted_at > ${since} then admitted_at + ${passed} else admitted_at end,
      expires_at = expires_at + ${passed}, release_at = release_at + ${passed}
    where seat is not null and not is_settled and status = 'ADMITTED' and release_at > ${since}`.execute(db);
  await sql`
    update draw_outcomes set last_turn_at = last_turn_at + ${passed} where last_turn_at > ${since}`.execute(
    db,
  );
}

export async function noteDenial(db: Db, entryId: string, reason: RemovalReason): Promise<void> {
  await sql`update draw_entries set reason = ${reason} where entry_id = ${entryId}`.execute(db);
}

/** What became of a seat, and when. Ids are UUIDs. */
export interface Award {
  readonly at: Date;
  readonly entryId: string;
  readonly outcome: "ADMITTED" | "COMPLETED" | "EXPIRED" | "DENIED" | "LEFT";
  readonly reason: string | null;
  readonly seat: number;
}

/** Appends awards under the lock of the draw's outcome. */
export async function insertAwards(db: Db, drawId: string, awards: readonly Award[]): Promise<void> {
  const column = <T>(read: (award: Award) => T): T[] => awards.map(read);
  await sql`
    with counted as (
      update draw_outcomes set awards = awards + ${awards.length} where draw_id = ${drawId}
      returning awards - ${awards.length} as before
    )
    insert into draw_awards (draw_id, number, awarded_at, entry_id, outcome, reason, seat)
    select ${drawId}, c.before + a.ord, a.at, a.entry_id, a.outcome, a.reason, a.seat
    from counted c, unnest(${column((a) => a.at.toISOString())}::timestamptz[], ${column((a) => a.entryId)}::uuid[], ${column((a) => a.outcome)}::text[],
      ${column((a) => a.reason)}::text[], ${column((a) => a.seat)}::bigint[])
      with ordinality as a(at, entry_id, outcome, reason, seat, ord)`.execute(db);
}
