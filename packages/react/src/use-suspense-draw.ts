"use client";

import type { DrawPhase, DrawSnapshot } from "@stanchion/sdk";
import { useSuspensePlace } from "./suspense-place.ts";
import { type DrawPlace, drawPlaces } from "./use-draw.ts";

/** A part in a draw of which it is known whether there is one. */
export type KnownDrawPlace = DrawPlace & { readonly phase: Exclude<DrawPhase, "loading"> };

/**
 * As `useDraw`, but suspends until it is known where the fan stands and, for who stands outside, how far the draw is; otherwise as
 * `useSuspenseQueue`.
 *
 * @throws {StanchionError} What the server refuses for good before anything is known, DRAW_NOT_FOUND among them.
 * @throws {Error} When there is no StanchionProvider above.
 * @example
 * const { phase, drawStatus } = useSuspenseDraw(drawId);
 */
export function useSuspenseDraw(drawId: string): KnownDrawPlace {
  return useSuspensePlace(drawPlaces, drawId, isKnown);
}

function isKnown(
  state: DrawSnapshot,
): state is DrawSnapshot & { readonly phase: Exclude<DrawPhase, "loading"> } {
  return state.phase !== "loading" && (state.phase !== "outside" || state.drawStatus !== null);
}
