import type { LineRules } from "@stanchion/contract";
import type pg from "pg";
import type { WitnessRecord } from "../../fairness/index.ts";
import { readLineRules } from "./line-rules.ts";

/** What the proof of an opening is made of, but for its leaves. */
export interface LineProofFacts {
  readonly queueId: string;
  readonly shuffleBeforeOpen: boolean;
  readonly rules: LineRules;
  readonly rulesHash: Buffer;
  readonly commitment: Buffer;
  readonly sealedSeed: Buffer;
  /** Null until those who came before the opening are fixed. */
  readonly statement: string | null;
  readonly frozenAt: Date | null;
  readonly cohortSize: number | null;
  readonly levelCounts: readonly number[] | null;
  readonly root: Buffer | null;
  readonly witness: WitnessRecord | null;
  /** Null until the order is drawn. */
  readonly seed: Buffer | null;
  readonly beacon: Buffer | null;
  readonly drawnAt: Date | null;
  readonly areLeavesWritten: boolean;
}

/** Undefined for queues of before there were rules, too. */
export async function findLineProofFacts(
  pool: pg.Pool,
  queueId: string,
): Promise<LineProofFacts | undefined> {
  const { rows } = await pool.query<Omit<LineProofFacts, "rules"> & { rules: string }>({
    name: "find_line_proof_facts",
    text: `
      select q.id as "queueId", q.shuffle_before_open as "shuffleBeforeOpen", q.rules, q.rules_hash as "rulesHash", q.commitment, q.sealed_seed as "sealedSeed", o.statement,
        o.frozen_at as "frozenAt", l.cohort_size as "cohortSize", o.level_counts as "levelCounts", o.root, o.witness,
        l.shuffle_seed as "seed", o.beacon, o.drawn_at as "drawnAt", coalesce(o.are_leaves_written, false) as "areLeavesWritten"
      from queues q join lines l on l.queue_id = q.id left join line_openings o on o.queue_id = q.id
      where q.id = $1 and q.deleted_at is null and q.rules is not null`,
    values: [queueId],
  });
  const [row] = rows;
  return (
    row && { ...row, rules: readLineRules(row.rules), levelCounts: row.levelCounts?.map(Number) ?? null }
  );
}
