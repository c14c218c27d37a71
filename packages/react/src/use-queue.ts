"use client";

import type { EnterOptions, Entry, QueueSnapshot } from "@stanchion/sdk";
import { type Place, usePlace } from "./place-source.ts";
import { Places } from "./places.ts";

/** One fan's place in one line: the SDK's snapshot, `enter`, `leave` and `refresh`, `pending` and `actionError`. */
export type QueuePlace = Place<QueueSnapshot, EnterOptions, Entry>;

/** The lines that are watched. */
export const queuePlaces = new Places<QueueSnapshot, EnterOptions, Entry>(
  ({ queues }) => queues,
  (queueId) => ({
    queueId,
    phase: "loading",
    connection: "connecting",
    queueStatus: null,
    board: null,
    entry: null,
    position: null,
    ahead: null,
    estimatedWaitSeconds: null,
    estimatedWaitFactor: 2,
    progress: null,
    admission: null,
    clockOffsetMs: 0,
    error: null,
  }),
);

/**
 * Follows the fan's place in a line while the component is mounted. All components of one client and queue share one watch, which
 * ends with the last of them. A server renders `phase: "loading"`, and so does the page that it sent, until it has come to life.
 *
 * @throws {Error} When there is no StanchionProvider above. Failures of the server stand in `error` and `actionError`.
 * @example
 * const { phase, position, enter, pending } = useQueue(queueId);
 */
export function useQueue(queueId: string): QueuePlace {
  return usePlace(queuePlaces, queueId);
}
