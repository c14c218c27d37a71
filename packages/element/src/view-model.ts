/** What there is to show, as data: words, numbers, addresses. */
import type { QueueSnapshot } from "@stanchion/sdk/state";
import type { Action, Scene } from "./page-state.ts";
import type { Problem } from "./problem.ts";

/** `Name`: of its scenes. */
export interface View<Name extends string = Scene> {
  readonly scene: Name;
  readonly documentTitle: string;
  readonly headline: string;
  readonly paragraphs: readonly string[];
  readonly place: PlaceView | null;
  /** Paragraphs below the place: it stays where it is when they come and go. */
  readonly hints: readonly string[];
  readonly countdown: CountdownView | null;
  readonly button: ButtonView | null;
  /** The other answer, where the button asks. */
  readonly otherButton: ButtonView | null;
  /** Where to ask to be told, for who cannot join. */
  readonly waitlist: LinkView | null;
  /** What else a fan can set up; null: nothing. */
  readonly extras: ExtrasView | null;
  /** The address of the checkout, with the token of the moment. */
  readonly checkout: { readonly href: string; readonly isBusy: boolean } | null;
  /** Shown to be copied where there is no checkout to go to. */
  readonly token: string | null;
  readonly leave: LeaveView | null;
  /** What proves that the fan has joined, and when. */
  readonly receipt: ReceiptView | null;
  readonly problem: Problem | null;
  readonly connection: { readonly state: QueueSnapshot["connection"]; readonly text: string } | null;
  /** What a screen reader hears when the key changes. */
  readonly spoken: SpokenView;
  /** Does it change by the clock alone? */
  readonly isTicking: boolean;
}

/** How far the fan has come. `won`: in a draw, and the time to buy is to come. */
export type ExtrasView = "waiting" | "won" | "turn";

export interface PlaceView {
  readonly position: string;
  /** 0 to 100. */
  readonly percent: number;
  readonly progressText: string;
  readonly ahead: string;
  readonly wait: string;
  readonly ticket: string;
}

export interface CountdownView {
  readonly label: string;
  readonly text: string;
  readonly note: string;
}

export interface ButtonView {
  readonly action: Action;
  readonly label: string;
  readonly isQuiet: boolean;
  readonly isBusy: boolean;
}

/** Leads to a page of the shop. */
export interface LinkView {
  readonly href: string;
  readonly label: string;
}

export interface SpokenView {
  readonly key: string;
  readonly text: string;
  readonly isUrgent: boolean;
}

export interface ReceiptView {
  /** As JSON. */
  readonly text: string;
  /** What is saved, under this name. */
  readonly href: string;
  readonly fileName: string;
  /** The page that checks the opening with this receipt; null as long as there is nothing to check. */
  readonly checkHref: string | null;
}

export interface LeaveView {
  readonly label: string;
  readonly question: string;
  readonly warning: string;
  readonly isAsked: boolean;
  readonly isBusy: boolean;
}
