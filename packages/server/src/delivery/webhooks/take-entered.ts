import { type Kysely, sql } from "kysely";
import type { Tables } from "../../platform/database/index.ts";
import { newUuid } from "../../platform/randomness.ts";
import type { ToldEvent } from "./relay-store.ts";

/** Draws and lines that are looked at in one round. */
const distributionsMax = 20;

interface Entered extends Omit<ToldEvent, "id" | "endpointId" | "isRaw" | "position"> {
  readonly isLive: boolean;
  readonly number: number;
}

/**
 * Who has come since the last time, where somebody wishes to be told: found by the tickets and numbers, which are dense and given
 * under one lock, so that entering costs nothing more, whoever is told. Notes up to where they were told of.
 */
export async function takeEntered(
  db: Kysely<Tables>,
  most: number,
): Promise<{ taken: number; told: ToldEvent[] }> {
  const { rows: entered } = await sql<Entered>`
    with behind as (
      select q.id, q.organization_id, q.is_live, coalesce(w.last_number, 0) as told, true as is_queue
      from event_subscriptions s join queues q on q.organization_id = s.organization_id and q.is_live = s.is_live
      join lines l on l.queue_id = q.id left join event_watches w on w.distribution_id = q.id
      where 'queue.consumer.entered' = any (s.types) and q.deleted_at is null
        and l.last_ticket > coalesce(w.last_number, 0)
      union all
      select d.id, d.organization_id, d.is_live, coalesce(w.last_number, 0), false
      from event_subscriptions s join draws d on d.organization_id = s.organization_id and d.is_live = s.is_live
      join draw_lists l on l.draw_id = d.id left join event_watches w on w.distribution_id = d.id
      where 'draw.consumer.entered' = any (s.types) and d.deleted_at is null
        and l.last_number > coalesce(w.last_number, 0)
    ), due as (
      -- Whoever has the most to tell does not always come first.
      select * from behind order by random() limit ${distributionsMax}
    ), fresh as (
      select d.*, e.ticket as number, e.entered_at, json_build_object('entryId', e.entry_id, 'queueId', d.id,
        'consumerId', e.consumer_id, 'status', 'QUEUED', 'ticket', e.ticket, 'enteredAt', wire_time(e.entered_at)) as data
      from due d cross join lateral (
        select * from entries e where e.queue_id = d.id and e.ticket > d.told order by e.ticket limit ${most}) e
      where d.is_queue
      union all
      select d.*, e.number, e.entered_at, json_build_object('entryId', e.entry_id, 'drawId', d.id,
        'consumerId', e.consumer_id, 'status', 'ENTERED', 'number', e.number, 'enteredAt', wire_time(e.entered_at))
      from due d cross join lateral (
        select * from draw_entries e where e.draw_id = d.id and e.number > d.told order by e.number limit ${most}) e
      where not d.is_queue
    )
    select f.organization_id, f.is_live, f.id as distribution_id, f.number, f.data::text, f.entered_at as occurred_at,
      case when f.is_queue then 'queue.consumer.entered' else 'draw.consumer.entered' end as type
    from fresh f order by f.id, f.number limit ${most}`.execute(db);
  if (entered.length === 0) return { taken: 0, told: [] };
  await noteTold(db, entered);
  return { taken: entered.length, told: await toEndpoints(db, entered) };
}

async function noteTold(db: Kysely<Tables>, entered: readonly Entered[]): Promise<void> {
  // In the order of their numbers: the last of each is kept.
  const last = [...new Map(entered.map((one) => [one.distributionId, one])).values()];
  await sql`
    insert into event_watches as w (distribution_id, organization_id, is_live, last_number)
    select * from unnest(${last.map((one) => one.distributionId)}::uuid[], ${last.map((one) => one.organizationId)}::uuid[],
      ${last.map((one) => one.isLive)}::boolean[], ${last.map((one) => one.number)}::bigint[])
    on conflict (distribution_id) do update set last_number = excluded.last_number`.execute(db);
}

async function toEndpoints(db: Kysely<Tables>, entered: readonly Entered[]): Promise<ToldEvent[]> {
  const organizations = [...new Set(entered.map(({ organizationId }) => organizationId))];
  const { rows: endpoints } = await sql<{
    id: string;
    organizationId: string;
    isLive: boolean;
    events: string[];
  }>`
    select id, organization_id, is_live, events from webhook_endpoints
    where organization_id = any (${organizations}::uuid[]) and disabled_at is null and deleted_at is null
    order by id`.execute(db);
  return entered.flatMap((one) => {
    const event = { ...one, id: newUuid(one.occurredAt.getTime()), position: 0, isRaw: true };
    return endpoints
      .filter(
        ({ organizationId, isLive, events }) =>
          organizationId === one.organizationId && isLive === one.isLive && events.includes(one.type),
      )
      .map(({ id }) => ({ ...event, endpointId: id }));
  });
}
