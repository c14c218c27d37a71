/** What the scenes are made of. */
import type { PageState } from "./page-state.ts";
import type { ButtonView, LeaveView, View } from "./view-model.ts";
import type { Words } from "./words.ts";

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
  otherButton: null,
  waitlist: null,
  extras: null,
  checkout: null,
  token: null,
  leave: null,
  receipt: null,
  spoken: { key: "", text: "", isUrgent: false },
  isTicking: false,
};

export function tell({ say }: Words, headline: string, paragraphs: readonly string[]): SceneView {
  const spoken = {
    key: headline,
    text: [isSentence(headline) ? headline : say("sentence", { text: headline }), ...paragraphs].join(
      say("gap"),
    ),
    isUrgent: false,
  };
  return { ...nothing, headline, paragraphs, tab: headline, spoken };
}

function isSentence(text: string): boolean {
  return /[.…?!。？！؟।]$/.test(text);
}

/** Before anything is known; it is not said aloud, since what comes next would wait for it to be heard. */
export function loadingView(words: Words): SceneView {
  const { say } = words;
  return { ...tell(words, say("loadingHeadline"), [say("loadingText")]), spoken: nothing.spoken };
}

export function joinButton(state: Pick<PageState, "words" | "work">, label: string): ButtonView {
  const { say } = state.words;
  const isBusy = state.work !== null;
  return { action: "join", label: isBusy ? say("joiningButton") : label, isQuiet: false, isBusy };
}

export function leaveOf(
  state: Pick<PageState, "words" | "work" | "isLeaveAsked">,
  label: string,
  question: string,
): LeaveView {
  return {
    label,
    question,
    warning: state.words.say("leaveWarning"),
    isAsked: state.isLeaveAsked,
    isBusy: state.work?.kind === "leave",
  };
}

/** That the page is best kept open. */
export function keepOpenText({
  isPlaceStored,
  words: { say },
}: Pick<PageState, "isPlaceStored" | "words">): string {
  return isPlaceStored ? say("waitingText") : say("waitingTextUnstored");
}
