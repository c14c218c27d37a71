import type { DrawStatus, EntryLevel, RemovalReason } from "@stanchion/contract";
import { type Kysely, sql } from "kysely";
import type pg from "pg";
import { type GivenDevice, keptDevice } from "../../admissions/index.ts";
import { plainArray, type Tables } from "../../platform/database/index.ts";
import type { Tenant } from "../../platform/http/index.ts";

/** What is read of a draw to judge calls. Times in ms since 1970 by the database's clock. */
export interface DrawViewRow {
  readonly organizationId: string;
  readonly isLive: boolean;
  readonly name: string;
  readonly experienceId: string;
  readonly experienceVersion: number;
  readonly openAtMs: number | null;
  readonly closeAtMs: number;
  readonly isCancelled: boolean;
  readonly capacity: number | null;
  readonly entryLevel: EntryLevel;
  readonly requireFingerprint: boolean;
  readonly checkoutUrl: string | null;
  readonly databaseNowMs: number;
}

const readViewText = `
  select r.organization_id as "organizationId", r.is_live as "isLive", d.name, d.experience_id as "experienceId",
    e.version as "experienceVersion", (extract(epoch from r.open_at) * 1000)::bigint as "openAtMs",
    (extract(epoch from r.close_at) * 1000)::bigint as "closeAtMs", r.cancelled_at is not null as "isCancelled", r.capacity,
    r.entry_level as "entryLevel", r.require_fingerprint as "requireFingerprint", d.checkout_url as "checkoutUrl",
    (extract(epoch from stanchion_now()) * 1000)::double precision as "databaseNowMs"
  from draw_entry_rules r join draws d on d.id = r.id join experiences e on e.id = d.experience_id
  where r.id = $1 and r.deleted_at is null`;

export async function readDrawView(pool: pg.Pool, drawId: string): Promise<DrawViewRow | undefined> {
  const { rows } = await pool.query<DrawViewRow>({
    name: "read_draw_view",
    text: readViewText,
    values: [drawId],
  });
  return rows[0];
}

/** An entry, with the log of its organization as it is when the entry is read: a receipt tells of both. */
export interface DrawEntryRow {
  readonly entryId: string;
  readonly drawId: string;
  readonly consumerId: string;
  /** Whom the subject and the receipts name. */
  readonly consumerAtEntry: string;
  readonly number: number;
  readonly level: number;
  /** Null once the consumer was erased. */
  readonly salt: Buffer | null;
  readonly subject: Buffer;
  readonly enteredAtMs: number;
  readonly status: "ENTERED" | "LEFT" | "REMOVED" | "ERASED";
  readonly reason: RemovalReason | null;
  readonly device: Buffer | null;
  readonly requestId: string;
  readonly drawStatus: DrawStatus;
  /** Whether the draw's result is published. */
  readonly isDrawn: boolean;
  /** The entry's admission, where it has won. */
  readonly admissionId: string | null;
  readonly admissionStatus: "ADMITTED" | "COMPLETED" | "EXPIRED" | "DENIED" | "LEFT" | null;
  readonly admittedAtMs: number | null;
  readonly expiresAtMs: number | null;
  readonly releaseAtMs: number | null;
  readonly seat: number | null;
  readonly databaseNowMs: number;
  readonly rulesHash: Buffer;
  readonly logSize: number;
  readonly logRoot: Buffer;
}

/** The state of a draw in SQL, where the draw is `d` and its outcome `o`. @param experience what its experience is called there */
export function drawStatusText(experience: string): string {
  return `case when d.cancelled_at is not null then 'CANCELLED' when o.voided_at is not null then 'VOID'
    when o.published_at is not null then 'COMPLETED' when least(d.close_at, ${experience}.close_at) <= stanchion_now() then 'CLOSED'
    when d.open_at > stanchion_now() then 'SCHEDULED' else 'OPEN' end`;
}

const entryColumns = `
  e.entry_id as "entryId", e.draw_id as "drawId", e.consumer_id as "consumerId",
  coalesce(e.consumer_at_entry, e.consumer_id) as "consumerAtEntry", e.number, e.level, e.salt, e.subject,
  (extract(epoch from e.entered_at) * 1000)::bigint as "enteredAtMs", e.status, e.reason, e.device, e.request_id as "requestId",
  o.published_at is not null as "isDrawn", a.admission_id as "admissionId", a.status as "admissionStatus", a.seat,
  (extract(epoch from a.admitted_at) * 1000)::bigint as "admittedAtMs",
  (extract(epoch from a.expires_at) * 1000)::bigint as "expiresAtMs",
  (extract(epoch from a.release_at) * 1000)::bigint as "releaseAtMs",
  (extract(epoch from stanchion_now()) * 1000)::double precision as "databaseNowMs",
  d.rules_hash as "rulesHash", f.size as "logSize", f.root as "logRoot", ${drawStatusText("x")} as "drawStatus"`;
const entryTables = `
  join draws d on d.id = e.draw_id
  join experiences x on x.id = d.experience_id
  join draw_outcomes o on o.draw_id = e.draw_id
  left join admissions a on a.entry_id = e.entry_id
  join fairness_logs f on f.organization_id = d.organization_id and f.is_live = d.is_live`;

// The live one if there is one, else the latest of the past ones.
const latestOf = (drawId: string, consumerId: string): string => `
    (select * from draw_entries live where live.draw_id = ${drawId} and live.consumer_id = ${consumerId} and live.status = 'ENTERED' limit 1)
    union all
    (select * from draw_entries past where past.draw_id = ${drawId} and past.consumer_id = ${consumerId} and past.status <> 'ENTERED' order by past.number desc limit 1)
    limit 1`;

const latestText = `
  select i.ord::int as "ord", ${entryColumns}
  from unnest($1::uuid[], $2::uuid[]) with ordinality as i(draw_id, consumer_id, ord)
  cross join lateral (${latestOf("i.draw_id", "i.consumer_id")}) e ${entryTables}`;

export interface DrawEntryQuestion {
  readonly drawId: string;
  readonly consumerId: string;
}

/** The latest entry of each consumer in each draw, in the order of the questions; null where there is none. */
export async function findLatestDrawEntries(
  pool: pg.Pool,
  questions: readonly DrawEntryQuestion[],
): Promise<(DrawEntryRow | null)[]> {
  const { rows } = await pool.query<DrawEntryRow & { ord: number }>({
    name: "find_latest_draw_entries",
    text: latestText,
    values: [
      plainArray(questions, (question) => question.drawId),
      plainArray(questions, (question) => question.consumerId),
    ],
  });
  const answers: (DrawEntryRow | null)[] = questions.map(() => null);
  for (const row of rows) answers[row.ord - 1] = row;
  return answers;
}

export async function findDrawEntriesById(
  pool: pg.Pool,
  entryIds: readonly string[],
): Promise<(DrawEntryRow | null)[]> {
  const { rows } = await pool.query<DrawEntryRow>({
    name: "find_draw_entries_by_id",
    text: `select ${entryColumns} from draw_entries e ${entryTables} where e.entry_id = any ($1::uuid[])`,
    values: [entryIds],
  });
  const byId = new Map(rows.map((row) => [row.entryId, row]));
  return entryIds.map((entryId) => byId.get(entryId) ?? null);
}

/** A member of a group that was signed together, with the log as the group saw it. */
export interface GroupMemberRow
  extends Pick<
    DrawEntryRow,
    | "entryId"
    | "drawId"
    | "consumerAtEntry"
    | "number"
    | "level"
    | "salt"
    | "subject"
    | "enteredAtMs"
    | "rulesHash"
    | "logSize"
    | "logRoot"
  > {
  readonly firstNumber: number;
}

const groupsText = `
  select g.first_number as "firstNumber", g.log_size as "logSize", g.log_root as "logRoot",
    e.entry_id as "entryId", e.draw_id as "drawId", coalesce(e.consumer_at_entry, e.consumer_id) as "consumerAtEntry", e.number, e.level,
    e.salt, e.subject, (extract(epoch from e.entered_at) * 1000)::bigint as "enteredAtMs", d.rules_hash as "rulesHash"
  from (
    select distinct found.draw_id, found.first_number
    from unnest($1::uuid[], $2::bigint[]) as i(draw_id, number)
    cross join lateral (
      select g.draw_id, g.first_number from draw_groups g
      where g.draw_id = i.draw_id and g.first_number <= i.number order by g.first_number desc limit 1
    ) found
  ) asked
  join draw_groups g on g.draw_id = asked.draw_id and g.first_number = asked.first_number
  join draws d on d.id = g.draw_id
  join draw_entries e on e.draw_id = g.draw_id and e.number >= g.first_number and e.number < g.first_number + g.size
  order by g.draw_id, e.number`;

/** Everybody of the groups in which these entries were written, in their order. */
export async function findGroupsOf(
  pool: pg.Pool,
  entries: readonly Pick<DrawEntryRow, "drawId" | "number">[],
): Promise<GroupMemberRow[]> {
  const { rows } = await pool.query<GroupMemberRow>({
    name: "find_draw_groups",
    text: groupsText,
    values: [
      plainArray(entries, ({ drawId }) => drawId),
      plainArray(entries, ({ number }) => String(number)),
    ],
  });
  return rows;
}

/** The latest entry as an open transaction sees it. */
export async function findLatestDrawEntryIn(
  db: Kysely<Tables>,
  { organizationId }: Tenant,
  { drawId, consumerId }: DrawEntryQuestion,
): Promise<DrawEntryRow | undefined> {
  const found = await sql<DrawEntryRow>`
    select ${sql.raw(entryColumns)}
    from unnest(array[${drawId}::uuid], array[${consumerId}::uuid]) as i(draw_id, consumer_id)
    cross join lateral (${sql.raw(latestOf("i.draw_id", "i.consumer_id"))}) e ${sql.raw(entryTables)}
    where d.organization_id = ${organizationId}`.execute(db);
  return found.rows[0];
}

/** The entry of a draw's admission. */
export async function findAdmittedDrawEntry(
  db: Kysely<Tables>,
  { drawId, organizationId }: { readonly drawId: string; readonly organizationId: string },
  admissionId: string,
): Promise<DrawEntryRow | undefined> {
  const found = await sql<DrawEntryRow>`
    select ${sql.raw(entryColumns)} from draw_entries e ${sql.raw(entryTables)}
    where a.admission_id = ${admissionId} and e.draw_id = ${drawId} and d.organization_id = ${organizationId}`.execute(
    db,
  );
  return found.rows[0];
}

/** Notes what a device sends now that has proved by its key to be the entry's: it is what the shop's check will ask for. */
export async function noteDrawDevice(
  pool: pg.Pool,
  { entryId, drawId, device: before }: Pick<DrawEntryRow, "entryId" | "drawId" | "device">,
  device: GivenDevice,
): Promise<void> {
  const kept = Buffer.from(keptDevice(drawId, device) ?? "", "hex");
  // As it was read: the entry may have been carried to another device since.
  const text = "update draw_entries set device = $2 where entry_id = $1 and device is not distinct from $3";
  await pool.query(text, [entryId, kept, before]);
}

/** So many of the latest are told by the stream, between two of whose pushes hardly more are taken out. */
const latestRemovalsMax = 100;

/** Takes an entry out of a list that is locked and not frozen. */
export async function removeDrawEntry(
  db: Kysely<Tables>,
  { entryId, drawId, number, status }: Pick<DrawEntryRow, "entryId" | "drawId" | "number" | "status">,
  reason: RemovalReason,
): Promise<void> {
  await sql`update draw_entries set status = 'REMOVED', reason = ${reason}, ended_at = coalesce(ended_at, stanchion_now())
    where entry_id = ${entryId}`.execute(db);
  if (status === "ENTERED")
    await sql`update draw_lists set removed = removed + 1,
      latest_removals = (array_prepend(${number}::bigint, latest_removals))[1:${latestRemovalsMax}::int]
      where draw_id = ${drawId}`.execute(db);
}
