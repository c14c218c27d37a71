/** What is shown until a line opens, and until the order is drawn of those who came before. */
import { isUndrawn, joinsFrom, opensAt, type PageState, serverNow, timeOf } from "./page-state.ts";
import { receiptOf } from "./receipt-view.ts";
import { joinButton, keepOpenText, leaveOf, nothing, type SceneView, tell } from "./scene-view.ts";
import type { ButtonView, CountdownView } from "./view-model.ts";
import { formatCountdown, formatDay, formatZones } from "./wording.ts";

/** Nobody can join yet. */
export function scheduledView(state: PageState, nowMs: number): SceneView {
  const { say } = state.words;
  const from = joinsFrom(state);
  const isShuffled = state.queue?.shuffleBeforeOpen === true;
  const fromText =
    isShuffled && from !== null ? [say("joinFromText", { from: formatDay(state.words, from, nowMs) })] : [];
  const armedText = isShuffled ? say("armedEarlyText") : say("armedText");
  return {
    ...tell(state.words, say("scheduledHeadline"), [
      openingText(state, nowMs),
      ...fromText,
      ...(isShuffled ? [say("noAdvantageText")] : []),
      ...(state.isArmed ? [armedText] : []),
    ]),
    tab: say("titleScheduled"),
    ...openingCountdown(state, nowMs),
    button: armButton(state, isShuffled),
  };
}

/** Whoever comes now takes part in the drawing. */
export function earlyView(state: PageState, nowMs: number): SceneView {
  const { say } = state.words;
  return {
    ...tell(state.words, say("earlyHeadline"), [openingText(state, nowMs), say("noAdvantageText")]),
    tab: say("titleEarly"),
    ...openingCountdown(state, nowMs),
    button: joinButton(state, say("joinEarlyButton")),
  };
}

/** The fan is in, and the opening is to come. */
export function beforeOpeningView(state: PageState, nowMs: number): SceneView {
  const { say } = state.words;
  return {
    ...tell(state.words, say("beforeOpeningHeadline"), [openingText(state, nowMs), say("noAdvantageText")]),
    tab: say("titleBeforeOpening"),
    ...openingCountdown(state, nowMs),
    hints: [keepOpenText(state)],
    leave: { ...leaveOf(state, say("leaveButton"), say("leaveQuestion")), warning: say("leaveEarlyWarning") },
    receipt: receiptOf(state),
    extras: "waiting",
  };
}

/** The fan is in, the line has opened, and the order is not there yet. */
export function drawingView(state: PageState): SceneView {
  const { say } = state.words;
  const enteredAtMs = timeOf(state.snapshot.entry?.enteredAt ?? null);
  const opensAtMs = opensAt(state);
  const isLate = enteredAtMs !== null && opensAtMs !== null && enteredAtMs >= opensAtMs;
  return {
    ...tell(state.words, say("drawingHeadline"), [isLate ? say("drawingLateText") : say("drawingText")]),
    tab: say("titleDrawing"),
    hints: [keepOpenText(state)],
    leave: leaveOf(state, say("leaveButton"), say("leaveQuestion")),
    receipt: receiptOf(state),
    extras: "waiting",
  };
}

/** Why the place is what it is, for whoever came before the opening. */
export function drawnHints(state: PageState): string[] {
  const { board, entry } = state.snapshot;
  const { say } = state.words;
  const isOfDrawing = board?.shuffle !== undefined && entry !== null && entry.ticket <= board.shuffle.count;
  return isOfDrawing && !isUndrawn(state) ? [say("drawnText")] : [];
}

function openingText(state: PageState, nowMs: number): string {
  const { say } = state.words;
  const opensAtMs = opensAt(state);
  if (opensAtMs === null) return say("scheduledTextUnknown");
  return say("scheduledText", { opening: formatDay(state.words, opensAtMs, nowMs) });
}

function openingCountdown(
  state: PageState,
  nowMs: number,
): { readonly countdown: CountdownView | null; readonly isTicking: boolean } {
  const { say } = state.words;
  const opensAtMs = opensAt(state);
  if (opensAtMs === null) return { countdown: nothing.countdown, isTicking: false };
  const seconds = Math.ceil((opensAtMs - serverNow(state, nowMs)) / 1_000);
  const text = seconds > 0 ? formatCountdown(state.words, seconds) : say("scheduledDue");
  const note = formatZones(state.words, opensAtMs, nowMs, state.queue?.timeZone ?? null);
  return { countdown: { label: say("scheduledLabel"), text, note }, isTicking: true };
}

function armButton(state: PageState, isShuffled: boolean): ButtonView {
  const { say } = state.words;
  const wish = isShuffled ? say("armEarlyButton") : say("armButton");
  const label = state.isArmed ? say("disarmButton") : wish;
  return {
    action: state.isArmed ? "disarm" : "arm",
    label: state.work === null ? label : say("joiningButton"),
    isQuiet: state.isArmed,
    isBusy: state.work !== null,
  };
}
