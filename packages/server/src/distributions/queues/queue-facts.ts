import { type QueueFacts, queueStatus } from "./queue.ts";
import type { QueueWithFacts } from "./queue-store.ts";

/** What to do where a queue that has closed would have to go on. */
export const staysClosed = "A queue that has closed stays closed: make another.";

/** What a queue's row comes to at the moment that it was read. */
export function factsOf(row: QueueWithFacts): QueueFacts {
  const schedule = {
    openAtMs: row.openAt?.getTime() ?? null,
    closeAtMs: row.effectiveCloseAt?.getTime() ?? null,
    isPaused: row.isPaused,
    isUndrawn: row.isUndrawn,
  };
  return { status: queueStatus(schedule, row.databaseNow.getTime()), waiting: Math.max(0, row.waiting) };
}
