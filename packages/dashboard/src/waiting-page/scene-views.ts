/** What each scene shows. */
import { checkoutHref } from "./admission-link.ts";
import { beforeOpeningView, drawingView, drawnHints, earlyView, scheduledView } from "./opening-views.ts";
import {
  maintenanceSince,
  opensAt,
  type PageState,
  problemNow,
  type Scene,
  statusOf,
  timeOf,
  turnLeftSeconds,
} from "./page-state.ts";
import type { Problem } from "./problem.ts";
import { receiptOf } from "./receipt-view.ts";
import { joinButton, keepOpenText, leaveOf, nothing, type SceneView, tell } from "./scene-view.ts";
import { texts } from "./texts.ts";
import type { CountdownView, PlaceView, SpokenView } from "./view-model.ts";
import {
  formatCount,
  formatCountdown,
  formatDay,
  formatPeople,
  formatSpoken,
  formatTime,
  formatWait,
} from "./wording.ts";

const lastMinuteSeconds = 60;

/** The words and parts of one scene. */
export function viewOfScene(scene: Scene, state: PageState, nowMs: number): SceneView {
  switch (scene) {
    case "loading":
      return tell(texts.loadingHeadline, [texts.loadingText]);
    case "problem":
      return problemView(problemNow(state, nowMs), maintenanceSince(state) !== null);
    case "scheduled":
      return scheduledView(state, nowMs);
    case "early":
      return earlyView(state, nowMs);
    case "open":
      return openView(state, nowMs);
    case "full":
      return {
        ...tell(texts.fullHeadline, [texts.fullText]),
        button: joinButton(state, texts.joinAnywayButton),
      };
    case "closed":
      return tell(texts.closedHeadline, [texts.closedText]);
    case "ended":
      return tell(texts.endedHeadline, [
        state.snapshot.phase === "denied" ? texts.endedInside : texts.endedText,
      ]);
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
        ...tell(texts.turnOverHeadline, [texts.turnOverText]),
        tab: texts.titleTurnOver,
      };
    case "completed":
      return { ...tell(texts.completedHeadline, [texts.completedText]), receipt: receiptOf(state) };
    case "left":
      return againView(
        state,
        texts.leftHeadline,
        statusOf(state) === "SCHEDULED" ? texts.leftTextEarly : texts.leftText,
        texts.leftTextClosed,
      );
    case "expired":
      return againView(state, texts.expiredHeadline, texts.expiredText, texts.expiredTextClosed);
    case "denied":
      return { ...tell(texts.deniedHeadline, [texts.deniedText]), receipt: receiptOf(state) };
  }
}

function problemView(problem: Problem | null, isMaintenance: boolean): SceneView {
  return {
    ...tell(problem?.title ?? texts.loadingHeadline, []),
    // It comes back by itself when the operator has said it would.
    button: isMaintenance
      ? null
      : { action: "reload", label: texts.reloadButton, isQuiet: false, isBusy: false },
  };
}

function openView(state: PageState, nowMs: number): SceneView {
  const { snapshot, queue } = state;
  const status = statusOf(state);
  const isPaused = status === "PAUSED";
  const waiting = snapshot.board?.waiting ?? queue?.waiting;
  const closesAtMs = timeOf(queue?.closeAt ?? null);
  const text = status === "DRAWING" ? texts.drawingOutside : texts.openText;
  const paragraphs: string[] = [isPaused ? texts.pausedOutside : text];
  if (snapshot.board?.reason === "ALL_ADMITTED") paragraphs.push(texts.allAdmittedOutside);
  const facts: string[] = [];
  if (waiting !== undefined)
    facts.push(waiting > 0 ? texts.openWaiting(formatPeople(waiting)) : texts.openNobody);
  if (closesAtMs !== null) facts.push(texts.openUntil(formatTime(closesAtMs, nowMs, state.region)));
  if (facts.length > 0) paragraphs.push(facts.join(" "));
  const headline = isPaused ? texts.pausedHeadline : texts.openHeadline;
  return {
    ...tell(headline, paragraphs),
    // Not the count: a live number would be spoken without end.
    spoken: { key: headline, text: headline, isUrgent: false },
    tab: texts.titleOpen,
    button: joinButton(state, texts.joinButton),
  };
}

function againView(state: PageState, headline: string, text: string, textClosed: string): SceneView {
  // Known to be closed: else the fan may try, and the server says what is so.
  const isClosed = statusOf(state) === "CLOSED";
  return {
    ...tell(headline, [isClosed ? textClosed : text]),
    receipt: receiptOf(state),
    button: isClosed ? null : joinButton(state, texts.joinAgainButton),
  };
}

function waitingView(state: PageState, nowMs: number): SceneView {
  const { snapshot } = state;
  const { position } = snapshot;
  const place = placeOf(state, nowMs);
  const count = position === null ? null : formatCount(position);
  const text = count === null ? "" : texts.spokenPosition(count, place.ahead, place.wait);
  return {
    ...nothing,
    headline: position === 1 ? texts.waitingNextHeadline : texts.waitingHeadline,
    paragraphs: [],
    hints: waitingHints(state, nowMs),
    tab: count === null ? texts.titleWaitingUnknown : texts.titleWaiting(count),
    place,
    leave: leaveOf(state, texts.leaveButton, texts.leaveQuestion),
    receipt: receiptOf(state),
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
  const { snapshot } = state;
  const opensAtMs = opensAt(state);
  switch (snapshot.queueStatus) {
    case "PAUSED":
      return [texts.waitingPaused];
    case "CLOSED":
      return [texts.waitingClosed];
    case "SCHEDULED":
      if (opensAtMs === null) return [texts.waitingScheduledUnknown];
      return [texts.waitingScheduled(formatDay(opensAtMs, nowMs, state.region))];
    default:
      return snapshot.board?.reason === "ALL_ADMITTED" ? [texts.waitingAllAdmitted] : drawnHints(state);
  }
}

function placeOf({ snapshot, region }: PageState, nowMs: number): PlaceView {
  const { position, ahead, progress, entry } = snapshot;
  // Rounded down: the bar is full only at the front.
  const percent = Math.floor((progress ?? 0) * 100);
  const isStanding = snapshot.queueStatus === "PAUSED" || snapshot.error?.code === "MAINTENANCE";
  const enteredAtMs = timeOf(entry?.enteredAt ?? null);
  return {
    position: position === null ? texts.positionUnknown : formatCount(position),
    percent,
    progressText: texts.progressText(`${percent}%`),
    ahead: ahead === null ? texts.positionUnknown : formatPeople(ahead),
    wait: isStanding ? texts.waitPaused : formatWait(snapshot.estimatedWaitSeconds),
    ticket:
      entry === null || enteredAtMs === null
        ? ""
        : texts.ticketText(formatCount(entry.ticket), formatTime(enteredAtMs, nowMs, region)),
  };
}

function turnView(state: PageState, nowMs: number): SceneView {
  const { admission } = state.snapshot;
  const leftSeconds = turnLeftSeconds(state, nowMs);
  const href = admission === null ? null : checkoutHref(state.checkoutUrl, admission.token);
  const text = href === null ? texts.turnTextShop : texts.turnText;
  return {
    ...nothing,
    headline: texts.turnHeadline,
    paragraphs: [text, ...turnStandstill(state)],
    tab: texts.titleTurn,
    countdown: turnCountdown(state, leftSeconds, nowMs),
    checkout: href === null ? null : { href, isBusy: state.work?.kind === "checkout" },
    token: href === null ? (admission?.token ?? null) : null,
    leave: leaveOf(state, texts.leaveTurnButton, texts.leaveTurnQuestion),
    spoken: spokenTurn(leftSeconds),
    isTicking: true,
  };
}

/** Why nothing can be done with the turn at the moment. */
function turnStandstill(state: PageState): string[] {
  if (maintenanceSince(state) !== null) return [texts.turnMaintenance];
  return state.snapshot.connection === "offline" ? [texts.turnOffline] : [];
}

function turnCountdown(state: PageState, leftSeconds: number | null, nowMs: number): CountdownView | null {
  if (leftSeconds === null) return null;
  const localEndMs = nowMs + leftSeconds * 1_000;
  return {
    label: texts.turnLabel,
    text: formatCountdown(leftSeconds),
    note: texts.turnUntil(formatTime(localEndMs, nowMs, state.region)),
  };
}

function spokenTurn(leftSeconds: number | null): SpokenView {
  if (leftSeconds === null) return { key: "turn", text: `${texts.turnHeadline}.`, isUrgent: true };
  if (leftSeconds <= lastMinuteSeconds)
    return { key: "last minute", text: texts.spokenLastMinute(formatSpoken(leftSeconds)), isUrgent: true };
  return { key: "turn", text: texts.spokenTurn(formatSpoken(leftSeconds)), isUrgent: true };
}
