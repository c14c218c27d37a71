import type { Database } from "../../platform/database/index.ts";
import { gatherQuestions } from "../../platform/gather-questions.ts";
import { type EntryQuestion, type EntryRow, findEntriesById, findLatestEntries } from "./entry-store.ts";

/** Answers single questions for entries by gathering those that come together into one query. */
export interface EntryReader {
  /** The latest stay of a consumer; null where there is none. */
  find(question: EntryQuestion): Promise<EntryRow | null>;
  findById(entryId: string): Promise<EntryRow | null>;
}

export function createEntryReader({ pool }: Database): EntryReader {
  return {
    find: gatherQuestions((questions) => findLatestEntries(pool, questions)),
    findById: gatherQuestions(async (entryIds) => {
      const rows = await findEntriesById(pool, entryIds);
      return entryIds.map((entryId) => rows.get(entryId) ?? null);
    }),
  };
}
