import { encodeId } from "@stanchion/contract";
import type { Clock } from "../../platform/clock.ts";
import type { Database } from "../../platform/database/index.ts";
import { gatherQuestions } from "../../platform/gather-questions.ts";
import {
  type DrawEntryQuestion,
  type DrawEntryRow,
  findDrawEntriesById,
  findGroupsOf,
  findLatestDrawEntries,
  type GroupMemberRow,
} from "./draw-entry-store.ts";
import type { EntryFacts, ReceiptMaker } from "./draw-receipts.ts";

export interface ReceiptedEntry {
  readonly row: DrawEntryRow;
  /** As JSON; null once the consumer was erased. */
  readonly receipt: string | null;
}

/** Answers single questions for entries by gathering those that come together into one query. */
export interface DrawEntryReader {
  /** The latest entry of a consumer with a receipt of now, which those share who are read together; null where there is none. */
  find(question: DrawEntryQuestion): Promise<ReceiptedEntry | null>;
  /** An entry with the very receipt that it was answered with first. */
  findFirst(entryId: string): Promise<ReceiptedEntry | null>;
  /** An entry without its receipt. */
  findBare(entryId: string): Promise<DrawEntryRow | null>;
}

export function createDrawEntryReader(deps: {
  database: Database;
  clock: Clock;
  makeReceipts: ReceiptMaker;
}): DrawEntryReader {
  const { clock, makeReceipts } = deps;
  const { pool } = deps.database;
  return {
    find: gatherQuestions(async (questions) => {
      const rows = await findLatestDrawEntries(pool, questions);
      const receipts = receiptsOfNow(rows.filter(isWhole), clock.now(), makeReceipts);
      return rows.map((row) => row && { row, receipt: receipts.get(row.entryId) ?? null });
    }),
    findFirst: gatherQuestions(async (entryIds) => {
      const rows = await findDrawEntriesById(pool, entryIds);
      const receipts = firstReceipts(await findGroupsOf(pool, rows.filter(isWhole)), makeReceipts);
      return rows.map(
        (row) => row && { row, receipt: isWhole(row) ? (receipts.get(row.entryId) ?? null) : null },
      );
    }),
    findBare: gatherQuestions((entryIds) => findDrawEntriesById(pool, entryIds)),
  };
}

function isWhole(row: DrawEntryRow | null): row is DrawEntryRow {
  return row !== null && row.salt !== null;
}

/** A signature names one log's head, so there is one for each log that the rows are of. */
function receiptsOfNow(
  rows: readonly DrawEntryRow[],
  nowMs: number,
  makeReceipts: ReceiptMaker,
): Map<string, string> {
  const byLog = Map.groupBy(rows, ({ logRoot }) => logRoot.toString("hex"));
  return receiptsByEntry([...byLog.values()], () => nowMs, makeReceipts);
}

function firstReceipts(members: readonly GroupMemberRow[], makeReceipts: ReceiptMaker): Map<string, string> {
  const byGroup = Map.groupBy(members, ({ drawId, firstNumber }) => `${drawId} ${firstNumber}`);
  return receiptsByEntry([...byGroup.values()], ({ enteredAtMs }) => enteredAtMs, makeReceipts);
}

type SignedRow = Pick<GroupMemberRow, keyof GroupMemberRow & keyof DrawEntryRow>;

function receiptsByEntry<Row extends SignedRow>(
  groups: readonly (readonly Row[])[],
  signedAtMs: (row: Row) => number,
  makeReceipts: ReceiptMaker,
): Map<string, string> {
  const receipts = new Map<string, string>();
  for (const rows of groups) {
    const [first] = rows;
    if (first === undefined) continue;
    const made = makeReceipts(rows.map(factsOf), first, signedAtMs(first));
    for (const [index, { entryId }] of rows.entries()) receipts.set(entryId, made[index] ?? "null");
  }
  return receipts;
}

function factsOf(row: SignedRow): EntryFacts {
  return {
    entryId: encodeId("entry", row.entryId),
    drawId: encodeId("draw", row.drawId),
    consumerId: encodeId("consumer", row.consumerAtEntry),
    level: row.level,
    salt: row.salt?.toString("hex") ?? "",
    subject: row.subject.toString("hex"),
    number: row.number,
    enteredAt: new Date(row.enteredAtMs).toISOString(),
    rulesHash: row.rulesHash.toString("hex"),
  };
}
