"use client";

import type { StanchionError } from "@stanchion/sdk";
import { type ComponentType, createElement, type ReactElement, type ReactNode } from "react";
import { useKeptFocus } from "./kept-focus.ts";
import type { ActionState } from "./places.ts";

/** The parts of a room, of which one is shown at a time. `over`: nothing is left to wait for. */
export type RoomSlot = "loading" | "outside" | "waiting" | "turn" | "over";

/** What a room shows in place of its own parts. What is given as a function goes before a component. */
export interface GivenParts<Place> extends Partial<Readonly<Record<RoomSlot, (place: Place) => ReactNode>>> {
  readonly components?:
    | Partial<Readonly<Record<RoomSlot, ComponentType<{ readonly place: Place }>>>>
    | undefined;
}

/** What every room needs to know of the place that it is for. */
export interface RoomPlace extends ActionState {
  readonly phase: string;
  readonly error: StanchionError | null;
}

interface RoomFrameProps<Place extends RoomPlace> {
  /** What the room is called to screen readers. */
  readonly name: string;
  readonly headline: string;
  readonly slot: RoomSlot;
  readonly place: Place;
  readonly given: GivenParts<Place>;
  readonly ownPart: ReactElement | null;
}

/** The room around its parts: the headline, what stands in the way, and the part that is given for the slot, or the room's own. */
export function RoomFrame<Place extends RoomPlace>(props: RoomFrameProps<Place>): ReactElement {
  const { name, headline, slot, place, given } = props;
  const isTurn = slot === "turn";
  const focus = useKeptFocus(slot);
  const rendered = given[slot];
  const component = given.components?.[slot];
  const replaced = component ? createElement(component, { place }) : props.ownPart;
  const problem = place.actionError ?? (place.phase === "loading" ? place.error : null);
  return createElement(
    "section",
    {
      "aria-label": name,
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
    rendered ? rendered(place) : replaced,
  );
}
