import { hash } from "node:crypto";
import type pg from "pg";

export interface JoinItem {
  readonly entryId: string;
  readonly consumerId: string;
  /** What the entry keeps of the device, as hex. */
  readonly device: string | null;
  readonly idempotencyKey: string | null;
  readonly requestId: string;
}

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
}

const writeGroupText = `
  select at, first_ticket as "firstTicket", first_ahead as "firstAhead", outcomes, known, leave_outcomes as "leaveOutcomes",
    left_entries as "leftEntries", left_tickets as "leftTickets",
    people_quota as "peopleQuota"
  from write_line_group($1, $2, $3::uuid[], $4::uuid[], $5::bytea[], $6::bytea[], $7::text[], $8::uuid[], $9::bytea[], $10::bytea[], $11::bytea[], $12::text[])`;

export async function writeLineGroup(
  pool: pg.Pool,
  queueId: string,
  secondsPerPerson: number | null,
  joins: readonly JoinItem[],
  leaves: readonly LeaveItem[],
): Promise<GroupResult> {
  const { rows } = await pool.query<GroupResult>({
    name: "write_line_group",
    text: writeGroupText,
    values: [
      queueId,
      secondsPerPerson,
      plainArray(joins, (join) => join.entryId),
      plainArray(joins, (join) => join.consumerId),
      hashArray(joins, (join) => join.device),
      hashArray(joins, (join) => keyHash(join.idempotencyKey)),
      textArray(joins, (join) => join.requestId),
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

// Array literals by hand: the driver's own conversion costs more than the rest of a join.
export function plainArray<T>(items: readonly T[], read: (item: T) => string): string {
  let text = "{";
  for (let index = 0; index < items.length; index += 1) {
    if (index > 0) text += ",";
    text += read(items[index] as T);
  }
  return `${text}}`;
}

const needsEscape = /["\\]/;

function textArray<T>(items: readonly T[], read: (item: T) => string | null): string {
  let text = "{";
  for (let index = 0; index < items.length; index += 1) {
    if (index > 0) text += ",";
    const value = read(items[index] as T);
    if (value === null) text += "NULL";
    else text += needsEscape.test(value) ? `"${value.replace(/["\\]/g, "\\$&")}"` : `"${value}"`;
  }
  return `${text}}`;
}

function bytesArray<T>(items: readonly T[], read: (item: T) => Buffer | null): string {
  return textArray(items, (item) => {
    const value = read(item);
    return value === null ? null : `\\x${value.toString("hex")}`;
  });
}

/** Hashes as hexadecimal text. */
function hashArray<T>(items: readonly T[], read: (item: T) => string | null): string {
  let text = "{";
  for (let index = 0; index < items.length; index += 1) {
    const value = read(items[index] as T);
    text += value === null ? (index > 0 ? ",NULL" : "NULL") : `${index > 0 ? "," : ""}"\\\\x${value}"`;
  }
  return `${text}}`;
}

const hashHexCharacters = 32;

function keyHash(idempotencyKey: string | null): string | null {
  return idempotencyKey === null ? null : hash("sha256", idempotencyKey).slice(0, hashHexCharacters);
}
