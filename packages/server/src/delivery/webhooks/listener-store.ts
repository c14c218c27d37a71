import type { EventType } from "@stanchion/contract";
import { type Kysely, sql } from "kysely";
import type pg from "pg";
import type { Tables } from "../../platform/database/index.ts";
import type { Tenant } from "../../platform/http/index.ts";

type Db = Kysely<Tables>;
type Owner = Pick<Tenant, "organizationId" | "isLive">;

/** A stream that is open: another of the same listener has another opening, and ends this one. */
export interface OpenListener {
  readonly id: string;
  /** The time of the opening, to the microsecond. */
  readonly openedAt: string;
}

export interface ListenerSettings {
  readonly id: string;
  readonly types: readonly EventType[];
  readonly maxPerBatch: number;
  readonly aliveSeconds: number;
}

export async function insertListener(
  db: Db,
  { organizationId, isLive }: Owner,
  { id, types, maxPerBatch, aliveSeconds }: ListenerSettings,
): Promise<OpenListener> {
  const { rows } = await sql<OpenListener>`
    insert into event_listeners (id, organization_id, is_live, events, max_per_batch, created_at, expires_at)
    select ${id}, ${organizationId}, ${isLive}, ${types}::text[], ${maxPerBatch}, t.now, t.now + make_interval(secs => ${aliveSeconds})
    from (select stanchion_now() as now) t returning id, created_at::text as opened_at`.execute(db);
  return onlyOf(rows);
}

/** Opens a listener that is still there anew, and has what it was sent behind this delivery sent again; undefined: it is gone. */
export async function reopenListener(
  db: Db,
  { organizationId, isLive }: Owner,
  { id, sent, aliveSeconds }: { id: string; sent: number; aliveSeconds: number },
): Promise<OpenListener | undefined> {
  const { rows } = await sql<OpenListener>`
    update event_listeners set created_at = stanchion_now(), expires_at = stanchion_now() + make_interval(secs => ${aliveSeconds})
    where organization_id = ${organizationId} and is_live = ${isLive} and id = ${id} and expires_at > stanchion_now()
    returning id, created_at::text as opened_at`.execute(db);
  if (rows[0] !== undefined)
    await sql`
      update webhook_deliveries set status = 'PENDING'
      where organization_id = ${organizationId} and endpoint_id = ${id} and status = 'DELIVERED'
        and ordinal > ${sent}`.execute(db);
  return rows[0];
}

export async function countListeners(db: Db, { organizationId, isLive }: Owner): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from event_listeners
    where organization_id = ${organizationId} and is_live = ${isLive}`.execute(db);
  return rows[0]?.count ?? 0;
}

/** Who streams events of this type at present. */
export async function findListeners(
  db: Db,
  { organizationId, isLive }: Owner,
  type: EventType,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from event_listeners
    where organization_id = ${organizationId} and is_live = ${isLive} and ${type}::text = any (events)
      and expires_at > stanchion_now()`.execute(db);
  return rows.map(({ id }) => id);
}

/** Forgets the listeners that have not come back, with what waited for them; answers how many they were. */
export async function deleteGone(db: Db, { organizationId, isLive }: Owner): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    with gone as (
      delete from event_listeners
      where organization_id = ${organizationId} and is_live = ${isLive} and expires_at <= stanchion_now() returning id
    ), deliveries as (
      delete from webhook_deliveries where organization_id = ${organizationId} and endpoint_id in (select id from gone)
    ), sequences as (
      delete from webhook_sequences where organization_id = ${organizationId} and endpoint_id in (select id from gone)
    )
    select count(*)::int as count from gone`.execute(db);
  return rows[0]?.count ?? 0;
}

/** Whose listeners are gone. */
export async function findOwnersOfGone(pool: pg.Pool): Promise<Owner[]> {
  const { rows } = await pool.query<Owner>(
    `select distinct organization_id as "organizationId", is_live as "isLive" from event_listeners
     where expires_at <= stanchion_now()`,
  );
  return rows;
}

export interface StreamedDelivery {
  readonly ordinal: number;
  readonly eventId: string;
  readonly type: string;
  readonly body: string;
}

/**
 * Takes the next deliveries for a stream, in their order, as many as make up so many characters and one more. None where another
 * stream of the listener has been opened; that one waits for this statement.
 */
export async function takeForStream(
  pool: pg.Pool,
  { id, openedAt }: OpenListener,
  charactersMax: number,
): Promise<StreamedDelivery[]> {
  const { rows } = await pool.query<StreamedDelivery>({
    name: "take_for_stream",
    text: `with held as (
      select id from event_listeners where id = $1 and created_at = $2::timestamptz
        and exists (select from webhook_deliveries where endpoint_id = $1 and status = 'PENDING') for share
    ), due as (
      select d.ordinal, sum(length(d.body)) over (order by d.ordinal) - length(d.body) as before
      from held h cross join lateral (
        select * from webhook_deliveries where endpoint_id = h.id and status = 'PENDING' order by ordinal limit 100) d
    ), taken as (
      update webhook_deliveries d set status = 'DELIVERED' from due
      where d.ordinal = due.ordinal and due.before <= $3 returning d.ordinal, d.event_id, d.type, d.body
    )
    select ordinal, event_id as "eventId", type, body from taken order by ordinal`,
    values: [id, openedAt, charactersMax],
  });
  return rows;
}

/**
 * Keeps a listener for so many seconds from now, and no more of what was sent than a minute; answers how much waits for it, or
 * null where this stream is not its own any more.
 */
export async function keepListener(
  pool: pg.Pool,
  { id, openedAt }: OpenListener,
  aliveSeconds: number,
): Promise<number | null> {
  const { rows } = await pool.query<{ waiting: number }>({
    name: "keep_listener",
    text: `with kept as (
      update event_listeners set expires_at = stanchion_now() + make_interval(secs => $3)
      where id = $1 and created_at = $2::timestamptz and expires_at > stanchion_now() returning id
    ), forgotten as (
      delete from webhook_deliveries where endpoint_id in (select id from kept) and status = 'DELIVERED'
        and created_at < stanchion_now() - interval '1 minute'
    )
    select (select count(*)::int from webhook_deliveries where endpoint_id = k.id and status = 'PENDING') as waiting from kept k`,
    values: [id, openedAt, aliveSeconds],
  });
  return rows[0]?.waiting ?? null;
}

function onlyOf<T>(rows: readonly T[]): T {
  const [row] = rows;
  if (row === undefined) throw new Error("the statement answered no row");
  return row;
}
