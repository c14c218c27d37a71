import type { EventType } from "@stanchion/contract";
import { type Database, inOrganization } from "../../platform/database/index.ts";
import { writeEvent } from "../../platform/events/index.ts";
import { type PollingLoop, startPollingLoop } from "../../platform/jobs/index.ts";
import type { Log } from "../../platform/log.ts";
import { queueOf } from "./queue.ts";
import { factsOf } from "./queue-facts.ts";
import { findQueue } from "./queue-store.ts";
import * as store from "./schedule-watch-store.ts";

/** The part of a worker that tells when queues open and close: by the clock nobody does it, and by hand it is the same event. */
export type ScheduleWatch = PollingLoop;

const pollMs = 500;
const queuesAtOnce = 50;

export function startScheduleWatch({ database, log }: { database: Database; log: Log }): ScheduleWatch {
  return startPollingLoop({
    pollMs,
    async round(isStopped) {
      for (const queue of await store.findTurnedQueues(database.kysely, queuesAtOnce))
        if (!isStopped()) await tellOfTurn(database, queue);
    },
    onFailure: (error) => log.warn({ err: error }, "openings could not be told of; trying again"),
  });
}

/** Tells of it once, and of what it came to in the end: a queue that was closed before it opened never was open. */
async function tellOfTurn(database: Database, turned: store.TurnedQueue): Promise<void> {
  await inOrganization(database, turned, async (db) => {
    const told = await store.lockWatch(db, turned);
    const row = await findQueue(db, turned, turned.id);
    if (row === undefined) return;
    const facts = factsOf(row);
    const isClosed = facts.status === "CLOSED";
    const isOpened = isClosed ? told.isOpened : facts.status === "OPEN" || facts.status === "PAUSED";
    const tell = (type: EventType) =>
      writeEvent(db, turned, { type, distributionId: turned.id, data: queueOf(row, facts) });
    if (isOpened && !told.isOpened) await tell("queue.opened");
    if (isClosed && !told.isClosed) await tell("queue.closed");
    await store.noteWatch(db, turned, { isOpened, isClosed });
  });
}
