import { encodeId } from "@stanchion/contract";
import { type EntryFacts, groupsByLog, type ReceiptMaker, receiptsOfGroups } from "../../fairness/index.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Database } from "../../platform/database/index.ts";
import { gatherQuestions } from "../../platform/gather-questions.ts";
import {
  type EntryQuestion,
  type EntryRow,
  findEntriesById,
  findGroupsOf,
  findLatestEntries,
  findReceiptedEntries,
  type GroupMemberRow,
  type ReceiptRow,
} from "./entry-store.ts";

export interface ReceiptedEntry {
  readonly row: EntryRow;
  /** As JSON; null where there is none: once the consumer was erased, and in queues of before there were rules. */
  readonly receipt: string | null;
}

/** Answers single questions for entries by gathering those that come together into one query. */
export interface EntryReader {
  /** The latest stay of a consumer; null where there is none. */
  find(question: EntryQuestion): Promise<EntryRow | null>;
  /** The same with a receipt of now, which those share who are read together. */
  findReceipted(question: EntryQuestion): Promise<ReceiptedEntry | null>;
  findById(entryId: string): Promise<EntryRow | null>;
  /** An entry with the very receipt that it was answered with first, where its group is kept. */
  findFirst(entryId: string): Promise<ReceiptedEntry | null>;
}

export function createEntryReader(deps: {
  database: Database;
  clock: Clock;
  makeReceipts: ReceiptMaker;
}): EntryReader {
  const { clock, makeReceipts } = deps;
  const { pool } = deps.database;
  const findByIds = async (entryIds: readonly string[]): Promise<(EntryRow | null)[]> => {
    const rows = await findEntriesById(pool, entryIds);
    return entryIds.map((entryId) => rows.get(entryId) ?? null);
  };
  return {
    find: gatherQuestions((questions) => findLatestEntries(pool, questions)),
    findReceipted: gatherQuestions(async (questions) => {
      const rows = await findReceiptedEntries(pool, questions);
      const receipts = receiptsOfGroups(groupsByLog(rows.filter(isWhole)), makeReceipts, {
        facts: factsOf,
        signedAtMs: () => clock.now(),
      });
      return rows.map((row) => row && { row, receipt: receipts.get(row.entryId) ?? null });
    }),
    findById: gatherQuestions(findByIds),
    findFirst: gatherQuestions(async (entryIds) => {
      const rows = await findByIds(entryIds);
      const members = await findGroupsOf(
        pool,
        rows.filter((row) => row !== null),
      );
      const byGroup = Map.groupBy(members, ({ queueId, firstTicket }) => `${queueId} ${firstTicket}`);
      const receipts = receiptsOfGroups(byGroup.values(), makeReceipts, {
        facts: factsOf,
        signedAtMs: ({ enteredAtMs }) => enteredAtMs,
      });
      const erased = new Set(members.filter(({ salt }) => salt === null).map(({ entryId }) => entryId));
      return rows.map(
        (row) =>
          row && { row, receipt: erased.has(row.entryId) ? null : (receipts.get(row.entryId) ?? null) },
      );
    }),
  };
}

function isWhole(row: ReceiptRow | null): row is ReceiptRow {
  return row !== null && row.salt !== null && row.rulesHash !== null;
}

function factsOf(row: ReceiptRow | GroupMemberRow): EntryFacts {
  return {
    entryId: encodeId("entry", row.entryId),
    distributionId: encodeId("queue", row.queueId),
    consumerId: encodeId("consumer", row.consumerAtEntry),
    level: row.level,
    salt: row.salt?.toString("hex") ?? "",
    subject: row.subject?.toString("hex") ?? "",
    place: row.ticket,
    enteredAt: new Date(row.enteredAtMs).toISOString(),
    rulesHash: row.rulesHash?.toString("hex") ?? "",
  };
}
