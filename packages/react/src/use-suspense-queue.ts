"use client";

import type { QueuePhase, QueueSnapshot } from "@stanchion/sdk";
import { useSuspensePlace } from "./suspense-place.ts";
import { type QueuePlace, queuePlaces } from "./use-queue.ts";

/** A place in a line of which it is known whether there is one. */
export type KnownQueuePlace = QueuePlace & { readonly phase: Exclude<QueuePhase, "loading"> };

/**
 * As `useQueue`, but suspends until it is known where the fan stands and, for who stands outside, how the line is. While the server
 * cannot be reached it stays so, and is tried again; what no waiting mends is thrown. A server knows no fan: there it throws at the
 * nearest Suspense boundary, whose fallback is what is sent, and the browser goes on from there.
 *
 * @throws {StanchionError} What the server refuses for good before anything is known, QUEUE_NOT_FOUND among them.
 * @throws {Error} When there is no StanchionProvider above.
 * @example
 * const { phase, position } = useSuspenseQueue(queueId);
 */
export function useSuspenseQueue(queueId: string): KnownQueuePlace {
  return useSuspensePlace(queuePlaces, queueId, isKnown);
}

function isKnown(
  state: QueueSnapshot,
): state is QueueSnapshot & { readonly phase: Exclude<QueuePhase, "loading"> } {
  return state.phase !== "loading" && (state.phase !== "outside" || state.queueStatus !== null);
}
