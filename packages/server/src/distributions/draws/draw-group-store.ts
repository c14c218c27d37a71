import type pg from "pg";
import { bytesArray, hashArray, plainArray, textArray } from "../../platform/database/index.ts";
import { entryKey } from "../../platform/idempotency/index.ts";

export interface EnterItem {
  readonly entryId: string;
  readonly consumerId: string;
  /** The same ids as on the wire. */
  readonly wireIds: { readonly entry: string; readonly consumer: string };
  /** Index in the contract's `entryLevels`. */
  readonly level: number;
  /** 16 and 32 bytes, as hex. */
  readonly salt: string;
  readonly subject: string;
  /** What the entry keeps of the device, as hex. */
  readonly device: string | null;
  readonly idempotencyKey: string | null;
  readonly requestId: string;
}

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
  enters: readonly EnterItem[],
  leaves: readonly LeaveItem[],
): Promise<DrawGroupResult> {
  const { rows } = await pool.query<DrawGroupResult>({
    name: "write_draw_group",
    text: writeGroupText,
    values: [
      drawId,
      plainArray(enters, (enter) => enter.entryId),
      plainArray(enters, (enter) => enter.consumerId),
      plainArray(enters, (enter) => String(enter.level)),
      hashArray(enters, (enter) => enter.salt),
      hashArray(enters, (enter) => enter.subject),
      hashArray(enters, (enter) => enter.device),
      hashArray(enters, (enter) => entryKey(enter.idempotencyKey)),
      textArray(enters, (enter) => enter.requestId),
      plainArray(leaves, (leave) => leave.consumerId),
      hashArray(leaves, (leave) => leave.device),
      bytesArray(leaves, (leave) => leave.scope),
      bytesArray(leaves, (leave) => leave.requestHash),
      textArray(leaves, (leave) => leave.requestId),
    ],
  });
  const [result] = rows;
  if (result === undefined) throw new Error("the group was not answered");
  return result;
}
