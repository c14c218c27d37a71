import { type Kysely, sql } from "kysely";
import type { Tables } from "../platform/database/index.ts";
import type { Tenant } from "../platform/http/index.ts";

/** Gives every stay of a consumer in the tenant's queues, past ones too, to another, with the admissions. */
export async function moveStays(
  db: Kysely<Tables>,
  { organizationId, isLive }: Tenant,
  fromId: string,
  toId: string,
): Promise<void> {
  // Each branch is one look into an index for each queue there is.
  await sql`
    with stays as (
      select s.entry_id from queues q cross join lateral (
        select i.entry_id from entries i
        where i.queue_id = q.id and i.consumer_id = ${fromId} and i.status in ('QUEUED', 'ADMITTED')
        union all
        select i.entry_id from entries i
        where i.queue_id = q.id and i.consumer_id = ${fromId} and i.status not in ('QUEUED', 'ADMITTED')
      ) s
      where q.organization_id = ${organizationId} and q.is_live = ${isLive}
    ), moved as (
      update entries set consumer_id = ${toId}, consumer_at_entry = coalesce(consumer_at_entry, consumer_id)
      where entry_id in (select entry_id from stays) returning entry_id
    )
    update admissions set consumer_id = ${toId} where entry_id in (select entry_id from moved)`.execute(db);
}
