import type { Database } from "../database/index.ts";
import type { Log } from "../log.ts";
import { newUuid } from "../randomness.ts";
import { beatProcess, forgetProcess } from "./process-store.ts";

export interface ProcessWatch {
  close(): Promise<void>;
}

const usualBeatMs = 3_000;

/**
 * Warns once where another API process works on the same database and the two do not count rate limits together. Each process
 * leaves a mark every few seconds; only a mark that was made after this process came tells, since one that was killed leaves its last.
 */
export function watchProcesses(options: {
  database: Database;
  sharesLimits: boolean;
  log: Log;
  beatMs?: number;
}): ProcessWatch {
  const { database, sharesLimits, log, beatMs = usualBeatMs } = options;
  const process = { id: newUuid(Date.now()), sharesLimits };
  let since: string | null = null;
  let hasWarned = false;
  const warn = (): void => {
    hasWarned = true;
    log.warn(
      sharesLimits
        ? "another API process on this database counts rate limits for itself: set the same VALKEY_URL for every one"
        : "another API process works on this database and each counts rate limits for itself: set VALKEY_URL for every one, and they count together",
    );
  };
  let beating: Promise<void> | null = null;
  const beat = (): void => {
    beating ??= beatProcess(database, process, since)
      .then(({ at, othersCount }) => {
        since ??= at;
        if (othersCount && !hasWarned) warn();
      })
      .catch((error: unknown) => log.debug({ err: error }, "the mark of this process could not be left"))
      .finally(() => {
        beating = null;
      });
  };
  beat();
  const timer = setInterval(beat, beatMs);
  timer.unref();
  return {
    async close() {
      clearInterval(timer);
      await beating;
      await forgetProcess(database, process.id).catch(() => {});
    },
  };
}
