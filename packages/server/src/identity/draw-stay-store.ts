import { type DrawEntryStatus, limits, type RemovalReason } from "@stanchion/contract";
import { type Kysely, sql } from "kysely";
import type { Tables } from "../platform/database/index.ts";
import type { Tenant } from "../platform/http/index.ts";
import type { StayRow } from "./personal-data-store.ts";

type Db = Kysely<Tables>;

/** One entry in a draw, with what the receipt rests on. */
export interface DrawStayRow {
  readonly entryId: string;
  readonly drawId: string;
  readonly drawName: string;
  readonly status: DrawEntryStatus;
  readonly number: string;
  readonly level: number;
  readonly enteredAt: Date;
  readonly endedAt: Date | null;
  readonly reason: RemovalReason | null;
  readonly device: Buffer | null;
  readonly salt: Buffer | null;
  readonly subject: Buffer;
  readonly requestId: string;
  /** What it had where it won. */
  readonly admission: StayRow["admission"];
}

/** Every entry of a consumer, in deleted draws too: two looks into indexes for each draw there is. */
const entriesOf = ({ organizationId, isLive }: Tenant, consumerId: string) => sql`
  select e.*, d.name as draw_name
  from draws d cross join lateral (
    select * from draw_entries i where i.draw_id = d.id and i.consumer_id = ${consumerId} and i.status = 'ENTERED'
    union all
    select * from draw_entries i where i.draw_id = d.id and i.consumer_id = ${consumerId} and i.status <> 'ENTERED'
  ) e
  where d.organization_id = ${organizationId} and d.is_live = ${isLive}`;

/** What a draw's own answers call an entry. */
const statusOfStay = sql`
  case
    when s.status in ('REMOVED', 'ERASED') then 'DENIED'
    when s.status = 'LEFT' or o.published_at is null then s.status::text
    when a.admission_id is null then 'LOST'
    when a.status <> 'ADMITTED' then a.status::text
    when a.release_at <= stanchion_now() then 'EXPIRED'
    else 'WON'
  end`;

/** The newest entries, one more than an export holds. */
export async function listDrawStays(db: Db, tenant: Tenant, consumerId: string): Promise<DrawStayRow[]> {
  const found = await sql<DrawStayRow>`
    with stays as (${entriesOf(tenant, consumerId)})
    select s.entry_id as "entryId", s.draw_id as "drawId", s.draw_name as "drawName", ${statusOfStay} as status, s.number, s.level,
      s.entered_at as "enteredAt", s.ended_at as "endedAt", s.reason, s.device, s.salt, s.subject, s.request_id as "requestId",
      case when a.admission_id is null then null else json_build_object('id', a.admission_id, 'status', a.status,
        'admittedAt', a.admitted_at, 'expiresAt', a.expires_at, 'completedAt', a.completed_at, 'orderId', a.order_id)
      end as admission
    from stays s join draw_outcomes o on o.draw_id = s.draw_id left join admissions a on a.entry_id = s.entry_id order by s.entered_at desc, s.entry_id desc
    limit ${limits.exportedEntriesMax + 1}`.execute(db);
  return found.rows;
}

/** Gives every entry of a consumer in the tenant's draws to another, with the wins; what was hashed and signed names the one who entered. */
export async function moveDrawStays(db: Db, tenant: Tenant, fromId: string, toId: string): Promise<void> {
  await sql`
    with stays as (${entriesOf(tenant, fromId)}), moved as (
      update draw_entries e set consumer_id = ${toId}, consumer_at_entry = coalesce(e.consumer_at_entry, e.consumer_id)
      from stays s where e.entry_id = s.entry_id returning e.entry_id
    )
    update admissions set consumer_id = ${toId} where entry_id in (select entry_id from moved)`.execute(db);
}

/**
 * Takes a consumer out of every draw whose list stands open still, and takes from all entries what could tell who it was. What
 * remains in a frozen list is a hash that names nobody without its salt. Answers how many entries there are.
 */
export async function blankDrawStays(db: Db, tenant: Tenant, consumerId: string): Promise<number> {
  const lists = await sql`
    with stays as (${entriesOf(tenant, consumerId)})
    select 1 from draw_lists l where l.draw_id in (select s.draw_id from stays s where s.status = 'ENTERED')
    order by l.draw_id for update`.execute(db);
  if (lists.rows.length > 0) await takeOutOfOpenDraws(db, tenant, consumerId);
  const counted = await sql<{ kept: number }>`
    with stays as (${entriesOf(tenant, consumerId)}), blanked as (
      update draw_entries e set device = null, salt = null from stays s where e.entry_id = s.entry_id
    ), without_orders as (
      update admissions a set order_id = null from stays s where a.entry_id = s.entry_id and a.order_id is not null
    )
    select count(*)::int as kept from stays`.execute(db);
  return counted.rows[0]?.kept ?? 0;
}

/** By statements of its own, which see what was committed while the lists' locks were waited for. */
async function takeOutOfOpenDraws(db: Db, tenant: Tenant, consumerId: string): Promise<void> {
  await sql`
    with stays as (${entriesOf(tenant, consumerId)}), erased as (
      update draw_entries e set status = 'ERASED', ended_at = stanchion_now()
      from stays s, draws d, draw_lists l
      where e.entry_id = s.entry_id and s.status = 'ENTERED' and d.id = s.draw_id and l.draw_id = s.draw_id
        and d.organization_id = ${tenant.organizationId} and d.close_at > stanchion_now() and l.frozen_at is null
        and d.cancelled_at is null
      returning e.draw_id
    )
    update draw_lists l set removed = l.removed + 1 from erased r where l.draw_id = r.draw_id`.execute(db);
}
