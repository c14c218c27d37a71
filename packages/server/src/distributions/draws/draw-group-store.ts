import type pg from "pg";
import { type Entrant, entrantArrays } from "../../fairness/index.ts";
import {
  bytesArray,
  hashArray,
  plainArray,
  textArray,
  withBinaryArrays,
} from "../../platform/database/index.ts";

export interface LeaveItem {
  readonly consumerId: string;
  /** What the entry must keep of the device where the draw asks for a fingerprint, as hex. */
  readonly device: string | null;
  /** The idempotency key's scope and the hash of the request, 32 bytes each. */
  readonly scope: Buffer | null;
  readonly requestHash: Buffer | null;
  readonly requestId: string;
}

/** The letters stand at the head of the function in the migrations. */
export interface DrawGroupResult {
  readonly at: Date;
  readonly firstNumber: number;
  readonly outcomes: string;
  readonly known: readonly (string | null)[] | null;
  readonly rulesHash: Buffer;
  /** The log as the group saw it. */
  readonly logSize: number;
  readonly logRoot: Buffer;
  readonly leaveOutcomes: string | null;
  readonly leftEntries: readonly (string | null)[] | null;
  /** How many the organization may have waiting; null: as many as it likes. */
  readonly peopleQuota: number | null;
}

const writeGroupText = `
  select at, first_number as "firstNumber", outcomes, known, rules_hash as "rulesHash", log_size as "logSize",
    log_root as "logRoot", leave_outcomes as "leaveOutcomes", left_entries as "leftEntries", people_quota as "peopleQuota"
  from write_draw_group($1, $2::uuid[], $3::uuid[], $4::smallint[], $5::bytea[], $6::bytea[], $7::bytea[], $8::bytea[],
    $9::text[], $10::uuid[], $11::bytea[], $12::bytea[], $13::bytea[], $14::text[])`;

export async function writeDrawGroup(
  pool: pg.Pool,
  drawId: string,
  enters: readonly Entrant[],
  leaves: readonly LeaveItem[],
): Promise<DrawGroupResult> {
  const { rows } = await withBinaryArrays((arrays) =>
    pool.query<DrawGroupResult>({
      name: "write_draw_group",
      text: writeGroupText,
      values: [
        drawId,
        ...entrantArrays(arrays, drawId, enters),
        plainArray(leaves, (leave) => leave.consumerId),
        hashArray(leaves, (leave) => leave.device),
        bytesArray(leaves, (leave) => leave.scope),
        bytesArray(leaves, (leave) => leave.requestHash),
        textArray(leaves, (leave) => leave.requestId),
      ],
    }),
  );
  const [result] = rows;
  if (result === undefined) throw new Error("the group was not answered");
  return result;
}
