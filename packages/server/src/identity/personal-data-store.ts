import { type EntryStatus, limits } from "@stanchion/contract";
import { type Kysely, type Selectable, sql } from "kysely";
import type { Tables } from "../platform/database/index.ts";
import type { Tenant } from "../platform/http/index.ts";
import type { ConsumerRow } from "./consumer.ts";

type Db = Kysely<Tables>;

/** One stay in a queue, with what came of it. */
export interface StayRow {
  readonly entryId: string;
  readonly queueId: string;
  readonly queueName: string;
  readonly status: EntryStatus;
  readonly ticket: string;
  readonly enteredAt: Date;
  readonly endedAt: Date | null;
  readonly reason: string | null;
  readonly isBlocked: boolean;
  readonly device: Buffer | null;
  readonly salt: Buffer | null;
  readonly subject: Buffer | null;
  readonly requestId: string;
  /** The mail about the turn, where one was asked for. */
  readonly turnMail: {
    readonly language: string;
    readonly requestedAt: string;
    readonly sentAt: string | null;
  } | null;
  readonly admission: {
    readonly id: string;
    readonly status: EntryStatus;
    readonly admittedAt: string;
    readonly expiresAt: string;
    readonly completedAt: string | null;
    readonly orderId: string | null;
  } | null;
}

/** Every stay of a consumer, in deleted queues too: two looks into indexes for each queue there is. */
const staysOf = ({ organizationId, isLive }: Tenant, consumerId: string) => sql`
  select e.*, q.name as queue_name
  from queues q cross join lateral (
    select * from entries i
    where i.queue_id = q.id and i.consumer_id = ${consumerId} and i.status in ('QUEUED', 'ADMITTED')
    union all
    select * from entries i
    where i.queue_id = q.id and i.consumer_id = ${consumerId} and i.status not in ('QUEUED', 'ADMITTED')
  ) e
  where q.organization_id = ${organizationId} and q.is_live = ${isLive}`;

/** The newest stays, one more than an export holds. */
export async function listStays(db: Db, tenant: Tenant, consumerId: string): Promise<StayRow[]> {
  const found = await sql<StayRow>`
    with stays as (${staysOf(tenant, consumerId)})
    select s.entry_id as "entryId", s.queue_id as "queueId", s.queue_name as "queueName", s.ticket,
      case when s.status = 'QUEUED' and s.ticket <= coalesce(l.ended_ticket, 0) then 'DENIED' else s.status end as status,
      s.entered_at as "enteredAt", s.ended_at as "endedAt", s.reason, s.is_blocked as "isBlocked", s.device, s.salt, s.subject,
      s.request_id as "requestId",
      case when t.entry_id is null then null else json_build_object('language', t.language, 'requestedAt', t.requested_at,
        'sentAt', case when t.status = 'SENT' then t.ended_at end)
      end as "turnMail",
      case when a.admission_id is null then null else json_build_object('id', a.admission_id, 'status', a.status,
        'admittedAt', a.admitted_at, 'expiresAt', a.expires_at, 'completedAt', a.completed_at, 'orderId', a.order_id)
      end as admission
    from stays s
    left join lines l on l.queue_id = s.queue_id
    left join admissions a on a.entry_id = s.entry_id
    left join turn_mails t on t.entry_id = s.entry_id and t.organization_id = ${tenant.organizationId}
    order by s.entered_at desc, s.entry_id desc
    limit ${limits.exportedEntriesMax + 1}`.execute(db);
  return found.rows;
}

/** Takes from a consumer's stays what could tell who it was; what remains are numbers and times. Answers how many there are. */
export async function blankStays(db: Db, tenant: Tenant, consumerId: string): Promise<number> {
  await sql`
    with stays as (${staysOf(tenant, consumerId)})
    update entries e set device = null, reason = null, salt = null
    from stays s where e.entry_id = s.entry_id and (e.device is not null or e.reason is not null or e.salt is not null)`.execute(
    db,
  );
  const counted = await sql<{ kept: number }>`
    with stays as (${staysOf(tenant, consumerId)}), blanked as (
      update admissions a set order_id = null
      from stays s where a.entry_id = s.entry_id and a.order_id is not null
    )
    select count(*)::int as kept from stays`.execute(db);
  return counted.rows[0]?.kept ?? 0;
}

export async function listSessions(
  db: Db,
  { organizationId, isLive }: Tenant,
  consumerId: string,
): Promise<Selectable<Tables["sessions"]>[]> {
  return db
    .selectFrom("sessions")
    .selectAll()
    .where("organizationId", "=", organizationId)
    .where("isLive", "=", isLive)
    .where("consumerId", "=", consumerId)
    .orderBy("rotatedAt", "desc")
    .execute();
}

/** They are over with their consumer, whose row says so. */
export async function deleteSessions(
  db: Db,
  { organizationId, isLive }: Tenant,
  consumerId: string,
): Promise<void> {
  await db
    .deleteFrom("sessions")
    .where("organizationId", "=", organizationId)
    .where("isLive", "=", isLive)
    .where("consumerId", "=", consumerId)
    .execute();
}

/** Answers that were kept for repeats and hold what is personal of this consumer. */
export async function deleteKeptAnswers(db: Db, consumerId: string): Promise<void> {
  await sql`delete from idempotency_keys
    where consumer_ids is not null and consumer_ids @> array[${consumerId}::uuid]`.execute(db);
}

export async function deleteOneTimeCode(db: Db, addressKey: Buffer): Promise<void> {
  await sql`delete from one_time_codes where address_key = ${addressKey}`.execute(db);
}

/** Leaves of a consumer the id, the times and the fact. Repeating changes nothing. */
export async function blankConsumer(db: Db, tenant: Tenant, id: string): Promise<ConsumerRow> {
  return db
    .updateTable("consumers")
    .set({
      email: null,
      name: null,
      metadata: "{}",
      isEmailLinkable: false,
      awaitsPerson: false,
      // By the database's clock, since every process asks by it who was deleted lately.
      deletedAt: sql<Date>`coalesce(deleted_at, stanchion_now())`,
      updatedAt: sql<Date>`coalesce(erased_at, stanchion_now())`,
      erasedAt: sql<Date>`coalesce(erased_at, stanchion_now())`,
      version: sql<number>`case when erased_at is null then version + 1 else version end`,
    })
    .where("organizationId", "=", tenant.organizationId)
    .where("isLive", "=", tenant.isLive)
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirstOrThrow();
}
