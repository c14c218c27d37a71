"use client";

import { createElement, Fragment, type ReactElement } from "react";
import type { PartProps, RoomParts } from "./room-frame.ts";
import { EnterButton, LeaveButton, TimeToBuy } from "./room-parts.ts";
import type { QueuePlace } from "./use-queue.ts";
import type { WaitingRoomTexts } from "./waiting-room-texts.ts";

type Props = PartProps<QueuePlace, WaitingRoomTexts>;

/** The parts of the room of a line. */
export const waitingRoomParts: RoomParts<QueuePlace, WaitingRoomTexts> = {
  outside: Joiner,
  waiting: Waiting,
  turn: Turn,
  over: Joiner,
};

/** For who has no place, or no longer has one: the button to join, where joining is possible. */
function Joiner({ place, texts, enterOptions }: Props): ReactElement | null {
  const { phase, queueStatus } = place;
  if (queueStatus === "CLOSED" || phase === "completed" || phase === "denied") return null;
  const isScheduled = queueStatus === "SCHEDULED";
  return createElement(EnterButton, { place, texts, enterOptions, isScheduled });
}

/** For who waits: the place, how long it may take, and the way out. */
function Waiting({ place, texts }: Props): ReactElement {
  const { position, estimatedWaitSeconds, estimatedWaitFactor, progress } = place;
  return createElement(
    Fragment,
    null,
    position !== null && createElement("p", null, texts.position(position)),
    estimatedWaitSeconds !== null &&
      createElement("p", null, texts.wait(estimatedWaitSeconds, estimatedWaitFactor)),
    progress !== null && createElement("progress", { value: progress, "aria-label": texts.room }),
    createElement(LeaveButton, { place, texts, label: texts.leave }),
  );
}

/** For whose turn it is: the way to the checkout, and how long it is open. */
function Turn({ place, texts, checkoutUrl }: Props): ReactElement {
  return createElement(
    Fragment,
    null,
    createElement(TimeToBuy, { place, texts, checkoutUrl }),
    createElement(LeaveButton, { place, texts, label: texts.leave }),
  );
}
