import type pg from "pg";
import { type Entrant, entrantArrays } from "../../fairness/index.ts";
import {
  bytesArray,
  hashArray,
  plainArray,
  textArray,
  withBinaryArrays,
} from "../../platform/database/index.ts";
import type { LinePace } from "./line-pace.ts";

export interface LeaveItem {
  readonly consumerId: string;
  /** What the entry must keep of the device where the queue asks for a fingerprint, as hex. */
  readonly device: string | null;
  /** The idempotency key's scope and the hash of the request, 32 bytes each. */
  readonly scope: Buffer | null;
  readonly requestHash: Buffer | null;
  readonly requestId: string;
}

/** The letters stand at the head of the function in the migrations. */
export interface GroupResult {
  readonly at: Date;
  readonly firstTicket: number;
  readonly firstAhead: number;
  readonly outcomes: string;
  readonly known: readonly (string | null)[] | null;
  readonly leaveOutcomes: string | null;
  readonly leftEntries: readonly (string | null)[] | null;
  /** As texts: the driver reads no numbers out of such an array. */
  readonly leftTickets: readonly (string | null)[] | null;
  /** How many the organization may have waiting; null: as many as it likes. */
  readonly peopleQuota: number | null;
  /** Null in queues of before there were rules. */
  readonly rulesHash: Buffer | null;
  /** The log as the group saw it. */
  readonly logSize: number | null;
  readonly logRoot: Buffer | null;
  /** Whether those who join have a rank yet. */
  readonly isRanked: boolean;
}

const writeGroupText = `
  select at, first_ticket as "firstTicket", first_ahead as "firstAhead", outcomes, known, leave_outcomes as "leaveOutcomes",
    left_entries as "leftEntries", left_tickets as "leftTickets",
    people_quota as "peopleQuota", rules_hash as "rulesHash", log_size as "logSize", log_root as "logRoot", is_ranked as "isRanked"
  from write_line_group($1, $2, $3, $4, $5, $6::uuid[], $7::uuid[], $8::smallint[], $9::bytea[], $10::bytea[], $11::bytea[],
    $12::bytea[], $13::text[], $14::uuid[], $15::bytea[], $16::bytea[], $17::bytea[], $18::text[])`;

export async function writeLineGroup(
  pool: pg.Pool,
  queueId: string,
  pace: LinePace | null,
  joins: readonly Entrant[],
  leaves: readonly LeaveItem[],
): Promise<GroupResult> {
  const { rows } = await withBinaryArrays((arrays) =>
    pool.query<GroupResult>({
      name: "write_line_group",
      text: writeGroupText,
      values: [
        queueId,
        pace?.rateSeconds,
        pace?.placeSeconds,
        pace?.placesFree,
        pace?.positionMax,
        ...entrantArrays(arrays, queueId, joins),
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
