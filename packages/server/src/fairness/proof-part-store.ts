import type pg from "pg";
import type { DeflatedPiece } from "../platform/deflated-text.ts";
import type { ProofPartKind } from "./proof-part-writer.ts";

/** The kept parts of a text, each read when it is its turn. */
export async function listProofParts(
  pool: pg.Pool,
  distributionId: string,
  kind: ProofPartKind,
): Promise<DeflatedPiece[]> {
  const { rows } = await pool.query<{ part: number; rawBytes: number; deflatedBytes: number; crc: number }>({
    name: "list_proof_parts",
    text: `select part, raw_bytes as "rawBytes", length(deflated) as "deflatedBytes", crc from proof_parts
      where distribution_id = $1 and kind = $2 order by part`,
    values: [distributionId, kind],
  });
  return rows.map(({ part, ...facts }) => ({
    ...facts,
    read: () => readProofPart(pool, distributionId, kind, part),
  }));
}

async function readProofPart(
  pool: pg.Pool,
  distributionId: string,
  kind: ProofPartKind,
  part: number,
): Promise<Buffer> {
  const { rows } = await pool.query<{ deflated: Buffer }>({
    name: "read_proof_part",
    text: `select deflated from proof_parts where distribution_id = $1 and kind = $2 and part = $3`,
    values: [distributionId, kind, part],
  });
  const [row] = rows;
  if (row === undefined) throw new Error(`part ${part} of the ${kind} is gone`);
  return row.deflated;
}
