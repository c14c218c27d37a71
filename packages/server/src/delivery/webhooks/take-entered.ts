import { type Kysely, sql } from "kysely";
import type { Tables } from "../../platform/database/index.ts";
import { distributionsMax, type Person, type Told, tellReceivers } from "./tell-receivers.ts";

/** Where everybody who is told takes batches, people are waited for as long as this, and for as many as fill one. */
const batchWaitMs = 1_000;

/**
 * Who has come since the last time, where somebody wishes to be told: found by the tickets and numbers, which are dense and given
 * under one lock, so that entering costs nothing more, whoever is told. Notes up to where they were told of. Of each draw and line
 * a batch at most, but for those that something else `happenedTo`, which is told behind everybody who had come until then.
 */
export async function takeEntered(
  db: Kysely<Tables>,
  { most, happenedTo }: { most: number; happenedTo: readonly string[] },
): Promise<Told> {
  // Not many more than a batch have come into those, or what happened would have waited.
  const peopleMax = sql`case when d.id = any (${happenedTo}::uuid[]) then ${10 * most}::int else ${most}::int end`;
  const { rows: entered } = await sql<Person>`
    with due as (
      select * from untold_arrivals b where b.id = any (${happenedTo}::uuid[])
      union all
      (select * from untold_arrivals b where b.id <> all (${happenedTo}::uuid[]) and (b.last - b.told >= ${most}
        or exists (select from event_receivers r where r.organization_id = b.organization_id and r.is_live = b.is_live
          and r.max_per_batch = 1 and b.type = any (r.events))
        or stanchion_now() - make_interval(secs => ${batchWaitMs / 1_000}) >= case when b.is_queue
          then (select e.entered_at from entries e where e.queue_id = b.id and e.ticket > b.told order by e.ticket limit 1)
          else (select e.entered_at from draw_entries e where e.draw_id = b.id and e.number > b.told order by e.number limit 1)
        end)
      -- Whoever has the most to tell does not always come first.
      order by random() limit ${distributionsMax})
    ), fresh as (
      select d.*, e.ticket as number, e.entered_at, json_build_object('entryId', e.entry_id, 'queueId', d.id,
        'consumerId', e.consumer_id, 'status', 'QUEUED', 'ticket', e.ticket, 'enteredAt', wire_time(e.entered_at)) as data
      from due d cross join lateral (
        select * from entries e where e.queue_id = d.id and e.ticket > d.told order by e.ticket limit ${peopleMax}) e
      where d.is_queue
      union all
      select d.*, e.number, e.entered_at, json_build_object('entryId', e.entry_id, 'drawId', d.id,
        'consumerId', e.consumer_id, 'status', 'ENTERED', 'number', e.number, 'enteredAt', wire_time(e.entered_at))
      from due d cross join lateral (
        select * from draw_entries e where e.draw_id = d.id and e.number > d.told order by e.number limit ${peopleMax}) e
      where not d.is_queue
    )
    select f.organization_id, f.is_live, f.id as distribution_id, f.number, f.data::text, f.entered_at as occurred_at, f.type
    from fresh f order by f.id, f.number`.execute(db);
  return tellReceivers(db, entered, sql.ref("last_number"));
}
