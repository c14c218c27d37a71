import type { Database } from "../../platform/database/index.ts";
import type { Log } from "../../platform/log.ts";
import type { Metrics } from "../../platform/metrics/index.ts";
import { newUuid } from "../../platform/randomness.ts";
import { claimLines, type Lease, releaseLines, tickLine } from "./lease-store.ts";

/** The part of a worker that admits: it holds leases on lines and ticks each of them ten times a second. */
export interface LineController {
  readonly workerId: string;
  /** Stops ticking and gives the leases back. */
  stop(): Promise<void>;
}

const tickMs = 100;
const claimMs = 400;
/** A dead worker's lines are free after this long. */
const leaseSeconds = 3;
const leasesMax = 5_000;
const admissionsPerTickMax = 5_000;
const ticksAtOnceMax = 4;

export function startLineController(deps: {
  database: Database;
  log: Log;
  metrics: Metrics;
  /** Nobody could check out now: the lines stand still. */
  isPaused: () => boolean;
}): LineController {
  const { pool } = deps.database;
  const workerId = newUuid(Date.now());
  const admittedCounter = deps.metrics.counter(
    "stanchion_admitted",
    "Consumers admitted by this process's controller",
  );
  const leases = new Map<string, Lease & { readonly untilMs: number }>();
  let claimedAtMs = 0;
  let isStopped = false;
  let isFailing = false;
  let timer: NodeJS.Timeout | undefined;

  const claim = async (): Promise<void> => {
    if (Date.now() - claimedAtMs < claimMs) return;
    claimedAtMs = Date.now();
    const held = await claimLines(pool, workerId, leaseSeconds, leasesMax);
    const untilMs = claimedAtMs + leaseSeconds * 1_000;
    for (const lease of held) leases.set(lease.queueId, { ...lease, untilMs });
    // A line that somebody had locked just then was skipped, and is ours as long as its lease lasts.
    for (const lease of leases.values()) if (lease.untilMs <= Date.now()) leases.delete(lease.queueId);
  };

  const tick = async (lease: Lease): Promise<void> => {
    const done = await tickLine(pool, lease, workerId, admissionsPerTickMax).catch((error: unknown) => {
      // Somebody holds the line's lock for long: the next tick comes soon enough.
      if (Object(error).code === "55P03" || Object(error).code === "40P01")
        return { admitted: 0, settled: 0 };
      throw error;
    });
    if (done === null) leases.delete(lease.queueId);
    else if (done.admitted > 0) admittedCounter.add(done.admitted);
  };

  const round = async (): Promise<void> => {
    if (deps.isPaused()) return;
    await claim();
    const due = [...leases.values()];
    const lanes = Array.from({ length: Math.min(ticksAtOnceMax, due.length) }, async () => {
      for (let lease = due.pop(); lease !== undefined && !isStopped && !deps.isPaused(); lease = due.pop())
        await tick(lease);
    });
    await Promise.all(lanes);
  };

  let running: Promise<void> = Promise.resolve();
  const loop = (): void => {
    const startedAtMs = Date.now();
    running = round()
      .then(() => {
        isFailing = false;
      })
      .catch((error: unknown) => {
        if (!isFailing) deps.log.warn({ err: error }, "the lines could not be ticked; trying again");
        isFailing = true;
        claimedAtMs = 0;
      })
      .finally(() => {
        if (!isStopped) timer = setTimeout(loop, Math.max(5, tickMs - (Date.now() - startedAtMs)));
      });
  };
  loop();

  return {
    workerId,
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await running;
      await releaseLines(pool, workerId).catch((error: unknown) =>
        deps.log.warn({ err: error }, "the leases could not be given back"),
      );
    },
  };
}
