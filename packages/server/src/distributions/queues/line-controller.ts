import type { Database } from "../../platform/database/index.ts";
import type { Log } from "../../platform/log.ts";
import type { Metrics } from "../../platform/metrics/index.ts";
import { newUuid } from "../../platform/randomness.ts";
import { createDrawnOrders } from "./drawn-ranks.ts";
import { endSoldOutLine } from "./end-line.ts";
import { claimLines, type Lease, releaseLines, tickLine } from "./lease-store.ts";
import { logProgress } from "./log-progress.ts";

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

interface HeldLease extends Lease {
  readonly untilMs: number;
  /** The serving rank after the last tick. */
  servedTo: number;
  isSoldOut: boolean;
  /** How many drawn ranks a tick is told: more when all it was told were served or had left. */
  ranksAtOnce: number;
  loggedAtMs: number;
}

const ranksAtOnceMin = 1_024;
const ranksAtOnceMax = 8_192;
/** The log is told of a line once a second at most. */
const logMs = 1_000;

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
  const leases = new Map<string, HeldLease>();
  const orders = createDrawnOrders(deps.log);
  let claimedAtMs = 0;
  let isStopped = false;
  let isFailing = false;
  let timer: NodeJS.Timeout | undefined;

  const claim = async (): Promise<void> => {
    if (Date.now() - claimedAtMs < claimMs) return;
    claimedAtMs = Date.now();
    const held = await claimLines(pool, workerId, leaseSeconds, leasesMax);
    const untilMs = claimedAtMs + leaseSeconds * 1_000;
    for (const lease of held) {
      const { ranksAtOnce = ranksAtOnceMin, loggedAtMs = 0 } = leases.get(lease.queueId) ?? {};
      leases.set(lease.queueId, { ...lease, untilMs, servedTo: lease.nowServing, ranksAtOnce, loggedAtMs });
    }
    // A line that somebody had locked just then was skipped, and is ours as long as its lease lasts.
    for (const lease of leases.values())
      if (lease.untilMs <= Date.now()) {
        leases.delete(lease.queueId);
        orders.forget(lease.queueId);
      }
  };

  const tick = async (lease: HeldLease): Promise<void> => {
    const ranks = orders.next(lease, lease.servedTo, lease.ranksAtOnce);
    if (ranks === "unknown") return;
    const done = await tickLine(pool, lease, { workerId, most: admissionsPerTickMax, ranks }).catch(passOver);
    if (done === null) leases.delete(lease.queueId);
    else if (done !== "busy") {
      if (done.admitted > 0) admittedCounter.add(done.admitted);
      const isThrough = ranks !== null && done.nowServing >= ranks.firstRank + ranks.tickets.length - 1;
      lease.ranksAtOnce = isThrough ? ranksAtOnceMax : ranksAtOnceMin;
      lease.servedTo = done.nowServing;
    }
    if (lease.isSoldOut && (await endSoldOutLine(deps.database, lease).catch(passOver)) !== "busy")
      lease.isSoldOut = false;
    if (lease.isUnlogged && Date.now() - lease.loggedAtMs >= logMs) {
      lease.loggedAtMs = Date.now();
      await logProgress(deps.database, orders, lease).catch(passOver);
    }
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

/** Somebody holds the line's lock for long: the next tick comes soon enough. */
function passOver(error: unknown): "busy" {
  if (Object(error).code === "55P03" || Object(error).code === "40P01") return "busy";
  throw error;
}
