import { type Kysely, sql } from "kysely";
import type { Tables } from "../../platform/database/index.ts";
import type { Tenant } from "../../platform/http/index.ts";

type Db = Kysely<Tables>;

/** A queue whose opening or closing somebody is to be told of, as far as its times say. */
export interface TurnedQueue extends Pick<Tenant, "organizationId" | "isLive"> {
  readonly id: string;
}

/** Queues that have opened or closed since somebody was told of it, where somebody is told; some of them, where there are many. */
export async function findTurnedQueues(db: Db, most: number): Promise<TurnedQueue[]> {
  const { rows } = await sql<TurnedQueue>`
    select q.id, q.organization_id, q.is_live
    from event_subscriptions s join queues q on q.organization_id = s.organization_id and q.is_live = s.is_live
    join experiences e on e.id = q.experience_id join lines l on l.queue_id = q.id
    left join event_watches w on w.distribution_id = q.id
    where s.types && array['queue.opened', 'queue.closed'] and q.deleted_at is null and (
      coalesce(w.is_closed, false) <> coalesce(least(q.close_at, e.close_at) <= stanchion_now(), false)
      or not coalesce(w.is_closed, false) and coalesce(w.is_opened, false) <>
        (coalesce(q.open_at <= stanchion_now(), true) and not (q.shuffle_before_open and l.shuffle_seed is null)))
    limit ${most}`.execute(db);
  return rows;
}

/** What was told of a queue so far; whoever tells waits here for who tells now. */
export async function lockWatch(
  db: Db,
  { id, organizationId, isLive }: TurnedQueue,
): Promise<{ isOpened: boolean; isClosed: boolean }> {
  const { rows } = await sql<{ isOpened: boolean; isClosed: boolean }>`
    insert into event_watches as w (distribution_id, organization_id, is_live)
    values (${id}, ${organizationId}, ${isLive})
    on conflict (distribution_id) do update set is_opened = w.is_opened
    returning is_opened, is_closed`.execute(db);
  return rows[0] ?? { isOpened: false, isClosed: false };
}

export async function noteWatch(
  db: Db,
  { id, organizationId }: TurnedQueue,
  { isOpened, isClosed }: { isOpened: boolean; isClosed: boolean },
): Promise<void> {
  await sql`
    update event_watches set is_opened = ${isOpened}, is_closed = ${isClosed}
    where organization_id = ${organizationId} and distribution_id = ${id}`.execute(db);
}
