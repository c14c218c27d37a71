import { type Kysely, sql } from "kysely";
import type pg from "pg";
import type { WitnessRecord } from "../../fairness/index.ts";
import type { Tables } from "../../platform/database/index.ts";
import type { Uniformity } from "./uniformity.ts";

type Db = Kysely<Tables>;

/** A draw that has something to do, with what its next step needs. Ids are UUIDs. */
export interface DueDraw {
  readonly drawId: string;
  readonly organizationId: string;
  readonly isLive: boolean;
  readonly winnerCount: number;
  readonly backfill: boolean;
  readonly admissionExpirationSeconds: number;
  readonly completionGraceSeconds: number;
  /** How many a minute come to the checkout; null: all at once. */
  readonly admitRate: number | null;
  readonly sealedSeed: Buffer;
  readonly rules: string;
  readonly rulesHash: Buffer;
  readonly isDeleted: boolean;
  /** When the statement of it was signed. */
  readonly frozenAt: Date | null;
  readonly statement: string | null;
  readonly lastNumber: number | null;
  readonly count: number | null;
  readonly root: Buffer | null;
  readonly isWitnessed: boolean;
  readonly publishedAt: Date | null;
  readonly dueAt: Date | null;
  readonly now: Date;
}

export async function readDueDraw(pool: pg.Pool, drawId: string): Promise<DueDraw | undefined> {
  const { rows } = await pool.query<DueDraw>({
    name: "read_due_draw",
    text: `
      select d.id as "drawId", d.organization_id as "organizationId", d.is_live as "isLive", d.winner_count as "winnerCount", d.backfill,
        d.admission_expiration_seconds as "admissionExpirationSeconds",
        d.completion_grace_seconds as "completionGraceSeconds", d.admit_rate as "admitRate", d.sealed_seed as "sealedSeed", d.rules,
        d.rules_hash as "rulesHash", d.deleted_at is not null as "isDeleted", o.frozen_at as "frozenAt", o.statement, o.last_number as "lastNumber", o.count, o.root,
        o.witness is not null as "isWitnessed", o.published_at as "publishedAt", o.due_at as "dueAt",
        stanchion_now() as now
      from draws d join draw_outcomes o on o.draw_id = d.id
      where d.id = $1`,
    values: [drawId],
  });
  return rows[0];
}

/** Says when there is something to do again; null: nothing any more. */
export async function setDue(db: Db, drawId: string, dueAt: Date | null): Promise<void> {
  await sql`update draw_outcomes set due_at = ${dueAt} where draw_id = ${drawId}`.execute(db);
}

/**
 * Closes the list for good: whoever enters, leaves or removes takes the same lock and looks for this mark. Answers when it was
 * closed; null where the draw was cancelled before its close, or deleted, so that there is nothing to freeze.
 */
export async function closeList(pool: pg.Pool, drawId: string): Promise<Date | null> {
  const { rows } = await pool.query<{ frozenAt: Date }>(
    `update draw_lists l set frozen_at = coalesce(l.frozen_at, stanchion_now()) from draws d
     where l.draw_id = $1 and d.id = l.draw_id
       and (l.frozen_at is not null or d.deleted_at is null and d.close_at <= stanchion_now()
         and (d.cancelled_at is null or d.cancelled_at >= d.close_at))
     returning l.frozen_at as "frozenAt"`,
    [drawId],
  );
  return rows[0]?.frozenAt ?? null;
}

/** An entry as the list is made of it. */
export interface ListedEntry {
  readonly number: number;
  readonly entryId: string;
  readonly level: number;
  readonly subject: Buffer;
  readonly status: "ENTERED" | "LEFT" | "REMOVED" | "ERASED";
  readonly reason: string | null;
}

/** The entries behind a number, in order, those that are out too. */
export async function listEntriesAfter(
  pool: pg.Pool,
  drawId: string,
  number: number,
  most: number,
): Promise<ListedEntry[]> {
  const { rows } = await pool.query<ListedEntry>({
    name: "list_draw_entries_after",
    text: `select number, entry_id as "entryId", level, subject, status, reason from draw_entries
      where draw_id = $1 and number > $2 order by number limit $3`,
    values: [drawId, number, most],
  });
  return rows;
}

/** Entries of the list by their numbers, in the order of the numbers given. */
export async function findEntriesByNumber(
  db: Db,
  drawId: string,
  numbers: readonly number[],
): Promise<ListedEntry[]> {
  const found = await sql<ListedEntry>`
    select e.number, e.entry_id, e.level, e.subject, e.status, e.reason
    from unnest(${[...numbers]}::bigint[]) with ordinality as n(number, ord)
    join draw_entries e on e.draw_id = ${drawId} and e.number = n.number order by n.ord`.execute(db);
  return found.rows;
}

export interface FrozenList {
  readonly lastNumber: number;
  readonly count: number;
  readonly levelCounts: readonly number[];
  readonly root: Buffer;
  readonly chunkRoots: Buffer;
  readonly removedNumbers: Buffer;
}

/** How far a draw has come. */
export interface LockedOutcome {
  readonly statement: string | null;
  readonly seed: Buffer | null;
  readonly publishedAt: Date | null;
  readonly voidedAt: Date | null;
  readonly isCancelled: boolean;
  readonly admitRate: number | null;
  /** When the last turn begins that was given. */
  readonly lastTurnAt: Date | null;
}

/** Locks a draw's outcome: whatever changes it does so under this lock, which comes behind those of the list and of the draw. */
export async function lockOutcome(
  db: Db,
  { drawId, organizationId }: Pick<DueDraw, "drawId" | "organizationId">,
): Promise<LockedOutcome> {
  await sql`select 1 from draw_outcomes where draw_id = ${drawId} for update`.execute(db);
  // By a statement of its own, which sees what was committed while this one waited.
  const found = await sql<LockedOutcome>`
    select o.statement, o.seed, o.published_at, o.voided_at, o.last_turn_at, d.admit_rate,
      d.cancelled_at is not null as is_cancelled
    from draw_outcomes o join draws d on d.id = o.draw_id
    where o.draw_id = ${drawId} and d.organization_id = ${organizationId}`.execute(db);
  const [row] = found.rows;
  if (row === undefined) throw new Error("the draw has no outcome row");
  return row;
}

export async function writeFreeze(
  db: Db,
  drawId: string,
  list: FrozenList & { readonly statement: string; readonly frozenAt: Date },
): Promise<void> {
  const levels = `{${list.levelCounts.join(",")}}`;
  await sql`update draw_outcomes set frozen_at = ${list.frozenAt}, statement = ${list.statement},
      last_number = ${list.lastNumber}, count = ${list.count}, level_counts = ${levels}::bigint[], root = ${list.root},
      chunk_roots = ${list.chunkRoots}, removed_numbers = ${list.removedNumbers}, due_at = ${list.frozenAt}
    where draw_id = ${drawId}`.execute(db);
}

export async function keepWitness(pool: pg.Pool, drawId: string, witness: WitnessRecord): Promise<void> {
  await pool.query(`update draw_outcomes set witness = $2 where draw_id = $1 and witness is null`, [
    drawId,
    JSON.stringify(witness),
  ]);
}

export async function readRemovedNumbers(pool: pg.Pool, drawId: string): Promise<Buffer> {
  const { rows } = await pool.query<{ removed: Buffer }>(
    `select removed_numbers as removed from draw_outcomes where draw_id = $1`,
    [drawId],
  );
  return rows[0]?.removed ?? Buffer.alloc(0);
}

export interface DrawResult {
  readonly round: number | null;
  readonly beacon: Buffer | null;
  readonly seed: Buffer;
  readonly rankedNumbers: Buffer;
  readonly uniformity: Uniformity | null;
}

/** Publishes a result; `publishedAt` null where the draw was cancelled after its list was frozen. */
export async function writeResult(
  db: Db,
  drawId: string,
  result: DrawResult & {
    readonly publishedAt: Date | null;
    readonly dueAt: Date | null;
    readonly lastTurnAt: Date | null;
  },
): Promise<void> {
  await sql`update draw_outcomes set beacon_round = ${result.round}, beacon = ${result.beacon}, seed = ${result.seed},
      ranked_numbers = ${result.rankedNumbers}, uniformity = ${JSON.stringify(result.uniformity)}::jsonb,
      published_at = ${result.publishedAt}, due_at = ${result.dueAt},
      last_turn_at = ${result.lastTurnAt}
    where draw_id = ${drawId}`.execute(db);
}

/** Notes when the last turn begins that was given. */
export async function noteLastTurn(db: Db, drawId: string, lastTurnAt: Date): Promise<void> {
  await sql`update draw_outcomes set last_turn_at = ${lastTurnAt} where draw_id = ${drawId}`.execute(db);
}

export async function writeVoid(db: Db, drawId: string): Promise<void> {
  await sql`update draw_outcomes set voided_at = stanchion_now(), due_at = null where draw_id = ${drawId}`.execute(
    db,
  );
}

/** Takes the next of the ranking who had no turn, behind the winners, as packed numbers: as many as there are, at most `most`. */
export async function takeAlternates(
  db: Db,
  drawId: string,
  winnerCount: number,
  most: number,
): Promise<Buffer> {
  const found = await sql<{ taken: Buffer }>`
    with before as (
      select alternates_taken as taken from draw_outcomes where draw_id = ${drawId}
    ), numbers as (
      select substring(o.ranked_numbers from ((${winnerCount}::bigint + b.taken) * 4 + 1)::int for ${most * 4}::int) as taken
      from draw_outcomes o, before b where o.draw_id = ${drawId}
    )
    update draw_outcomes o set alternates_taken = alternates_taken + length(n.taken) / 4
    from numbers n where o.draw_id = ${drawId} returning n.taken`.execute(db);
  return found.rows[0]?.taken ?? Buffer.alloc(0);
}

/** The database's clock, in whole milliseconds. */
export async function readNow(db: Db): Promise<Date> {
  const found = await sql<{ now: Date }>`select date_trunc('milliseconds', stanchion_now()) as now`.execute(
    db,
  );
  return found.rows[0]?.now ?? new Date(0);
}
