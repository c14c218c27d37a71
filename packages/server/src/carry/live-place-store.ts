import { type Kysely, sql } from "kysely";
import type { Tables } from "../platform/database/index.ts";
import type { Tenant } from "../platform/http/index.ts";

type Db = Kysely<Tables>;

/** Where a consumer waits, holds an admission, or is in a draw that has something to come. */
export interface LivePlace {
  readonly entryId: string;
  readonly kind: "queue" | "draw";
  readonly distributionId: string;
  /** What is kept of the device that took it. */
  readonly device: Buffer | null;
  /** May no other device go on with it? */
  readonly requiresDevice: boolean;
}

/** One look into the index of live entries for each queue and draw there is. */
export async function listLivePlaces(
  db: Db,
  { organizationId, isLive }: Tenant,
  consumerId: string,
): Promise<readonly LivePlace[]> {
  const found = await sql<LivePlace>`
    select e.entry_id as "entryId", 'queue' as kind, q.id as "distributionId", e.device, q.require_fingerprint as "requiresDevice"
    from queues q
    join lines l on l.queue_id = q.id
    cross join lateral (
      select * from entries i
      where i.queue_id = q.id and i.consumer_id = ${consumerId} and i.status in ('QUEUED', 'ADMITTED') limit 1
    ) e
    where q.organization_id = ${organizationId} and q.is_live = ${isLive} and q.deleted_at is null
      and not (e.status = 'QUEUED' and e.ticket <= coalesce(l.ended_ticket, 0))
    union all
    select e.entry_id, 'draw', d.id, e.device, d.require_fingerprint
    from draws d
    join draw_outcomes o on o.draw_id = d.id
    cross join lateral (
      select * from draw_entries i
      where i.draw_id = d.id and i.consumer_id = ${consumerId} and i.status = 'ENTERED' limit 1
    ) e
    left join admissions a on a.entry_id = e.entry_id
    where d.organization_id = ${organizationId} and d.is_live = ${isLive} and d.deleted_at is null
      and d.cancelled_at is null and o.voided_at is null
      and (o.published_at is null or (a.status = 'ADMITTED' and a.release_at > stanchion_now())
        -- Has lost, and may win a seat that comes free yet.
        or (a.entry_id is null and d.backfill and o.due_at is not null))`.execute(db);
  return found.rows;
}

/** Writes whose device each place is from now on, as hex. */
export async function movePlaces(
  db: Db,
  { organizationId }: Tenant,
  places: readonly (Pick<LivePlace, "entryId" | "kind"> & { readonly device: string | null })[],
): Promise<void> {
  for (const [kind, table, owner] of [
    ["queue", "entries", "queue_id"],
    ["draw", "draw_entries", "draw_id"],
  ] as const) {
    const moved = places.filter((place) => place.kind === kind);
    if (moved.length === 0) continue;
    await sql`
      update ${sql.table(table)} e set device = decode(x.device, 'hex')
      from unnest(${moved.map(({ entryId }) => entryId)}::uuid[], ${moved.map(({ device }) => device)}::text[])
        as x(entry_id, device), owners o
      where e.entry_id = x.entry_id and o.id = e.${sql.ref(owner)} and o.organization_id = ${organizationId}`.execute(
      db,
    );
  }
}
