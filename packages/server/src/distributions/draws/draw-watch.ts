import type { Database } from "../../platform/database/index.ts";
import { gatherQuestions } from "../../platform/gather-questions.ts";
import type { Log } from "../../platform/log.ts";
import { type DrawState, readDrawStates } from "./draw-state-store.ts";

/** The draws that somebody listens to, read again twice a second by one query for all. */
export interface DrawWatch {
  /** Null where there is no such draw. */
  find(drawId: string): Promise<DrawState | null>;
  /** Calls back after every reading. Answers how to stop. */
  watch(drawId: string, listener: (state: DrawState) => void): () => void;
  close(): void;
}

const pollMs = 500;

export function createDrawWatch({ database, log }: { database: Database; log: Log }): DrawWatch {
  const { viewsPool: pool } = database;
  const listeners = new Map<string, Set<(state: DrawState) => void>>();

  const poll = async (): Promise<void> => {
    if (listeners.size === 0) return;
    for (const state of await readDrawStates(pool, [...listeners.keys()]))
      for (const listener of listeners.get(state.drawId) ?? []) listener(state);
  };

  let isPolling = false;
  let isFailing = false;
  const timer = setInterval(() => {
    if (isPolling) return;
    isPolling = true;
    poll()
      .then(() => {
        isFailing = false;
      })
      .catch((error: unknown) => {
        if (!isFailing) log.warn({ err: error }, "the watched draws could not be read; trying again");
        isFailing = true;
      })
      .finally(() => {
        isPolling = false;
      });
  }, pollMs);
  timer.unref();

  const find = gatherQuestions(async (drawIds: readonly string[]) => {
    const states = new Map((await readDrawStates(pool, drawIds)).map((state) => [state.drawId, state]));
    return drawIds.map((drawId) => states.get(drawId) ?? null);
  });

  return {
    find,
    watch(drawId, listener) {
      const known = listeners.get(drawId) ?? new Set();
      known.add(listener);
      listeners.set(drawId, known);
      return () => {
        known.delete(listener);
        if (known.size === 0) listeners.delete(drawId);
      };
    },
    close: () => clearInterval(timer),
  };
}
