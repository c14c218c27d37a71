/** What each scene of a draw shows. */
import { carryView } from "../carry-view.ts";
import { receiptView } from "../receipt-view.ts";
import {
  joinButton,
  keepOpenText,
  leaveOf,
  loadingView,
  nothing,
  type SceneView,
  tell,
} from "../scene-view.ts";
import { turnView } from "../turn-view.ts";
import type { CountdownView, ReceiptView } from "../view-model.ts";
import { formatCountdown, formatDay } from "../wording.ts";
import {
  type DrawScene,
  type DrawState,
  drawProblem,
  drawTime,
  isInside,
  isOpen,
  secondsTo,
} from "./draw-state.ts";

/** The words and parts of one scene. */
export function viewOfDrawScene(scene: DrawScene, state: DrawState, nowMs: number): SceneView {
  const { words } = state;
  const { say, sayOfDraw } = words;
  switch (scene) {
    case "loading":
      return loadingView(words);
    case "carry":
      return carryView(state, isInside(state));
    case "problem":
      return {
        ...tell(words, drawProblem(state, nowMs)?.title ?? say("loadingHeadline"), []),
        button: { action: "reload", label: say("reloadButton"), isQuiet: false, isBusy: false },
      };
    case "scheduled":
      return scheduledView(state, nowMs);
    case "open":
      return openView(state, nowMs);
    case "full":
      return {
        ...tell(words, say("fullHeadline"), [say("fullText")]),
        button: joinButton(state, say("joinAnywayButton")),
      };
    case "closed":
      return tell(words, say("closedHeadline"), [say("closedText"), ...drawnFrom(state, nowMs)]);
    case "result":
      return tell(words, sayOfDraw("resultHeadline"), [sayOfDraw("resultText"), sayOfDraw("checkText")]);
    case "entered":
      return enteredView(state, nowMs);
    case "drawing":
      return {
        ...tell(words, say("drawingHeadline"), [say("drawingText"), ...drawnFrom(state, nowMs)]),
        tab: say("titleDrawing"),
        ...countdown(state, "drawAt", nowMs),
        hints: [keepOpenText(state)],
        receipt: receiptOf(state),
        extras: "waiting",
      };
    case "won":
      return wonView(state, nowMs);
    case "turn":
      return { ...turnView(state, nowMs), receipt: receiptOf(state) };
    case "turn-over":
      return {
        ...tell(words, say("turnOverHeadline"), [say("turnOverText")]),
        tab: say("titleTurnOver"),
        receipt: receiptOf(state),
      };
    case "lost":
      return {
        ...tell(words, sayOfDraw("lostHeadline"), [
          sayOfDraw("lostText"),
          ...(state.snapshot.mayStillWin ? [sayOfDraw("lostMayWin")] : []),
          sayOfDraw("checkText"),
        ]),
        receipt: receiptOf(state),
        extras: state.snapshot.mayStillWin ? "waiting" : null,
      };
    case "completed":
      return { ...tell(words, say("completedHeadline"), [say("completedText")]), receipt: receiptOf(state) };
    case "expired":
      return { ...tell(words, say("expiredHeadline"), [say("expiredText")]), receipt: receiptOf(state) };
    case "left":
      return leftView(state);
    case "denied":
      return { ...tell(words, say("deniedHeadline"), [say("deniedText")]), receipt: receiptOf(state) };
    case "cancelled":
      return {
        ...tell(words, sayOfDraw("cancelledHeadline"), [sayOfDraw("cancelledText")]),
        receipt: receiptOf(state),
      };
    case "void":
      return {
        ...tell(words, sayOfDraw("voidHeadline"), [sayOfDraw("voidText")]),
        receipt: receiptOf(state),
      };
  }
}

function scheduledView(state: DrawState, nowMs: number): SceneView {
  const { words, isArmed } = state;
  const { say } = words;
  const opensAtMs = drawTime(state, "openAt");
  const opening =
    opensAtMs === null
      ? say("scheduledTextUnknown")
      : say("scheduledText", { opening: formatDay(words, opensAtMs, nowMs) });
  const label = say(isArmed ? "disarmButton" : "armButton");
  return {
    ...tell(words, say("scheduledHeadline"), [
      opening,
      ...(isArmed ? [say("armedText")] : facts(state, nowMs)),
    ]),
    tab: say("titleScheduled"),
    ...countdown(state, "openAt", nowMs),
    button: { action: isArmed ? "disarm" : "arm", label, isQuiet: isArmed, isBusy: state.work !== null },
  };
}

function openView(state: DrawState, nowMs: number): SceneView {
  const { words } = state;
  const { say, sayOfDraw } = words;
  const closesAtMs = drawTime(state, "closeAt");
  const until =
    closesAtMs === null ? [] : [sayOfDraw("enterUntil", { closing: formatDay(words, closesAtMs, nowMs) })];
  const headline = say("openHeadline");
  return {
    ...tell(words, headline, [...until, ...facts(state, nowMs)]),
    // Not the count: a live number would be spoken without end.
    spoken: { key: headline, text: headline, isUrgent: false },
    tab: say("titleOpen"),
    ...countdown(state, "closeAt", nowMs),
    button: joinButton(state, say("joinButton")),
  };
}

function enteredView(state: DrawState, nowMs: number): SceneView {
  const { words } = state;
  const { say, sayOfDraw } = words;
  const headline = sayOfDraw("enteredHeadline");
  return {
    ...tell(words, headline, facts(state, nowMs)),
    spoken: { key: headline, text: headline, isUrgent: false },
    tab: sayOfDraw("titleEntered"),
    ...countdown(state, "closeAt", nowMs),
    hints: [keepOpenText(state)],
    leave: { ...leaveOf(state, say("leaveButton"), say("leaveQuestion")), warning: say("leaveEarlyWarning") },
    receipt: receiptOf(state),
    extras: "waiting",
  };
}

function wonView(state: DrawState, nowMs: number): SceneView {
  const { words, snapshot } = state;
  const { say, sayOfDraw } = words;
  const beginsAtMs = Date.parse(snapshot.admissionAt ?? "");
  const time = Number.isNaN(beginsAtMs) ? null : formatDay(words, beginsAtMs, nowMs);
  const seconds = secondsTo(state, Number.isNaN(beginsAtMs) ? null : beginsAtMs, nowMs);
  const headline = sayOfDraw("wonHeadline");
  const text = time === null ? [] : [sayOfDraw("wonText", { time })];
  return {
    ...tell(words, headline, text),
    spoken: { key: headline, text: [headline, ...text].join(say("gap")), isUrgent: true },
    tab: say("titleTurn"),
    countdown:
      seconds === null
        ? null
        : { label: sayOfDraw("wonLabel"), text: formatCountdown(words, Math.max(0, seconds)), note: "" },
    isTicking: seconds !== null,
    leave: leaveOf(state, say("leaveTurnButton"), say("leaveTurnQuestion")),
    receipt: receiptOf(state),
    extras: "won",
  };
}

function leftView(state: DrawState): SceneView {
  const { words } = state;
  const { say } = words;
  if (!isOpen(state))
    return { ...tell(words, say("leftHeadline"), [say("leftTextClosed")]), receipt: receiptOf(state) };
  return {
    ...tell(words, say("leftHeadline"), [say("leftText")]),
    receipt: receiptOf(state),
    button: joinButton(state, say("joinAgainButton")),
  };
}

/** How many are in it, how many win, and when. */
function facts(state: DrawState, nowMs: number): string[] {
  const { snapshot, draw, words } = state;
  const { sayOfDraw } = words;
  const entries = snapshot.draw?.entries ?? draw?.entries;
  const counts = [
    ...(draw === null ? [] : [sayOfDraw("winners", { count: draw.winnerCount })]),
    // Of nobody nothing is said: the count comes a little later than an entry of one's own.
    ...(entries === undefined || entries === 0 ? [] : [sayOfDraw("entries", { count: entries })]),
  ];
  return [...(counts.length === 0 ? [] : [counts.join(words.say("gap"))]), ...drawnFrom(state, nowMs)];
}

function drawnFrom(state: DrawState, nowMs: number): string[] {
  const { words } = state;
  const drawnAtMs = drawTime(state, "drawAt");
  return drawnAtMs === null
    ? []
    : [words.sayOfDraw("drawnFrom", { time: formatDay(words, drawnAtMs, nowMs) })];
}

const clocks = {
  openAt: { label: "scheduledLabel", due: "scheduledDue" },
  closeAt: { label: "closesLabel", due: "closesDue" },
  drawAt: { label: "drawnLabel", due: "drawnDue" },
} as const;

function countdown(
  state: DrawState,
  name: keyof typeof clocks,
  nowMs: number,
): { readonly countdown: CountdownView | null; readonly isTicking: boolean } {
  const seconds = secondsTo(state, drawTime(state, name), nowMs);
  if (seconds === null) return { countdown: nothing.countdown, isTicking: false };
  const { words } = state;
  const sayOf = (key: (typeof clocks)[typeof name]["label" | "due"]): string =>
    key === "scheduledLabel" || key === "scheduledDue" ? words.say(key) : words.sayOfDraw(key);
  const { label, due } = clocks[name];
  const text = seconds > 0 ? formatCountdown(words, seconds) : sayOf(due);
  return { countdown: { label: sayOf(label), text, note: "" }, isTicking: true };
}

function receiptOf({ snapshot, baseUrl }: DrawState): ReceiptView | null {
  const { entry, drawId, drawStatus } = snapshot;
  return receiptView(entry?.receipt ?? null, {
    kind: "draw",
    id: drawId,
    isDrawn: drawStatus === "COMPLETED",
    baseUrl,
  });
}
