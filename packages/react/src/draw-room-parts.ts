"use client";

import type { EnterOptions } from "@stanchion/sdk";
import { createElement, Fragment, type ReactElement } from "react";
import type { DrawRoomTexts } from "./draw-room-texts.ts";
import { ActionButton, TimeToBuy } from "./room-parts.ts";
import type { DrawPlace } from "./use-draw.ts";

/** What a part of a draw's room is made from. */
export interface DrawPartProps {
  readonly place: DrawPlace;
  readonly texts: DrawRoomTexts;
  readonly checkoutUrl: string | undefined;
  readonly enterOptions: EnterOptions;
}

/** For who is not in the draw, or no longer is: the times, and the button to enter, where entering is possible. */
export function DrawEntrance({ place, texts, enterOptions }: DrawPartProps): ReactElement | null {
  const { phase, drawStatus, draw, pending, enter } = place;
  const isOpen = drawStatus === null || drawStatus === "OPEN" || drawStatus === "SCHEDULED";
  if (!isOpen || (phase !== "outside" && phase !== "left")) return null;
  const first = drawStatus === "SCHEDULED" ? texts.joinWhenOpen : texts.join;
  const label = phase === "outside" ? first : texts.joinAgain;
  const shown = pending === "enter" ? texts.joining : label;
  return createElement(
    Fragment,
    null,
    draw !== null && createElement("p", null, texts.closes(new Date(draw.closeAt))),
    createElement(ActionButton, { label: shown, pending, act: () => void enter(enterOptions) }),
  );
}

/** For who waits for the result, for the turn to buy, or for a seat that comes free. */
export function DrawWaiting({ place, texts }: DrawPartProps): ReactElement {
  const { phase, draw, admissionAt } = place;
  const isBefore = draw !== null && (phase === "entered" || phase === "drawing");
  return createElement(
    Fragment,
    null,
    isBefore && createElement("p", null, texts.entries(draw.entries)),
    isBefore && createElement("p", null, texts.draws(new Date(draw.drawAt))),
    admissionAt !== null && createElement("p", null, texts.turnBegins(new Date(admissionAt))),
    createElement(DrawExit, { place, texts }),
  );
}

/** For winners whose time to buy is now. */
export function DrawTurn({ place, texts, checkoutUrl }: DrawPartProps): ReactElement {
  return createElement(
    Fragment,
    null,
    createElement(TimeToBuy, { place, texts, checkoutUrl }),
    createElement(DrawExit, { place, texts }),
  );
}

/** The way out, where there is one: not while the result is being made. */
function DrawExit({ place, texts }: Pick<DrawPartProps, "place" | "texts">): ReactElement | null {
  const { phase, pending, leave } = place;
  if (phase !== "entered" && phase !== "won" && phase !== "admitted") return null;
  const label = phase === "entered" ? texts.leave : texts.giveUp;
  const shown = pending === "leave" ? texts.leaving : label;
  return createElement(ActionButton, { label: shown, pending, act: () => void leave() });
}
