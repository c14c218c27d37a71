"use client";

import type { EntryAdmission } from "@stanchion/sdk";
import { createElement, Fragment, type ReactElement } from "react";
import { admissionLink } from "./admission-link.ts";
import type { ActionState } from "./places.ts";
import { useSecondsLeft } from "./seconds-left.ts";

interface ActionButtonProps {
  readonly label: string;
  readonly pending: ActionState["pending"];
  readonly act: () => void;
}

/** A button of a room. */
export function ActionButton({ label, pending, act }: ActionButtonProps): ReactElement {
  // Not disabled: a button that is would lose the focus, and with it the place on the page. A second press does nothing more.
  return createElement("button", { type: "button", "aria-disabled": pending !== null, onClick: act }, label);
}

interface TimeToBuyProps {
  readonly place: { readonly admission: EntryAdmission | null; readonly clockOffsetMs: number };
  readonly texts: { readonly checkout: string; readonly timeLeft: (seconds: number) => string };
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
