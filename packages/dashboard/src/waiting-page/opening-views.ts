/** What is shown until a line opens, and until the order is drawn of those who came before. */
import { isUndrawn, joinsFrom, opensAt, type PageState, serverNow, timeOf } from "./page-state.ts";
import { receiptOf } from "./receipt-view.ts";
import { joinButton, keepOpenText, leaveOf, nothing, type SceneView, tell } from "./scene-view.ts";
import { texts } from "./texts.ts";
import type { ButtonView, CountdownView } from "./view-model.ts";
import { formatCountdown, formatDay } from "./wording.ts";

/** Nobody can join yet. */
export function scheduledView(state: PageState, nowMs: number): SceneView {
  const from = joinsFrom(state);
  const isShuffled = state.queue?.shuffleBeforeOpen === true;
  const fromText =
    isShuffled && from !== null ? [texts.joinFromText(formatDay(from, nowMs, state.region))] : [];
  const armedText = isShuffled ? texts.armedEarlyText : texts.armedText;
  return {
    ...tell(texts.scheduledHeadline, [
      openingText(state, nowMs),
      ...fromText,
      ...(isShuffled ? [texts.noAdvantageText] : []),
      ...(state.isArmed ? [armedText] : []),
    ]),
    tab: texts.titleScheduled,
    ...openingCountdown(state, nowMs),
    button: armButton(state, isShuffled),
  };
}

/** Whoever comes now takes part in the drawing. */
export function earlyView(state: PageState, nowMs: number): SceneView {
  return {
    ...tell(texts.earlyHeadline, [openingText(state, nowMs), texts.noAdvantageText]),
    tab: texts.titleEarly,
    ...openingCountdown(state, nowMs),
    button: joinButton(state, texts.joinEarlyButton),
  };
}

/** The fan is in, and the opening is to come. */
export function beforeOpeningView(state: PageState, nowMs: number): SceneView {
  return {
    ...tell(texts.beforeOpeningHeadline, [openingText(state, nowMs), texts.noAdvantageText]),
    tab: texts.titleBeforeOpening,
    ...openingCountdown(state, nowMs),
    hints: [keepOpenText(state)],
    leave: { ...leaveOf(state, texts.leaveButton, texts.leaveQuestion), warning: texts.leaveEarlyWarning },
    receipt: receiptOf(state),
  };
}

/** The fan is in, the line has opened, and the order is not there yet. */
export function drawingView(state: PageState): SceneView {
  const enteredAtMs = timeOf(state.snapshot.entry?.enteredAt ?? null);
  const opensAtMs = opensAt(state);
  const isLate = enteredAtMs !== null && opensAtMs !== null && enteredAtMs >= opensAtMs;
  return {
    ...tell(texts.drawingHeadline, [isLate ? texts.drawingLateText : texts.drawingText]),
    tab: texts.titleDrawing,
    hints: [keepOpenText(state)],
    leave: leaveOf(state, texts.leaveButton, texts.leaveQuestion),
    receipt: receiptOf(state),
  };
}

/** Why the place is what it is, for whoever came before the opening. */
export function drawnHints(state: PageState): string[] {
  const { board, entry } = state.snapshot;
  const isOfDrawing = board?.shuffle !== undefined && entry !== null && entry.ticket <= board.shuffle.count;
  return isOfDrawing && !isUndrawn(state) ? [texts.drawnText] : [];
}

function openingText(state: PageState, nowMs: number): string {
  const opensAtMs = opensAt(state);
  if (opensAtMs === null) return texts.scheduledTextUnknown;
  return texts.scheduledText(formatDay(opensAtMs, nowMs, state.region));
}

function openingCountdown(
  state: PageState,
  nowMs: number,
): { readonly countdown: CountdownView | null; readonly isTicking: boolean } {
  const opensAtMs = opensAt(state);
  if (opensAtMs === null) return { countdown: nothing.countdown, isTicking: false };
  const seconds = Math.ceil((opensAtMs - serverNow(state, nowMs)) / 1_000);
  const text = seconds > 0 ? formatCountdown(seconds) : texts.scheduledDue;
  return { countdown: { label: texts.scheduledLabel, text, note: "" }, isTicking: true };
}

function armButton(state: PageState, isShuffled: boolean): ButtonView {
  const wish = isShuffled ? texts.armEarlyButton : texts.armButton;
  const label = state.isArmed ? texts.disarmButton : wish;
  return {
    action: state.isArmed ? "disarm" : "arm",
    label: state.work === null ? label : texts.joiningButton,
    isQuiet: state.isArmed,
    isBusy: state.work !== null,
  };
}
