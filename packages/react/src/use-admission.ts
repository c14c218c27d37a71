"use client";

import type { EntryAdmission } from "@stanchion/sdk";
import { useSyncExternalStore } from "react";
import { usePlaceSource } from "./place-source.ts";
import type { Places } from "./places.ts";
import { useSecondsLeft } from "./seconds-left.ts";
import { drawPlaces } from "./use-draw.ts";
import { queuePlaces } from "./use-queue.ts";

/** The right to buy, and for how long it is there. */
export interface AdmissionView {
  /** With a token that is renewed while any component shows the place. Null unless the fan is admitted. */
  readonly admission: EntryAdmission | null;
  /** Whole seconds until the admission ends, by the server's clock; null unless admitted. */
  readonly secondsLeft: number | null;
}

/** What of a snapshot tells of the right to buy, the same for lines and draws. */
interface AdmissionSnapshot {
  readonly admission: EntryAdmission | null;
  readonly clockOffsetMs: number;
}

/**
 * Follows the fan's right to buy in a line or a draw, and counts down to its end. Shares the watch of `useQueue` or `useDraw`.
 *
 * @throws {Error} When there is no StanchionProvider above.
 * @example
 * const { admission, secondsLeft } = useAdmission(queueId);
 */
export function useAdmission(id: string): AdmissionView {
  const places: Places<AdmissionSnapshot, never, unknown> = id.startsWith("draw_") ? drawPlaces : queuePlaces;
  const { subscribe, read, readOnServer } = usePlaceSource(places, id);
  const { admission, clockOffsetMs } = useSyncExternalStore(subscribe, read, readOnServer);
  const secondsLeft = useSecondsLeft(admission?.expiresAt ?? null, clockOffsetMs);
  return { admission, secondsLeft };
}
