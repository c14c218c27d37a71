"use client";

import type { EnterOptions, StanchionError } from "@stanchion/sdk";
import { type ComponentType, createElement, type ReactElement, type ReactNode } from "react";
import { useKeptFocus } from "./kept-focus.ts";
import type { ActionState } from "./places.ts";
import type { RoomTexts } from "./room-texts.ts";

/** The parts of a room, of which one is shown at a time. `over`: nothing is left to wait for. */
export type RoomSlot = "loading" | "outside" | "waiting" | "turn" | "over";

/** What every room takes, besides what it is about. A part can be given as a function of the place. */
export interface RoomProps<Place, Texts>
  extends Partial<Readonly<Record<RoomSlot, (place: Place) => ReactNode>>> {
  /** Where the link to the checkout leads, with the admission's token in its query; without it there is no link. */
  readonly checkoutUrl?: string | undefined;
  /** How the room's own buttons join; by default also before the opening. */
  readonly enterOptions?: EnterOptions | undefined;
  /** Components in place of parts, for those that have hooks of their own. What is given as a function goes first. */
  readonly components?: Partial<Readonly<Record<RoomSlot, ComponentType<{ readonly place: Place }>>>>;
  readonly texts?: Partial<Texts> | undefined;
}

/** What a part of a room is made from. */
export interface PartProps<Place, Texts> {
  readonly place: Place;
  readonly texts: Texts;
  readonly checkoutUrl: string | undefined;
  readonly enterOptions: EnterOptions;
}

/** The room's own parts. */
export type RoomParts<Place, Texts> = Partial<
  Readonly<Record<RoomSlot, ComponentType<PartProps<Place, Texts>>>>
>;

/** What every room needs to know of the place that it is for. */
interface RoomPlace extends ActionState {
  readonly phase: string;
  readonly error: StanchionError | null;
}

interface RoomFrameProps<Place extends RoomPlace, Texts extends RoomTexts> {
  readonly place: Place;
  readonly slot: RoomSlot;
  readonly headline: string;
  readonly texts: Texts;
  readonly parts: RoomParts<Place, Texts>;
  readonly given: RoomProps<Place, Texts>;
}

const enterOptionsDefault: EnterOptions = { waitForOpening: true };

/** The room around its parts: the headline, what stands in the way, and the part that is given for the slot, or the room's own. */
export function RoomFrame<Place extends RoomPlace, Texts extends RoomTexts>(
  props: RoomFrameProps<Place, Texts>,
): ReactElement {
  const { place, slot, headline, texts } = props;
  const isTurn = slot === "turn";
  const focus = useKeptFocus(slot);
  const problem = place.actionError ?? (place.phase === "loading" ? place.error : null);
  return createElement(
    "section",
    {
      "aria-label": texts.room,
      "aria-busy": place.pending !== null,
      "data-slot": slot,
      tabIndex: -1,
      ...focus,
    },
    // Both are there from the beginning: what comes with its words is not read aloud.
    createElement("div", { role: "status" }, isTurn ? null : headline),
    createElement(
      "div",
      { role: "alert" },
      isTurn ? headline : null,
      problem && createElement("p", null, problem.message),
    ),
    partOf(props),
  );
}

/** The part that is given for the slot, or the room's own. */
function partOf<Place extends RoomPlace, Texts extends RoomTexts>({
  place,
  slot,
  texts,
  parts,
  given,
}: RoomFrameProps<Place, Texts>): ReactNode {
  const { [slot]: rendered, components, checkoutUrl, enterOptions = enterOptionsDefault } = given;
  if (rendered) return rendered(place);
  const component = components?.[slot];
  if (component) return createElement(component, { place });
  const own = parts[slot];
  return own ? createElement(own, { place, texts, checkoutUrl, enterOptions }) : null;
}
