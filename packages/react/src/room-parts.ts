"use client";

import type { EnterOptions, EntryAdmission } from "@stanchion/sdk";
import { createElement, Fragment, type ReactElement } from "react";
import { admissionLink } from "./admission-link.ts";
import type { ActionState } from "./places.ts";
import type { RoomTexts } from "./room-texts.ts";
import { useSecondsLeft } from "./seconds-left.ts";

interface EnterButtonProps {
  readonly place: Pick<ActionState, "pending"> & {
    readonly phase: string;
    enter(options: EnterOptions): Promise<unknown>;
  };
  readonly texts: RoomTexts;
  readonly enterOptions: EnterOptions;
  /** Is it not open yet? */
  readonly isScheduled: boolean;
}

/** The way in, also for who has been in. */
export function EnterButton({ place, texts, enterOptions, isScheduled }: EnterButtonProps): ReactElement {
  const { phase, pending, enter } = place;
  const first = isScheduled ? texts.joinWhenOpen : texts.join;
  const label = phase === "outside" ? first : texts.joinAgain;
  const shown = pending === "enter" ? texts.joining : label;
  return createElement(ActionButton, { label: shown, pending, act: () => void enter(enterOptions) });
}

interface LeaveButtonProps {
  readonly place: Pick<ActionState, "pending"> & { leave(): Promise<unknown> };
  readonly texts: RoomTexts;
  readonly label: string;
}

/** The way out. */
export function LeaveButton({ place: { pending, leave }, texts, label }: LeaveButtonProps): ReactElement {
  const shown = pending === "leave" ? texts.leaving : label;
  return createElement(ActionButton, { label: shown, pending, act: () => void leave() });
}

interface ActionButtonProps {
  readonly label: string;
  readonly pending: ActionState["pending"];
  readonly act: () => void;
}

function ActionButton({ label, pending, act }: ActionButtonProps): ReactElement {
  // Not disabled: a button that is would lose the focus, and with it the place on the page. A second press does nothing more.
  return createElement("button", { type: "button", "aria-disabled": pending !== null, onClick: act }, label);
}

interface TimeToBuyProps {
  readonly place: { readonly admission: EntryAdmission | null; readonly clockOffsetMs: number };
  readonly texts: RoomTexts;
  readonly checkoutUrl: string | undefined;
}

/** The way to the checkout, and how long it is open. */
export function TimeToBuy({ place, texts, checkoutUrl }: TimeToBuyProps): ReactElement {
  const { admission, clockOffsetMs } = place;
  const secondsLeft = useSecondsLeft(admission?.expiresAt ?? null, clockOffsetMs);
  const href = admission !== null && checkoutUrl ? admissionLink(checkoutUrl, admission.token) : null;
  return createElement(
    Fragment,
    null,
    secondsLeft !== null && createElement("p", { role: "timer" }, texts.timeLeft(secondsLeft)),
    href !== null && createElement("a", { href }, texts.checkout),
  );
}
