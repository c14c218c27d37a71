import type pg from "pg";
import { mostInWindow } from "./most-at-once.ts";

/** What the tables say in the end about the rules that a line must keep. */
export interface LineVerdict {
  readonly entries: number;
  readonly admitted: number;
  readonly doubleTickets: number;
  readonly doubleAdmissions: number;
  /** Admitted in order, and yet before somebody with a lower ticket. */
  readonly inversions: number;
  /** Still waiting with a lower ticket than somebody who was admitted in order. */
  readonly passedOver: number;
  /** The fullest 60 s of all, admissions by the operator left out. */
  readonly mostInMinute: number;
}

export async function judgeLine(db: pg.Pool, queueId: string): Promise<LineVerdict> {
  const counted = await db.query<Omit<LineVerdict, "mostInMinute">>(
    `with stays as (
       select e.ticket, e.consumer_id, e.status, a.admitted_at, a.is_by_operator
       from entries e left join admissions a on a.entry_id = e.entry_id where e.queue_id = $1
     ), in_order as (
       select ticket, admitted_at,
         max(admitted_at) over (order by ticket rows between unbounded preceding and 1 preceding) as latest
       from stays where not is_by_operator
     )
     select
       (select count(*)::int from stays) as entries,
       (select count(admitted_at)::int from stays) as admitted,
       (select (count(*) - count(distinct ticket))::int from stays) as "doubleTickets",
       (select (count(*) - count(distinct consumer_id))::int from stays where admitted_at is not null) as "doubleAdmissions",
       (select count(*)::int from in_order where admitted_at < latest) as inversions,
       (select count(*)::int from stays where status = 'QUEUED' and ticket < (select max(ticket) from in_order)) as "passedOver"`,
    [queueId],
  );
  const moments = await db.query<{ micros: string }>(
    `select (extract(epoch from admitted_at) * 1000000)::bigint::text as micros from admissions
     where distribution_id = $1 and not is_by_operator`,
    [queueId],
  );
  const [row] = counted.rows;
  if (row === undefined) throw new Error("a query without groups answers one row");
  const mostInMinute = mostInWindow(
    moments.rows.map(({ micros }) => Number(micros)),
    60_000_000,
  );
  return { ...row, mostInMinute };
}

/** How many of the acknowledged places the table does not hold as they were acknowledged. */
export async function countLost(
  db: pg.Pool,
  queueId: string,
  acknowledged: readonly { readonly entryId: string; readonly ticket: number }[],
): Promise<number> {
  const { rows } = await db.query<{ id: string; ticket: string }>(
    `select entry_id as id, ticket::text from entries where queue_id = $1`,
    [queueId],
  );
  const held = new Map(rows.map(({ id, ticket }) => [id, Number(ticket)]));
  return acknowledged.filter(({ entryId, ticket }) => held.get(entryId) !== ticket).length;
}
