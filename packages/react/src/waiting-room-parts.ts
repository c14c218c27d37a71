"use client";

import type { EnterOptions } from "@stanchion/sdk";
import { createElement, Fragment, type ReactElement } from "react";
import { ActionButton, TimeToBuy } from "./room-parts.ts";
import type { QueuePlace } from "./use-queue.ts";
import type { WaitingRoomTexts } from "./waiting-room-texts.ts";

/** What a part of the room is made from. */
export interface PartProps {
  readonly place: QueuePlace;
  readonly texts: WaitingRoomTexts;
  readonly checkoutUrl: string | undefined;
  readonly enterOptions: EnterOptions;
}

/** For who has no place, or no longer has one: the button to join, where joining is possible. */
export function Joiner({ place, texts, enterOptions }: PartProps): ReactElement | null {
  const { phase, queueStatus, pending, enter } = place;
  if (queueStatus === "CLOSED" || phase === "completed" || phase === "denied") return null;
  const first = queueStatus === "SCHEDULED" ? texts.joinWhenOpen : texts.join;
  const label = phase === "outside" ? first : texts.joinAgain;
  const shown = pending === "enter" ? texts.joining : label;
  return createElement(ActionButton, { label: shown, pending, act: () => void enter(enterOptions) });
}

/** For who waits: the place, how long it may take, and the way out. */
export function Waiting({ place, texts }: PartProps): ReactElement {
  const { position, estimatedWaitSeconds, progress } = place;
  return createElement(
    Fragment,
    null,
    position !== null && createElement("p", null, texts.position(position)),
    estimatedWaitSeconds !== null && createElement("p", null, texts.wait(estimatedWaitSeconds)),
    progress !== null && createElement("progress", { value: progress, "aria-label": texts.room }),
    createElement(LeaveButton, { place, texts }),
  );
}

/** For whose turn it is: the way to the checkout, and how long it is open. */
export function Turn({ place, texts, checkoutUrl }: PartProps): ReactElement {
  return createElement(
    Fragment,
    null,
    createElement(TimeToBuy, { place, texts, checkoutUrl }),
    createElement(LeaveButton, { place, texts }),
  );
}

function LeaveButton({ place, texts }: Pick<PartProps, "place" | "texts">): ReactElement {
  const { pending, leave } = place;
  const label = pending === "leave" ? texts.leaving : texts.leave;
  return createElement(ActionButton, { label, pending, act: () => void leave() });
}
