import type { EntryStatus } from "@stanchion/contract";
import { type Kysely, sql } from "kysely";
import type pg from "pg";
import { type GivenDevice, keptDevice } from "../../admissions/index.ts";
import { plainArray, type Tables } from "../../platform/database/index.ts";

export interface EntryRow {
  readonly entryId: string;
  readonly queueId: string;
  readonly consumerId: string;
  readonly ticket: number;
  /** Null where the order was not drawn yet. */
  readonly aheadAtEntry: number | null;
  readonly waitAtEntry: number | null;
  readonly enteredAtMs: number;
  readonly status: EntryStatus;
  readonly requestId: string;
  /** What is kept of the device that took it. */
  readonly device: Buffer | null;
  readonly admissionId: string | null;
  readonly admittedAtMs: number | null;
  readonly expiresAtMs: number | null;
  readonly releaseAtMs: number | null;
  readonly databaseNowMs: number;
}

/** An entry with what its receipt tells. */
export interface ReceiptRow extends EntryRow {
  /** Whom the subject and the receipts name. */
  readonly consumerAtEntry: string;
  readonly level: number;
  /** Null once the consumer was erased; both are null for entries of before there were receipts. */
  readonly salt: Buffer | null;
  readonly subject: Buffer | null;
  /** Null in queues of before there were rules. */
  readonly rulesHash: Buffer | null;
  readonly logSize: number;
  readonly logRoot: Buffer;
}

const entryColumns = `
  e.entry_id as "entryId", e.queue_id as "queueId", e.consumer_id as "consumerId", e.ticket, e.ahead_at_entry as "aheadAtEntry",
  e.wait_at_entry as "waitAtEntry", (extract(epoch from e.entered_at) * 1000)::bigint as "enteredAtMs", e.status,
  e.request_id as "requestId", e.device,
  a.admission_id as "admissionId", (extract(epoch from a.admitted_at) * 1000)::bigint as "admittedAtMs",
  (extract(epoch from a.expires_at) * 1000)::bigint as "expiresAtMs",
  (extract(epoch from a.release_at) * 1000)::bigint as "releaseAtMs",
  (extract(epoch from stanchion_now()) * 1000)::double precision as "databaseNowMs"`;

export interface EntryQuestion {
  readonly queueId: string;
  readonly consumerId: string;
}

const receiptColumns = `
  coalesce(e.consumer_at_entry, e.consumer_id) as "consumerAtEntry", e.level, e.salt, e.subject, q.rules_hash as "rulesHash"`;

// The live stay if there is one, else the latest of the past ones.
const latestFrom = `
  from unnest($1::uuid[], $2::uuid[]) with ordinality as i(queue_id, consumer_id, ord)
  cross join lateral (
    (select * from entries live where live.queue_id = i.queue_id and live.consumer_id = i.consumer_id and live.status in ('QUEUED', 'ADMITTED') limit 1)
    union all
    (select * from entries past where past.queue_id = i.queue_id and past.consumer_id = i.consumer_id and past.status not in ('QUEUED', 'ADMITTED') order by past.ticket desc limit 1)
    limit 1
  ) e
  left join admissions a on a.entry_id = e.entry_id`;
const latestText = `select i.ord::int as "ord", ${entryColumns} ${latestFrom}`;
const receiptedText = `
  select i.ord::int as "ord", ${entryColumns}, ${receiptColumns}, f.size as "logSize", f.root as "logRoot" ${latestFrom}
  join queues q on q.id = e.queue_id
  left join fairness_logs f on f.organization_id = q.organization_id and f.is_live = q.is_live`;

/** The latest stay of each consumer in each queue, in the order of the questions; null where there is none. */
export function findLatestEntries(
  pool: pg.Pool,
  questions: readonly EntryQuestion[],
): Promise<(EntryRow | null)[]> {
  return findLatest<EntryRow>(pool, { name: "find_latest_entries", text: latestText }, questions);
}

/** As {@link findLatestEntries}, with what receipts tell and the log as it is now. */
export function findReceiptedEntries(
  pool: pg.Pool,
  questions: readonly EntryQuestion[],
): Promise<(ReceiptRow | null)[]> {
  return findLatest<ReceiptRow>(pool, { name: "find_receipted_entries", text: receiptedText }, questions);
}

async function findLatest<Row>(
  pool: pg.Pool,
  query: { readonly name: string; readonly text: string },
  questions: readonly EntryQuestion[],
): Promise<(Row | null)[]> {
  const { rows } = await pool.query<Row & { ord: number }>({
    ...query,
    values: [
      plainArray(questions, (question) => question.queueId),
      plainArray(questions, (question) => question.consumerId),
    ],
  });
  const answers: (Row | null)[] = questions.map(() => null);
  for (const row of rows) answers[row.ord - 1] = row;
  return answers;
}

export async function findEntriesById(
  pool: pg.Pool,
  entryIds: readonly string[],
): Promise<Map<string, EntryRow>> {
  const { rows } = await pool.query<EntryRow>({
    name: "find_entries_by_id",
    text: `select ${entryColumns} from entries e left join admissions a on a.entry_id = e.entry_id where e.entry_id = any ($1::uuid[])`,
    values: [entryIds],
  });
  return new Map(rows.map((row) => [row.entryId, row]));
}

/** A member of a group that was signed together, with the log as the group saw it. */
export interface GroupMemberRow
  extends Pick<
    ReceiptRow,
    | "entryId"
    | "queueId"
    | "consumerAtEntry"
    | "ticket"
    | "level"
    | "salt"
    | "subject"
    | "enteredAtMs"
    | "rulesHash"
    | "logSize"
    | "logRoot"
  > {
  readonly firstTicket: number;
}

const groupsText = `
  select g.first_ticket as "firstTicket", g.log_size as "logSize", g.log_root as "logRoot", e.entry_id as "entryId",
    e.queue_id as "queueId", e.ticket, (extract(epoch from e.entered_at) * 1000)::bigint as "enteredAtMs", ${receiptColumns}
  from (
    select distinct found.queue_id, found.first_ticket
    from unnest($1::uuid[], $2::bigint[]) as i(queue_id, ticket)
    cross join lateral (
      select g.queue_id, g.first_ticket from line_groups g
      where g.queue_id = i.queue_id and g.first_ticket <= i.ticket and g.first_ticket + g.size > i.ticket
      order by g.first_ticket desc limit 1
    ) found
  ) asked
  join line_groups g on g.queue_id = asked.queue_id and g.first_ticket = asked.first_ticket
  join queues q on q.id = g.queue_id
  join entries e on e.queue_id = g.queue_id and e.ticket >= g.first_ticket and e.ticket < g.first_ticket + g.size
  order by g.queue_id, e.ticket`;

/** Everybody of the groups in which these entries were written, in their order, as far as the groups are kept. */
export async function findGroupsOf(
  pool: pg.Pool,
  entries: readonly Pick<EntryRow, "queueId" | "ticket">[],
): Promise<GroupMemberRow[]> {
  const { rows } = await pool.query<GroupMemberRow>({
    name: "find_line_groups",
    text: groupsText,
    values: [
      plainArray(entries, ({ queueId }) => queueId),
      plainArray(entries, ({ ticket }) => String(ticket)),
    ],
  });
  return rows;
}

/** The latest stay as an open transaction sees it. */
export async function findLatestEntryIn(
  db: Kysely<Tables>,
  queueId: string,
  consumerId: string,
): Promise<EntryRow | undefined> {
  const found = await sql<EntryRow>`
    select ${sql.raw(entryColumns)} from (
      (select * from entries live where live.queue_id = ${queueId} and live.consumer_id = ${consumerId} and live.status in ('QUEUED', 'ADMITTED') limit 1)
      union all
      (select * from entries past where past.queue_id = ${queueId} and past.consumer_id = ${consumerId} and past.status not in ('QUEUED', 'ADMITTED') order by past.ticket desc limit 1)
      limit 1
    ) e left join admissions a on a.entry_id = e.entry_id`.execute(db);
  return found.rows[0];
}

/** The entry of an admission. */
export async function findAdmission(db: Kysely<Tables>, admissionId: string): Promise<EntryRow | undefined> {
  const found = await sql<EntryRow>`
    select ${sql.raw(entryColumns)}
    from admissions a join entries e on e.entry_id = a.entry_id where a.admission_id = ${admissionId}`.execute(
    db,
  );
  return found.rows[0];
}

/** Notes what a device sends now that has proved by its key to be the entry's: it is what the shop's check will ask for. */
export async function noteDevice(
  pool: pg.Pool,
  { entryId, queueId, device: before }: Pick<EntryRow, "entryId" | "queueId" | "device">,
  device: GivenDevice,
): Promise<void> {
  const kept = Buffer.from(keptDevice(queueId, device) ?? "", "hex");
  // As it was read: the entry may have been carried to another device since.
  const text = "update entries set device = $2 where entry_id = $1 and device is not distinct from $3";
  await pool.query(text, [entryId, kept, before]);
}

/** Writes the end of an admission whose time and grace are over; its place is counted as free when the controller settles it. */
export async function expireEntry(pool: pg.Pool, entryId: string): Promise<void> {
  await pool.query(
    `update entries e set status = 'EXPIRED', ended_at = stanchion_now() from admissions a
     where e.entry_id = $1 and e.status = 'ADMITTED' and a.entry_id = e.entry_id and a.release_at <= stanchion_now()`,
    [entryId],
  );
}
