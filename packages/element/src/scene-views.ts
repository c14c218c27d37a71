/** What each scene shows. */

import { carryView } from "./carry-view.ts";
import { beforeOpeningView, drawingView, drawnHints, earlyView, scheduledView } from "./opening-views.ts";
import {
  endedReasonOf,
  isInside,
  maintenanceSince,
  opensAt,
  type PageState,
  problemNow,
  type Scene,
  statusOf,
  timeOf,
} from "./page-state.ts";
import type { Problem } from "./problem.ts";
import { receiptOf } from "./receipt-view.ts";
import {
  joinButton,
  keepOpenText,
  leaveOf,
  loadingView,
  nothing,
  type SceneView,
  tell,
} from "./scene-view.ts";
import { stockHints, stockOutside } from "./stock-views.ts";
import { turnView } from "./turn-view.ts";
import type { PlaceView } from "./view-model.ts";
import { formatDay, formatPeople, formatPercent, formatTime, formatWait } from "./wording.ts";

/** The words and parts of one scene. */
export function viewOfScene(scene: Scene, state: PageState, nowMs: number): SceneView {
  const { say } = state.words;
  switch (scene) {
    case "loading":
      return loadingView(state.words);
    case "carry":
      return carryView(state, isInside(state));
    case "problem":
      return problemView(state, problemNow(state, nowMs));
    case "scheduled":
      return scheduledView(state, nowMs);
    case "early":
      return earlyView(state, nowMs);
    case "open":
      return openView(state, nowMs);
    case "full":
      return {
        ...tell(state.words, say("fullHeadline"), [say("fullText")]),
        button: joinButton(state, say("joinAnywayButton")),
      };
    case "closed":
      return tell(state.words, say("closedHeadline"), [say("closedText")]);
    case "ended":
      return endedView(state);
    case "before-opening":
      return beforeOpeningView(state, nowMs);
    case "drawing":
      return drawingView(state);
    case "waiting":
      return waitingView(state, nowMs);
    case "turn":
      return turnView(state, nowMs);
    case "turn-over":
      return {
        ...tell(state.words, say("turnOverHeadline"), [say("turnOverText")]),
        tab: say("titleTurnOver"),
      };
    case "completed":
      return {
        ...tell(state.words, say("completedHeadline"), [say("completedText")]),
        receipt: receiptOf(state),
      };
    case "left":
      return againView(
        state,
        say("leftHeadline"),
        statusOf(state) === "SCHEDULED" ? say("leftTextEarly") : say("leftText"),
        say("leftTextClosed"),
      );
    case "expired":
      return againView(state, say("expiredHeadline"), say("expiredText"), say("expiredTextClosed"));
    case "denied":
      return { ...tell(state.words, say("deniedHeadline"), [say("deniedText")]), receipt: receiptOf(state) };
  }
}

function problemView(state: PageState, problem: Problem | null): SceneView {
  const { say } = state.words;
  return {
    ...tell(state.words, problem?.title ?? say("loadingHeadline"), []),
    // It comes back by itself when the operator has said it would.
    button:
      maintenanceSince(state) !== null
        ? null
        : { action: "reload", label: say("reloadButton"), isQuiet: false, isBusy: false },
  };
}

function endedView(state: PageState): SceneView {
  const { say } = state.words;
  const isInside = state.snapshot.phase === "denied";
  if (endedReasonOf(state) === "SOLD_OUT")
    return tell(state.words, say("soldOutHeadline"), [isInside ? say("soldOutInside") : say("soldOutText")]);
  return tell(state.words, say("endedHeadline"), [isInside ? say("endedInside") : say("endedText")]);
}

function openView(state: PageState, nowMs: number): SceneView {
  const { say } = state.words;
  const { snapshot, queue } = state;
  const status = statusOf(state);
  const isPaused = status === "PAUSED";
  const waiting = snapshot.board?.waiting ?? queue?.waiting;
  const closesAtMs = timeOf(queue?.closeAt ?? null);
  const text = status === "DRAWING" ? say("drawingOutside") : say("openText");
  const paragraphs: string[] = [isPaused ? say("pausedOutside") : text];
  if (snapshot.board?.reason === "ALL_ADMITTED") paragraphs.push(say("allAdmittedOutside"));
  paragraphs.push(...stockOutside(state));
  const facts: string[] = [];
  if (waiting !== undefined)
    facts.push(waiting > 0 ? say("openWaiting", { count: waiting }) : say("openNobody"));
  if (closesAtMs !== null)
    facts.push(say("openUntil", { closing: formatTime(state.words, closesAtMs, nowMs) }));
  if (facts.length > 0) paragraphs.push(facts.join(say("gap")));
  const headline = isPaused ? say("pausedHeadline") : say("openHeadline");
  return {
    ...tell(state.words, headline, paragraphs),
    // Not the count: a live number would be spoken without end.
    spoken: { key: headline, text: headline, isUrgent: false },
    tab: say("titleOpen"),
    button: joinButton(state, say("joinButton")),
  };
}

function againView(state: PageState, headline: string, text: string, textClosed: string): SceneView {
  const { say } = state.words;
  // Known to be closed: else the fan may try, and the server says what is so.
  const isClosed = statusOf(state) === "CLOSED";
  return {
    ...tell(state.words, headline, [isClosed ? textClosed : text]),
    receipt: receiptOf(state),
    button: isClosed ? null : joinButton(state, say("joinAgainButton")),
  };
}

function waitingView(state: PageState, nowMs: number): SceneView {
  const { say, number } = state.words;
  const { snapshot } = state;
  const { position } = snapshot;
  const place = placeOf(state, nowMs);
  const count = position === null ? null : number.format(position);
  const text =
    count === null ? "" : say("spokenPosition", { position: count, ahead: place.ahead, wait: place.wait });
  return {
    ...nothing,
    headline: position === 1 ? say("waitingNextHeadline") : say("waitingHeadline"),
    paragraphs: [],
    hints: waitingHints(state, nowMs),
    tab: count === null ? say("titleWaitingUnknown") : say("titleWaiting", { position: count }),
    place,
    leave: leaveOf(state, say("leaveButton"), say("leaveQuestion")),
    receipt: receiptOf(state),
    extras: "waiting",
    spoken: { key: `waiting ${count}`, text, isUrgent: false },
  };
}

function waitingHints(state: PageState, nowMs: number): string[] {
  // What the operator has announced says all there is to say.
  if (maintenanceSince(state) !== null) return [];
  return [...waitingReasons(state, nowMs), keepOpenText(state)];
}

/** Why the line does not move as one would think. */
function waitingReasons(state: PageState, nowMs: number): string[] {
  const { say } = state.words;
  const { snapshot } = state;
  const opensAtMs = opensAt(state);
  switch (snapshot.queueStatus) {
    case "PAUSED":
      return [say("waitingPaused")];
    case "CLOSED":
      return [say("waitingClosed")];
    case "SCHEDULED":
      if (opensAtMs === null) return [say("waitingScheduledUnknown")];
      return [say("waitingScheduled", { opening: formatDay(state.words, opensAtMs, nowMs) })];
    default:
      return [...stockHints(state), ...movementHints(state)];
  }
}

function movementHints(state: PageState): string[] {
  const { say } = state.words;
  const isAllAdmitted = state.snapshot.board?.reason === "ALL_ADMITTED";
  return isAllAdmitted ? [say("waitingAllAdmitted")] : drawnHints(state);
}

function placeOf({ snapshot, words }: PageState, nowMs: number): PlaceView {
  const { say, number } = words;
  const { position, ahead, progress, entry } = snapshot;
  // Rounded down: the bar is full only at the front.
  const percent = Math.floor((progress ?? 0) * 100);
  const isStanding = snapshot.queueStatus === "PAUSED" || snapshot.error?.code === "MAINTENANCE";
  // What is held may come free or not, and nobody knows when.
  const isAllTaken = snapshot.board?.stock?.free === 0;
  const enteredAtMs = timeOf(entry?.enteredAt ?? null);
  return {
    position: position === null ? say("positionUnknown") : number.format(position),
    percent,
    progressText: say("progressText", { percent: formatPercent(words, percent) }),
    ahead: ahead === null ? say("positionUnknown") : formatPeople(words, ahead),
    wait: isStanding
      ? say("waitPaused")
      : formatWait(words, isAllTaken ? null : snapshot.estimatedWaitSeconds, snapshot.estimatedWaitFactor),
    ticket:
      entry === null || enteredAtMs === null
        ? ""
        : say("ticketText", {
            ticket: number.format(entry.ticket),
            joined: formatTime(words, enteredAtMs, nowMs),
          }),
  };
}
