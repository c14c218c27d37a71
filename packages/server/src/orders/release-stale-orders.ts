import type { Database } from "../platform/database/index.ts";
import { type PollingLoop, startPollingLoop } from "../platform/jobs/index.ts";
import type { Log } from "../platform/log.ts";
import { releaseStaleOrder } from "./order-store.ts";

/** The part of a worker that gives back what orders hold that nobody has paid in time. */
export type HoldWatch = PollingLoop;

const pollMs = 1_000;

export function startHoldWatch({
  database,
  log,
  isPaused,
}: {
  database: Database;
  log: Log;
  /** Nobody could pay now: what is held stays held. */
  isPaused: () => boolean;
}): HoldWatch {
  return startPollingLoop({
    pollMs,
    async round(isStopped) {
      while (!isStopped() && !isPaused() && (await releaseStaleOrder(database.pool)));
    },
    onFailure: (error) =>
      log.warn({ err: error }, "orders that nobody paid could not be released; trying again"),
  });
}
