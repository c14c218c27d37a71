import type { Database } from "../../platform/database/index.ts";
import { type EntryQuestion, type EntryRow, findLatestEntries } from "./entry-store.ts";

/** Answers single questions for entries by gathering those that come together into one query. */
export interface EntryReader {
  find(question: EntryQuestion): Promise<EntryRow | null>;
}

interface Asked {
  readonly question: EntryQuestion;
  readonly resolve: (row: EntryRow | null) => void;
  readonly reject: (error: unknown) => void;
}

const questionsMax = 500;
const queriesMax = 2;

export function createEntryReader(database: Database): EntryReader {
  let asked: Asked[] = [];
  let queries = 0;
  let isScheduled = false;

  const run = (): void => {
    isScheduled = false;
    while (asked.length > 0 && queries < queriesMax) {
      const group = asked.slice(0, questionsMax);
      asked = asked.slice(questionsMax);
      queries += 1;
      findLatestEntries(
        database.pool,
        group.map(({ question }) => question),
      )
        .then(
          (rows) => group.forEach(({ resolve }, index) => void resolve(rows[index] ?? null)),
          (error: unknown) => group.forEach(({ reject }) => void reject(error)),
        )
        .finally(() => {
          queries -= 1;
          run();
        });
    }
  };

  return {
    find(question) {
      return new Promise((resolve, reject) => {
        asked.push({ question, resolve, reject });
        if (isScheduled || queries >= queriesMax) return;
        isScheduled = true;
        setImmediate(run);
      });
    },
  };
}
