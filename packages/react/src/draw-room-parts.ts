"use client";

import { createElement, Fragment, type ReactElement } from "react";
import type { DrawRoomTexts } from "./draw-room-texts.ts";
import type { PartProps, RoomParts } from "./room-frame.ts";
import { EnterButton, LeaveButton, TimeToBuy } from "./room-parts.ts";
import type { DrawPlace } from "./use-draw.ts";

type Props = PartProps<DrawPlace, DrawRoomTexts>;

/** The parts of the room of a draw. */
export const drawRoomParts: RoomParts<DrawPlace, DrawRoomTexts> = {
  outside: Entrance,
  waiting: Waiting,
  turn: Turn,
  over: Entrance,
};

/** For who is not in the draw, or no longer is: the times, and the button to enter, where entering is possible. */
function Entrance({ place, texts, enterOptions }: Props): ReactElement | null {
  const { phase, drawStatus, draw } = place;
  const isOpen = drawStatus === null || drawStatus === "OPEN" || drawStatus === "SCHEDULED";
  if (!isOpen || (phase !== "outside" && phase !== "left")) return null;
  const isScheduled = drawStatus === "SCHEDULED";
  return createElement(
    Fragment,
    null,
    draw !== null && createElement("p", null, texts.closes(new Date(draw.closeAt))),
    createElement(EnterButton, { place, texts, enterOptions, isScheduled }),
  );
}

/** For who waits for the result, for the turn to buy, or for a seat that comes free. */
function Waiting({ place, texts }: Props): ReactElement {
  const { phase, draw, admissionAt } = place;
  const isBefore = draw !== null && (phase === "entered" || phase === "drawing");
  return createElement(
    Fragment,
    null,
    isBefore && createElement("p", null, texts.entries(draw.entries)),
    isBefore && createElement("p", null, texts.draws(new Date(draw.drawAt))),
    admissionAt !== null && createElement("p", null, texts.turnBegins(new Date(admissionAt))),
    createElement(Exit, { place, texts }),
  );
}

/** For winners whose time to buy is now. */
function Turn({ place, texts, checkoutUrl }: Props): ReactElement {
  return createElement(
    Fragment,
    null,
    createElement(TimeToBuy, { place, texts, checkoutUrl }),
    createElement(Exit, { place, texts }),
  );
}

/** The way out, where there is one: not while the result is being made. */
function Exit({ place, texts }: Pick<Props, "place" | "texts">): ReactElement | null {
  const { phase } = place;
  if (phase !== "entered" && phase !== "won" && phase !== "admitted") return null;
  const label = phase === "entered" ? texts.leave : texts.giveUp;
  return createElement(LeaveButton, { place, texts, label });
}
