import { encodeId } from "@stanchion/contract";
import { type EntryFacts, groupsByLog, type ReceiptMaker, receiptsOfGroups } from "../../fairness/index.ts";
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

function receiptsOfNow(
  rows: readonly DrawEntryRow[],
  nowMs: number,
  makeReceipts: ReceiptMaker,
): Map<string, string> {
  // A signature names one log's head, so there is one for each log that the rows are of.
  return receiptsOfGroups(groupsByLog(rows), makeReceipts, { facts: factsOf, signedAtMs: () => nowMs });
}

function firstReceipts(members: readonly GroupMemberRow[], makeReceipts: ReceiptMaker): Map<string, string> {
  const byGroup = Map.groupBy(members, ({ drawId, firstNumber }) => `${drawId} ${firstNumber}`);
  return receiptsOfGroups(byGroup.values(), makeReceipts, {
    facts: factsOf,
    signedAtMs: ({ enteredAtMs }) => enteredAtMs,
  });
}

function factsOf(row: GroupMemberRow | DrawEntryRow): EntryFacts {
  return {
    entryId: encodeId("entry", row.entryId),
    distributionId: encodeId("draw", row.drawId),
    consumerId: encodeId("consumer", row.consumerAtEntry),
    level: row.level,
    salt: row.salt?.toString("hex") ?? "",
    subject: row.subject.toString("hex"),
    place: row.number,
    enteredAt: new Date(row.enteredAtMs).toISOString(),
    rulesHash: row.rulesHash.toString("hex"),
  };
}
