import { type Kysely, sql } from "kysely";
import type pg from "pg";
import type { Tables } from "../../platform/database/index.ts";
import type { Tenant } from "../../platform/http/index.ts";
import type { Turn, TurnMailRow } from "./turn-mail.ts";

type Db = Kysely<Tables>;
type Owner = Pick<Tenant, "organizationId" | "isLive">;

/** The address that is known to be this consumer's own: confirmed by a code, or vouched for by the shop. */
export async function findOwnAddress(
  db: Db,
  { organizationId, isLive }: Owner,
  consumerId: string,
): Promise<string | null> {
  const found = await db
    .selectFrom("consumers")
    .select("email")
    .where("organizationId", "=", organizationId)
    .where("isLive", "=", isLive)
    .where("id", "=", consumerId)
    .where("isEmailLinkable", "=", true)
    .where("deletedAt", "is", null)
    .executeTakeFirst();
  return found?.email ?? null;
}

export async function findTurnMail(
  db: Db,
  { organizationId }: Owner,
  entryId: string,
): Promise<TurnMailRow | undefined> {
  return db
    .selectFrom("turnMails")
    .select(["status", "language", "requestedAt", "endedAt"])
    .where("organizationId", "=", organizationId)
    .where("entryId", "=", entryId)
    .executeTakeFirst();
}

/**
 * Notes that a mail is asked for; undefined where the place does not wait any more. The entry is locked meanwhile, so that whoever
 * admits it either finds the wish or has admitted before.
 */
export async function writeTurnMail(
  db: Db,
  { organizationId, isLive }: Owner,
  place: { entryId: string; queueId: string; language: string },
): Promise<TurnMailRow | undefined> {
  const written = await sql<TurnMailRow>`
    with place as (
      select entry_id, queue_id, consumer_id from entries
      where entry_id = ${place.entryId} and queue_id = ${place.queueId} and status = 'QUEUED' for share
    )
    insert into turn_mails as t (entry_id, organization_id, is_live, queue_id, consumer_id, language, requested_at)
    select entry_id, ${organizationId}, ${isLive}, queue_id, consumer_id, ${place.language}, stanchion_now() from place
    on conflict (entry_id) do update set language = excluded.language
    returning status, language, requested_at, ended_at`.execute(db);
  return written.rows[0];
}

/** Takes the wish back, unless the mail has gone out. */
export async function deleteTurnMail(db: Db, { organizationId }: Owner, entryId: string): Promise<void> {
  await db
    .deleteFrom("turnMails")
    .where("organizationId", "=", organizationId)
    .where("entryId", "=", entryId)
    .where("status", "in", ["REQUESTED", "DUE"])
    .execute();
}

/** A mail that is to go out, taken by who has put it off. */
export interface TakenTurnMail extends Owner {
  readonly entryId: string;
  readonly queueId: string;
  /** This one included. */
  readonly tries: number;
}

/** Takes what is due of the next queue behind this one, in the order of ids: the longest due, `most` at most. */
export async function takeTurnMails(
  pool: pg.Pool,
  { afterQueueId, most, putOffSeconds }: { afterQueueId: string; most: number; putOffSeconds: number },
): Promise<TakenTurnMail[]> {
  const { rows } = await pool.query<TakenTurnMail>({
    name: "take_turn_mails",
    text: `
      with next as (
        select queue_id from turn_mails
        where status = 'DUE' and queue_id > $1 and due_at <= (select stanchion_now()) order by queue_id limit 1
      ), taken as (
        select entry_id from turn_mails
        where status = 'DUE' and queue_id = (select queue_id from next) and due_at <= (select stanchion_now())
        order by due_at limit $2 for update skip locked
      )
      update turn_mails t set tries = t.tries + 1, due_at = stanchion_now() + make_interval(secs => $3)
      from taken where t.entry_id = taken.entry_id
      returning t.entry_id as "entryId", t.queue_id as "queueId", t.organization_id as "organizationId",
        t.is_live as "isLive", t.tries`,
    values: [afterQueueId, most, putOffSeconds],
  });
  return rows;
}

/** What the mail tells; undefined where it is of no use any more: the admission is over or used, or no address is the consumer's own. */
export async function findTurn(
  db: Db,
  { organizationId, isLive, entryId }: TakenTurnMail,
): Promise<Turn | undefined> {
  const found = await sql<Turn>`
    select c.email, t.language, q.name as queue_name, o.name as organization_name, q.page_url, q.time_zone, a.expires_at
    from turn_mails t
    join entries e on e.entry_id = t.entry_id and e.status = 'ADMITTED'
    join admissions a on a.entry_id = t.entry_id and a.status = 'ADMITTED' and a.expires_at > stanchion_now()
    join queues q on q.id = t.queue_id and q.organization_id = t.organization_id and q.deleted_at is null
    join organizations o on o.id = t.organization_id
    join consumers c on c.id = t.consumer_id and c.organization_id = t.organization_id and c.is_live = t.is_live
      and c.deleted_at is null and c.is_email_linkable and c.email is not null
    where t.organization_id = ${organizationId} and t.is_live = ${isLive} and t.entry_id = ${entryId} and t.status = 'DUE'`.execute(
    db,
  );
  return found.rows[0];
}

export async function endTurnMail(
  db: Db,
  { organizationId, entryId }: TakenTurnMail,
  status: "SENT" | "FAILED",
): Promise<void> {
  await sql`
    update turn_mails set status = ${status}, due_at = null, ended_at = stanchion_now()
    where organization_id = ${organizationId} and entry_id = ${entryId} and status = 'DUE'`.execute(db);
}

/** Puts off what did not go out; `isTry` false: nothing was tried, so it does not count. */
export async function postponeTurnMail(
  db: Db,
  { organizationId, entryId }: TakenTurnMail,
  { seconds, isTry }: { seconds: number; isTry: boolean },
): Promise<void> {
  await sql`
    update turn_mails set due_at = stanchion_now() + make_interval(secs => ${seconds}), tries = tries - ${isTry ? 0 : 1}
    where organization_id = ${organizationId} and entry_id = ${entryId} and status = 'DUE'`.execute(db);
}

/** Forgets those whose mail has gone out or was given up, and those who left before their turn, a day after they asked. */
export async function forgetOldTurnMails(pool: pg.Pool): Promise<void> {
  await pool.query(`
    delete from turn_mails t where t.requested_at < stanchion_now() - interval '1 day' and (
      t.status in ('SENT', 'FAILED')
      or not exists (
        select from entries e join lines l on l.queue_id = e.queue_id
        where e.entry_id = t.entry_id
          and (e.status = 'ADMITTED' or e.status = 'QUEUED' and e.ticket > coalesce(l.ended_ticket, 0))))`);
}
