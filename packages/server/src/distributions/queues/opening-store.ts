import { type Kysely, sql } from "kysely";
import type pg from "pg";
import type { WitnessRecord } from "../../fairness/index.ts";
import type { Tables } from "../../platform/database/index.ts";

type Db = Kysely<Tables>;

/** Says when a line's order is to be drawn; null: never. What was begun goes on. */
export async function moveOpening(db: Db, queueId: string, openAt: Date | null): Promise<void> {
  await sql`
    insert into line_openings (queue_id, due_at)
    select ${queueId}::uuid, ${openAt}::timestamptz where ${openAt}::timestamptz is not null
    on conflict (queue_id) do nothing`.execute(db);
  await sql`update line_openings set due_at = ${openAt} where queue_id = ${queueId} and frozen_at is null`.execute(
    db,
  );
}

/** A line whose order is to be drawn, with what its next step needs. */
export interface DueOpening {
  readonly queueId: string;
  readonly organizationId: string;
  readonly isLive: boolean;
  readonly isDeleted: boolean;
  readonly sealedSeed: Buffer;
  readonly rules: string;
  readonly rulesHash: Buffer;
  readonly cohortSize: number | null;
  readonly frozenAt: Date | null;
  readonly statement: string | null;
  readonly root: Buffer | null;
  readonly isWitnessed: boolean;
  readonly drawnAt: Date | null;
  readonly areLeavesWritten: boolean;
  readonly dueAt: Date | null;
  readonly now: Date;
}

export async function readDueOpening(pool: pg.Pool, queueId: string): Promise<DueOpening | undefined> {
  const { rows } = await pool.query<DueOpening>({
    name: "read_due_opening",
    text: `
      select q.id as "queueId", q.organization_id as "organizationId", q.is_live as "isLive", q.deleted_at is not null as "isDeleted",
        q.sealed_seed as "sealedSeed", q.rules, q.rules_hash as "rulesHash", l.cohort_size as "cohortSize",
        o.frozen_at as "frozenAt", o.statement, o.root, o.witness is not null as "isWitnessed", o.drawn_at as "drawnAt",
        o.are_leaves_written as "areLeavesWritten", o.due_at as "dueAt", stanchion_now() as now
      from queues q join lines l on l.queue_id = q.id join line_openings o on o.queue_id = q.id
      where q.id = $1`,
    values: [queueId],
  });
  return rows[0];
}

/** Says when there is something to do again; null: nothing any more. */
export async function setOpeningDue(db: Db, queueId: string, dueAt: Date | null): Promise<void> {
  await sql`update line_openings set due_at = ${dueAt} where queue_id = ${queueId}`.execute(db);
}

/**
 * Fixes how many came before the opening, if no join behind it has done so; those who come now stand behind them. Null: it has not
 * opened.
 */
export async function fixCohort(pool: pg.Pool, queueId: string): Promise<number | null> {
  const { rows } = await pool.query<{ cohortSize: number }>(
    `update lines l set cohort_size = coalesce(l.cohort_size, l.last_ticket) from queues q
     where l.queue_id = $1 and q.id = l.queue_id and (l.cohort_size is not null
       or q.shuffle_before_open and q.deleted_at is null and q.open_at <= stanchion_now())
     returning l.cohort_size as "cohortSize"`,
    [queueId],
  );
  return rows[0]?.cohortSize ?? null;
}

export interface CohortMember {
  readonly ticket: number;
  readonly level: number;
  readonly subject: Buffer;
}

/** Those of the cohort behind a ticket, in order, whatever became of them. */
export async function listCohortAfter(
  pool: pg.Pool,
  queueId: string,
  { after, upTo, most }: { readonly after: number; readonly upTo: number; readonly most: number },
): Promise<CohortMember[]> {
  const { rows } = await pool.query<CohortMember>({
    name: "list_cohort_after",
    text: `select ticket, level, subject from entries
      where queue_id = $1 and ticket > $2 and ticket <= $3 order by ticket limit $4`,
    values: [queueId, after, upTo, most],
  });
  return rows;
}

/** Locks an opening, and answers how far it has come. */
export async function lockOpening(
  db: Db,
  queueId: string,
): Promise<{ readonly statement: string | null; readonly drawnAt: Date | null }> {
  const found = await sql<{ statement: string | null; drawnAt: Date | null }>`
    select statement, drawn_at from line_openings where queue_id = ${queueId} for update`.execute(db);
  const [row] = found.rows;
  if (row === undefined) throw new Error("the line has no opening");
  return row;
}

export async function writeCohortFreeze(
  db: Db,
  queueId: string,
  frozen: {
    readonly statement: string;
    readonly frozenAt: Date;
    readonly levelCounts: readonly number[];
    readonly root: Buffer;
  },
): Promise<void> {
  const levels = `{${frozen.levelCounts.join(",")}}`;
  await sql`update line_openings set statement = ${frozen.statement}, frozen_at = ${frozen.frozenAt},
      level_counts = ${levels}::bigint[], root = ${frozen.root}, due_at = ${frozen.frozenAt}
    where queue_id = ${queueId}`.execute(db);
}

export async function keepOpeningWitness(
  pool: pg.Pool,
  queueId: string,
  witness: WitnessRecord,
): Promise<void> {
  await pool.query(`update line_openings set witness = $2 where queue_id = $1 and witness is null`, [
    queueId,
    JSON.stringify(witness),
  ]);
}

/** Puts the drawn order in force: from the commit on everybody has a rank. Under the locks of control and line. */
export async function writeDrawnOrder(
  db: Db,
  queueId: string,
  drawn: {
    readonly seed: Buffer;
    readonly round: number | null;
    readonly beacon: Buffer | null;
    readonly at: Date;
  },
): Promise<void> {
  await sql`update lines set shuffle_seed = ${drawn.seed} where queue_id = ${queueId}`.execute(db);
  await sql`update line_openings set beacon_round = ${drawn.round}, beacon = ${drawn.beacon}, drawn_at = ${drawn.at},
      due_at = ${drawn.at} where queue_id = ${queueId}`.execute(db);
}

export async function noteLeavesWritten(pool: pg.Pool, queueId: string): Promise<void> {
  await pool.query(`update line_openings set are_leaves_written = true, due_at = null where queue_id = $1`, [
    queueId,
  ]);
}
