/** What the scenes are made of. */
import type { PageState } from "./page-state.ts";
import { texts } from "./texts.ts";
import type { ButtonView, LeaveView, View } from "./view-model.ts";

/** What a scene decides of its view; the rest is the same for all. `tab` stands in the title of the tab. */
export type SceneView = Omit<View, "scene" | "documentTitle" | "problem" | "connection"> & {
  readonly tab: string | null;
};

/** A scene that shows only words. */
export const nothing: Omit<SceneView, "headline" | "paragraphs"> = {
  tab: null,
  place: null,
  hints: [],
  countdown: null,
  button: null,
  checkout: null,
  token: null,
  leave: null,
  receipt: null,
  spoken: { key: "", text: "", isUrgent: false },
  isTicking: false,
};

export function tell(headline: string, paragraphs: readonly string[]): SceneView {
  const spoken = { key: headline, text: [headline, ...paragraphs].join(". "), isUrgent: false };
  return { ...nothing, headline, paragraphs, tab: headline, spoken };
}

export function joinButton(state: PageState, label: string): ButtonView {
  const isBusy = state.work !== null;
  return { action: "join", label: isBusy ? texts.joiningButton : label, isQuiet: false, isBusy };
}

export function leaveOf(state: PageState, label: string, question: string): LeaveView {
  return {
    label,
    question,
    warning: texts.leaveWarning,
    isAsked: state.isLeaveAsked,
    isBusy: state.work?.kind === "leave",
  };
}

/** That the page is best kept open. */
export function keepOpenText({ isPlaceStored }: PageState): string {
  return isPlaceStored ? texts.waitingText : texts.waitingTextUnstored;
}
