import type { DrawRules } from "@stanchion/contract";
import type pg from "pg";
import type { WitnessRecord } from "../../fairness/index.ts";
import { readRules } from "./draw-rules.ts";
import type { Uniformity } from "./uniformity.ts";

/** What a proof is made of, but for its large parts. */
export interface ProofFacts {
  readonly drawId: string;
  readonly organizationId: string;
  readonly rules: DrawRules;
  readonly rulesHash: Buffer;
  readonly commitment: Buffer;
  readonly sealedSeed: Buffer;
  /** Null until the list is frozen. */
  readonly statement: string | null;
  readonly frozenAt: Date | null;
  readonly lastNumber: number | null;
  readonly count: number | null;
  readonly levelCounts: readonly number[] | null;
  readonly root: Buffer | null;
  readonly witness: WitnessRecord | null;
  /** Null until it is drawn. */
  readonly seed: Buffer | null;
  readonly beacon: Buffer | null;
  readonly uniformity: Uniformity | null;
  readonly publishedAt: Date | null;
  readonly cancelledAt: Date | null;
  readonly voidedAt: Date | null;
  /** How many awards there were after the first. */
  readonly awards: number;
}

export async function findProofFacts(pool: pg.Pool, drawId: string): Promise<ProofFacts | undefined> {
  const { rows } = await pool.query<Omit<ProofFacts, "rules"> & { rules: string }>({
    name: "find_proof_facts",
    text: `
      select d.id as "drawId", d.organization_id as "organizationId", d.rules, d.rules_hash as "rulesHash", d.commitment,
        d.sealed_seed as "sealedSeed", o.statement, o.frozen_at as "frozenAt", o.last_number as "lastNumber", o.count,
        o.level_counts as "levelCounts", o.root, o.witness, o.seed, o.beacon, o.uniformity, o.published_at as "publishedAt",
        d.cancelled_at as "cancelledAt", o.voided_at as "voidedAt", o.awards
      from draws d join draw_outcomes o on o.draw_id = d.id where d.id = $1 and d.deleted_at is null`,
    values: [drawId],
  });
  const [row] = rows;
  return row && { ...row, rules: readRules(row.rules), levelCounts: row.levelCounts?.map(Number) ?? null };
}

export interface KeptAward {
  readonly number: number;
  readonly at: Date;
  readonly entryId: string;
  readonly outcome: string;
  readonly reason: string | null;
  readonly seat: number;
}

/** The awards after the first ones, in order, up to a number. */
export async function listAwards(
  pool: pg.Pool,
  drawId: string,
  { after, upTo, most }: { readonly after: number; readonly upTo: number; readonly most: number },
): Promise<KeptAward[]> {
  const { rows } = await pool.query<KeptAward>({
    name: "list_draw_awards",
    text: `select number, awarded_at as "at", entry_id as "entryId", outcome, reason, seat from draw_awards
      where draw_id = $1 and number > $2 and number <= $3 order by number limit $4`,
    values: [drawId, after, upTo, most],
  });
  return rows;
}

export interface ProvenEntry {
  readonly number: number;
  readonly lastNumber: number;
  readonly chunkRoots: Buffer;
  readonly removedNumbers: Buffer;
}

/** An entry of a frozen list; undefined where the list has none of that id. */
export async function findProvenEntry(
  pool: pg.Pool,
  drawId: string,
  entryId: string,
): Promise<ProvenEntry | undefined> {
  const { rows } = await pool.query<ProvenEntry>({
    name: "find_proven_entry",
    text: `select e.number, o.last_number as "lastNumber", o.chunk_roots as "chunkRoots", o.removed_numbers as "removedNumbers"
      from draw_entries e join draw_outcomes o on o.draw_id = e.draw_id
      where e.entry_id = $2 and e.draw_id = $1 and e.number <= o.last_number`,
    values: [drawId, entryId],
  });
  return rows[0];
}
