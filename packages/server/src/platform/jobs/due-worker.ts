import type { Database } from "../database/index.ts";
import type { Log } from "../log.ts";
import { newUuid } from "../randomness.ts";
import { claimDueRows, type DueTable, keepLease, postpone, releaseRows } from "./due-rows.ts";
import { startPollingLoop } from "./polling-loop.ts";

/** Works on rows whose time has come. The lease only saves work: each step looks under its lock whether it was done. */
export interface DueWorker {
  /** Takes no new step, waits for the ones under way and gives the leases back. */
  stop(): Promise<void>;
}

export interface DueWork extends DueTable {
  /** What is worked on, for the log: "draws". */
  readonly name: string;
  /** Takes the next step of a row; false where none is due any more. */
  takeStep(id: string): Promise<boolean>;
  /** The id as on the wire, for the log. */
  wireId(id: string): string;
  /** Nobody could check out now: nothing is done. */
  readonly isPaused: () => boolean;
}

const pollMs = 250;
/** A dead worker's rows are free after this long. */
const leaseSeconds = 3;
const leaseKeptMs = 1_000;
const rowsAtOnce = 10;
const stepsAtOnceMax = 20;
const retrySeconds = 5;

export function startDueWorker(
  { database, log }: { database: Database; log: Log },
  work: DueWork,
): DueWorker {
  const { pool } = database;
  const workerId = newUuid(Date.now());
  const workOn = async (id: string, isStopped: () => boolean): Promise<void> => {
    const kept = setInterval(() => {
      keepLease(pool, work, { workerId, id, leaseSeconds }).catch(() => {});
    }, leaseKeptMs);
    try {
      for (let steps = 0; steps < stepsAtOnceMax && !isStopped(); steps += 1)
        if (!(await work.takeStep(id))) return;
    } catch (error) {
      log.error({ err: error, id: work.wireId(id) }, `a step of the ${work.name} failed; trying again`);
      await postpone(pool, work, id, retrySeconds).catch(() => {});
    } finally {
      clearInterval(kept);
    }
  };

  const loop = startPollingLoop({
    pollMs,
    async round(isStopped) {
      if (work.isPaused()) return;
      // One after the other: a list of a million is work enough for a process that may serve fans besides.
      for (const id of await claimDueRows(pool, work, workerId, { leaseSeconds, most: rowsAtOnce }))
        if (!isStopped()) await workOn(id, isStopped);
    },
    onFailure: (error) => log.warn({ err: error }, `the ${work.name} could not be looked at; trying again`),
  });

  return {
    async stop() {
      await loop.stop();
      await releaseRows(pool, work, workerId).catch((error: unknown) =>
        log.warn({ err: error }, "the leases could not be given back"),
      );
    },
  };
}
