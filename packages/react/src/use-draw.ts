"use client";

import type { DrawEntry, DrawSnapshot, EnterOptions } from "@stanchion/sdk";
import { type Place, usePlace } from "./place-source.ts";
import { Places } from "./places.ts";

/** One fan's part in one draw: the SDK's snapshot, `enter`, `leave` and `refresh`, `pending` and `actionError`. */
export type DrawPlace = Place<DrawSnapshot, EnterOptions, DrawEntry>;

/** The draws that are watched. */
export const drawPlaces = new Places<DrawSnapshot, EnterOptions, DrawEntry>(
  ({ draws }) => draws,
  (drawId) => ({
    drawId,
    phase: "loading",
    connection: "connecting",
    drawStatus: null,
    draw: null,
    entry: null,
    mayStillWin: false,
    admission: null,
    admissionAt: null,
    clockOffsetMs: 0,
    error: null,
  }),
);

/**
 * Follows the fan's part in a draw while the component is mounted, from before its opening to the purchase, as `useQueue` follows a
 * place in a line.
 *
 * @throws {Error} When there is no StanchionProvider above. Failures of the server stand in `error` and `actionError`.
 * @example
 * const { phase, draw, enter, pending } = useDraw(drawId);
 */
export function useDraw(drawId: string): DrawPlace {
  return usePlace(drawPlaces, drawId);
}
