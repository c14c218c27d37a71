import { type Kysely, sql } from "kysely";
import type { Tables } from "../../platform/database/index.ts";
import { distributionsMax, type Person, type Told, tellReceivers } from "./tell-receivers.ts";

/**
 * Who has lost a draw that is published, where somebody wishes to be told: read along by their numbers, a part each time, since a
 * published result writes nothing of those without an admission. Whoever has been given a seat by then is passed over.
 */
export async function takeLost(db: Kysely<Tables>, most: number): Promise<Told> {
  const { rows: drawn } = await sql<Person>`
    with due as (
      select d.id, d.organization_id, d.is_live, coalesce(w.last_lost, 0) as told, o.published_at
      from event_subscriptions s join draws d on d.organization_id = s.organization_id and d.is_live = s.is_live
      join draw_outcomes o on o.draw_id = d.id left join event_watches w on w.distribution_id = d.id
      where 'draw.consumer.lost' = any (s.types) and d.deleted_at is null and o.published_at is not null
        and o.last_number > coalesce(w.last_lost, 0)
      order by random() limit ${distributionsMax}
    )
    select d.organization_id, d.is_live, d.id as distribution_id, e.number, d.published_at as occurred_at,
      'draw.consumer.lost' as type, case when e.is_lost then json_build_object('entryId', e.entry_id, 'drawId', d.id,
        'consumerId', e.consumer_id, 'status', 'LOST')::text end as data
    from due d cross join lateral (
      select e.number, e.entry_id, e.consumer_id,
        e.status = 'ENTERED' and not exists (select from admissions a where a.entry_id = e.entry_id) as is_lost
      from draw_entries e where e.draw_id = d.id and e.number > d.told order by e.number limit ${most}) e
    order by d.id, e.number limit ${most}`.execute(db);
  return tellReceivers(db, drawn, sql.ref("last_lost"));
}
