import { type Kysely, sql } from "kysely";
import type { Tables } from "../../platform/database/index.ts";

type Db = Kysely<Tables>;

/** How far a line has come, and how far the log has been told. */
export interface LineProgress {
  readonly nowServing: number;
  readonly lastTicket: number;
  readonly departed: number;
  readonly controlVersion: number;
  readonly loggedServing: number;
  readonly loggedDeparted: number;
}

/** Locks what admits, so that nobody else tells the log meanwhile. */
export async function lockProgress(db: Db, queueId: string): Promise<LineProgress | undefined> {
  await sql`select 1 from line_controls where queue_id = ${queueId} for update`.execute(db);
  const found = await sql<LineProgress>`
    select c.now_serving, l.last_ticket, l.departed, c.version as control_version, c.logged_serving, c.logged_departed
    from line_controls c join lines l on l.queue_id = c.queue_id where c.queue_id = ${queueId}`.execute(db);
  return found.rows[0];
}

/** Somebody who was not called in order. */
export interface Departure {
  readonly ticket: number;
  readonly outcome: "LEFT" | "DENIED" | "ADMITTED";
}

/** The departures after the `seen`-th up to the `until`-th, in order. */
export async function listDepartures(
  db: Db,
  queueId: string,
  seen: number,
  until: number,
): Promise<Departure[]> {
  const found = await sql<Departure>`
    select e.ticket, case when a.is_by_operator then 'ADMITTED' when e.status = 'DENIED' then 'DENIED' else 'LEFT' end as outcome
    from entries e left join admissions a on a.entry_id = e.entry_id
    where e.queue_id = ${queueId} and e.departure > ${seen} and e.departure <= ${until} order by e.departure`.execute(
    db,
  );
  return found.rows;
}

export async function noteLogged(
  db: Db,
  queueId: string,
  nowServing: number,
  departed: number,
): Promise<void> {
  await sql`update line_controls set logged_serving = ${nowServing}, logged_departed = ${departed}
    where queue_id = ${queueId}`.execute(db);
}
