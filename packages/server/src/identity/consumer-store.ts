import { decodeId } from "@stanchion/contract";
import { type Insertable, type Kysely, sql, type Updateable } from "kysely";
import type { Database, Tables } from "../platform/database/index.ts";
import { type ListCursor, likePattern, olderThan, type Tenant } from "../platform/http/index.ts";
import type { ActiveEntryRow, ConsumerRow, Metadata } from "./consumer.ts";

type Db = Kysely<Tables>;

/** Undefined, and nothing inserted, where the id is taken, by whomever. */
export async function insertConsumer(
  db: Db,
  values: Insertable<Tables["consumers"]>,
): Promise<ConsumerRow | undefined> {
  return db
    .insertInto("consumers")
    .values(values)
    .onConflict((conflict) => conflict.column("id").doNothing())
    .returningAll()
    .executeTakeFirst();
}

/** What is to be known of somebody new. */
export interface NewConsumer {
  readonly id: string;
  readonly email: string | null;
  readonly name: string | null;
  readonly metadata: Metadata;
  readonly isEmailLinkable: boolean;
}

/** Inserts those whose id and address are free, and answers them. */
export async function insertConsumers(
  db: Db,
  { organizationId, isLive }: Tenant,
  consumers: readonly NewConsumer[],
  now: Date,
): Promise<ConsumerRow[]> {
  if (consumers.length === 0) return [];
  const rows = consumers.map(({ id, email, name, metadata, isEmailLinkable }) => ({
    id,
    organizationId,
    isLive,
    email,
    name,
    metadata: JSON.stringify(metadata),
    isEmailLinkable,
    createdAt: now,
    updatedAt: now,
  }));
  return db
    .insertInto("consumers")
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .execute();
}

/** The organization's consumers with these ids, of either mode, and deleted or not. */
export async function findConsumersById(
  db: Db,
  { organizationId }: Tenant,
  ids: readonly string[],
): Promise<ConsumerRow[]> {
  if (ids.length === 0) return [];
  return db
    .selectFrom("consumers")
    .selectAll()
    .where("organizationId", "=", organizationId)
    .where("id", "in", ids)
    .execute();
}

export async function findConsumersByEmail(
  db: Db,
  tenant: Tenant,
  emails: readonly string[],
): Promise<ConsumerRow[]> {
  return emails.length === 0 ? [] : consumersOf(db, tenant).where("email", "in", emails).execute();
}

export async function findConsumer(db: Db, tenant: Tenant, id: string): Promise<ConsumerRow | undefined> {
  return consumersOf(db, tenant).where("id", "=", id).executeTakeFirst();
}

export async function lockConsumer(db: Db, tenant: Tenant, id: string): Promise<ConsumerRow | undefined> {
  return consumersOf(db, tenant).where("id", "=", id).forUpdate().executeTakeFirst();
}

/** A consumer on record, deleted or not. */
export async function findRecord(db: Db, tenant: Tenant, id: string): Promise<ConsumerRow | undefined> {
  return recordsOf(db, tenant).where("id", "=", id).executeTakeFirst();
}

export async function lockRecord(db: Db, tenant: Tenant, id: string): Promise<ConsumerRow | undefined> {
  return recordsOf(db, tenant).where("id", "=", id).forUpdate().executeTakeFirst();
}

export async function lockConsumerByEmail(
  db: Db,
  tenant: Tenant,
  email: string,
): Promise<ConsumerRow | undefined> {
  return consumersOf(db, tenant).where("email", "=", email).forUpdate().executeTakeFirst();
}

export async function isEmailTaken(
  db: Db,
  tenant: Tenant,
  email: string,
  exceptId: string,
): Promise<boolean> {
  const found = await consumersOf(db, tenant)
    .where("email", "=", email)
    .where("id", "<>", exceptId)
    .executeTakeFirst();
  return found !== undefined;
}

export async function listConsumers(
  db: Db,
  tenant: Tenant,
  filter: {
    limit: number;
    after: ListCursor | null;
    search?: string | undefined;
    email?: string | undefined;
  },
): Promise<ConsumerRow[]> {
  const { after, search, email } = filter;
  let query = consumersOf(db, tenant);
  if (after !== null) query = query.where(olderThan(after));
  if (search !== undefined) query = query.where(searchedBy(tenant, search));
  if (email !== undefined) query = query.where("email", "=", email);
  return query.orderBy("createdAt", "desc").orderBy("id", "desc").limit(filter.limit).execute();
}

const accountsSearchedMax = 1_000;
/** The index of names and addresses knows runs of three characters. */
const anywhereCharactersMin = 3;

/**
 * A text anywhere in the name or the address; one of less than three characters where a word of the name or the address
 * begins. Or how the id in an outside account begins, as it is written; or the consumer's own id.
 */
function searchedBy({ organizationId, isLive }: Tenant, search: string) {
  const anywhere = likePattern(search);
  const begins = anywhere.slice(1);
  const named =
    [...search].length < anywhereCharactersMin
      ? sql`name ilike ${begins} or name ilike ${`% ${begins}`} or email ilike ${begins}`
      : sql`name ilike ${anywhere} or email ilike ${anywhere}`;
  return sql<boolean>`(${named} or id = ${decodeId("consumer", search)}::uuid or id = any (array(
    select a.consumer_id from external_accounts a
    where a.organization_id = ${organizationId} and a.is_live = ${isLive} and a.subject like ${begins}
    limit ${accountsSearchedMax})))`;
}

export async function updateConsumer(
  db: Db,
  tenant: Tenant,
  id: string,
  values: Updateable<Tables["consumers"]>,
): Promise<ConsumerRow> {
  return db
    .updateTable("consumers")
    .set({ ...values, version: sql<number>`version + 1` })
    .where("organizationId", "=", tenant.organizationId)
    .where("isLive", "=", tenant.isLive)
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Somebody signs in as this consumer: it awaits nobody any more, and by a code its address has been shown to be theirs. */
export async function noteSignIn(db: Db, row: ConsumerRow, shows: "address" | "account"): Promise<void> {
  const isEmailLinkable = row.isEmailLinkable || shows === "address";
  if (!row.awaitsPerson && isEmailLinkable === row.isEmailLinkable) return;
  await db
    .updateTable("consumers")
    .set({ awaitsPerson: false, isEmailLinkable })
    .where("organizationId", "=", row.organizationId)
    .where("isLive", "=", row.isLive)
    .where("id", "=", row.id)
    .execute();
}

/** Removes the row of somebody who has never been here. */
export async function dropConsumer(db: Db, tenant: Tenant, id: string): Promise<void> {
  await db
    .deleteFrom("consumers")
    .where("organizationId", "=", tenant.organizationId)
    .where("isLive", "=", tenant.isLive)
    .where("id", "=", id)
    .where("awaitsPerson", "=", true)
    .execute();
}

export async function deleteConsumer(db: Db, tenant: Tenant, id: string): Promise<void> {
  // By the database's clock, since every process asks by it who was deleted lately.
  await db
    .updateTable("consumers")
    .set({ deletedAt: sql<Date>`stanchion_now()`, version: sql<number>`version + 1` })
    .where("organizationId", "=", tenant.organizationId)
    .where("isLive", "=", tenant.isLive)
    .where("id", "=", id)
    .execute();
}

export interface DeletedConsumer {
  readonly id: string;
  readonly organizationId: string;
  readonly isLive: boolean;
}

/** The consumers deleted in the last so many seconds. */
export async function findDeletedConsumers(
  database: Database,
  withinSeconds: number,
): Promise<readonly DeletedConsumer[]> {
  return database.kysely
    .selectFrom("consumers")
    .select(["id", "organizationId", "isLive"])
    .where("deletedAt", ">", sql<Date>`stanchion_now() - make_interval(secs => ${withinSeconds})`)
    .execute();
}

/** Where a consumer takes part, the newest first. */
export async function listActiveEntries(db: Db, tenant: Tenant, id: string): Promise<ActiveEntryRow[]> {
  const found = [
    ...(await listActiveStays(db, tenant, id)),
    ...(await listActiveDrawEntries(db, tenant, id)),
  ];
  return found.sort((a, b) => b.enteredAt.getTime() - a.enteredAt.getTime());
}

/** Where a consumer waits or holds an admission. One look into the index of live entries for each queue there is. */
export async function listActiveStays(db: Db, tenant: Tenant, id: string): Promise<ActiveEntryRow[]> {
  const found = await sql<ActiveEntryRow>`
    select e.entry_id as "entryId", e.queue_id as "distributionId", e.status, e.entered_at as "enteredAt"
    from queues q
    join lines l on l.queue_id = q.id
    cross join lateral (
      select * from entries i
      where i.queue_id = q.id and i.consumer_id = ${id} and i.status in ('QUEUED', 'ADMITTED') limit 1
    ) e
    where q.organization_id = ${tenant.organizationId} and q.is_live = ${tenant.isLive} and q.deleted_at is null
      and not (e.status = 'QUEUED' and e.ticket <= coalesce(l.ended_ticket, 0))
    order by e.entered_at desc, e.entry_id desc`.execute(db);
  return found.rows;
}

/** The draws that a consumer is in and that are still to come. One look into the index of live entries for each draw there is. */
async function listActiveDrawEntries(db: Db, tenant: Tenant, id: string): Promise<ActiveEntryRow[]> {
  const found = await sql<ActiveEntryRow>`
    select e.entry_id as "entryId", e.draw_id as "distributionId", e.status::text as status, e.entered_at as "enteredAt"
    from draws d
    cross join lateral (
      select * from draw_entries i
      where i.draw_id = d.id and i.consumer_id = ${id} and i.status = 'ENTERED' limit 1
    ) e
    where d.organization_id = ${tenant.organizationId} and d.is_live = ${tenant.isLive} and d.deleted_at is null
      and d.cancelled_at is null and d.draw_at > stanchion_now()
    order by e.entered_at desc, e.entry_id desc`.execute(db);
  return found.rows;
}

function consumersOf(db: Db, tenant: Tenant) {
  return recordsOf(db, tenant).where("deletedAt", "is", null);
}

function recordsOf(db: Db, tenant: Tenant) {
  return db
    .selectFrom("consumers")
    .selectAll()
    .where("organizationId", "=", tenant.organizationId)
    .where("isLive", "=", tenant.isLive);
}
