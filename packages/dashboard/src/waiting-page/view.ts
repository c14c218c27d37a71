/** What the waiting page shows: from the state of the fan's place to words and buttons. Pure; `render.ts` shows it. */
import type { PublicQueue, QueueSnapshot } from "@stanchion/sdk";
import { checkoutHref } from "./admission-link.ts";
import { type Failure, type Problem, problemOf } from "./problem.ts";
import { texts } from "./texts.ts";
import {
  formatCount,
  formatCountdown,
  formatDay,
  formatPeople,
  formatSpoken,
  formatTime,
  formatWait,
  type Region,
} from "./wording.ts";

/** What the page is about; a change of it is worth telling. */
export type Scene =
  | "loading"
  | "problem"
  | "scheduled"
  | "open"
  | "full"
  | "closed"
  | "ended"
  | "waiting"
  | "turn"
  | "turn-over"
  | "completed"
  | "left"
  | "expired"
  | "denied";

/** What the fan can press. */
export type Action = "join" | "arm" | "disarm" | "reload" | "ask-leave" | "leave" | "keep" | "checkout";

/** Everything that the view depends on. */
export interface PageState {
  readonly queueName: string;
  readonly checkoutUrl: string | null;
  readonly region: Region;
  /** Does the browser keep the place when the page is closed? */
  readonly isPlaceStored: boolean;
  readonly snapshot: QueueSnapshot;
  /** What is public of the queue; null until, and unless, it is known. */
  readonly queue: PublicQueue | null;
  readonly work: { readonly kind: "join" | "leave" | "checkout"; readonly sinceMs: number } | null;
  readonly isLeaveAsked: boolean;
  /** Shall the page join when the line opens? */
  readonly isArmed: boolean;
  /** What the last action of the fan met. */
  readonly actionFailure: Failure | null;
  /** What the page met by itself. */
  readonly watchFailure: Failure | null;
}

export interface View {
  readonly scene: Scene;
  readonly documentTitle: string;
  readonly headline: string;
  readonly paragraphs: readonly string[];
  readonly place: PlaceView | null;
  /** Paragraphs below the place: it stays where it is when they come and go. */
  readonly hints: readonly string[];
  readonly countdown: CountdownView | null;
  readonly button: ButtonView | null;
  /** The address of the checkout, with the token of the moment. */
  readonly checkout: { readonly href: string; readonly isBusy: boolean } | null;
  /** Shown to be copied where there is no checkout to go to. */
  readonly token: string | null;
  readonly leave: LeaveView | null;
  readonly problem: Problem | null;
  readonly connection: { readonly state: QueueSnapshot["connection"]; readonly text: string } | null;
  /** What a screen reader hears when the key changes. */
  readonly spoken: SpokenView;
  /** Does it change by the clock alone? */
  readonly isTicking: boolean;
}

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

export interface SpokenView {
  readonly key: string;
  readonly text: string;
  readonly isUrgent: boolean;
}

export interface LeaveView {
  readonly label: string;
  readonly question: string;
  readonly isAsked: boolean;
  readonly isBusy: boolean;
}

const slowWorkMs = 5_000;
const passingProblemMs = 4_000;
const lastMinuteSeconds = 60;

/** What to show of this state at this moment of the local clock. */
export function viewOf(state: PageState, nowMs: number): View {
  const scene = sceneOf(state, nowMs);
  const view = { ...viewOfScene(scene, state, nowMs), scene };
  const problem = problemNow(state, nowMs);
  const name = state.queueName;
  return {
    ...view,
    hints: isSlow(state, nowMs) ? [...view.hints, texts.slowWork] : view.hints,
    documentTitle: view.tab === null ? name : texts.title(view.tab, name),
    // The headline says the title already.
    problem: scene === "problem" && problem !== null ? { ...problem, title: "" } : problem,
    connection: connectionOf(scene, state.snapshot.connection),
    isTicking:
      view.isTicking || problem?.isCounting === true || state.work !== null || isHeldBack(state, nowMs),
  };
}

/** May the fan join, as far as is known? */
export function canJoin({ snapshot, queue }: Pick<PageState, "snapshot" | "queue">): boolean {
  const status = snapshot.queueStatus ?? queue?.status;
  return status === "OPEN" || status === "PAUSED";
}

type SceneView = Omit<View, "scene" | "documentTitle" | "problem" | "connection"> & {
  readonly tab: string | null;
};

const nothing: Omit<SceneView, "headline" | "paragraphs"> = {
  tab: null,
  place: null,
  hints: [],
  countdown: null,
  button: null,
  checkout: null,
  token: null,
  leave: null,
  spoken: { key: "", text: "", isUrgent: false },
  isTicking: false,
};

function sceneOf(state: PageState, nowMs: number): Scene {
  const { snapshot } = state;
  const isEnded = snapshot.board?.reason === "ENDED_BY_OPERATOR";
  switch (snapshot.phase) {
    case "loading":
      return problemNow(state, nowMs) === null ? "loading" : "problem";
    case "outside":
      return isEnded ? "ended" : outsideScene(state, nowMs);
    case "waiting":
      return "waiting";
    case "admitted":
      return (turnLeftSeconds(state, nowMs) ?? 1) > 0 ? "turn" : "turn-over";
    case "denied":
      return isEnded ? "ended" : "denied";
    case "completed":
    case "left":
    case "expired":
      return snapshot.phase;
  }
}

function outsideScene(state: PageState, nowMs: number): Scene {
  const { snapshot, queue } = state;
  switch (snapshot.queueStatus ?? queue?.status ?? null) {
    case "SCHEDULED":
      return "scheduled";
    case "OPEN":
    case "PAUSED":
      return isFull(state) ? "full" : "open";
    case "CLOSED":
      return "closed";
    case null:
      return problemNow(state, nowMs) === null ? "loading" : "problem";
  }
}

function viewOfScene(scene: Scene, state: PageState, nowMs: number): SceneView {
  switch (scene) {
    case "loading":
      return tell(texts.loadingHeadline, [texts.loadingText]);
    case "problem":
      return problemView(problemNow(state, nowMs));
    case "scheduled":
      return scheduledView(state, nowMs);
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
      return tell(texts.completedHeadline, [texts.completedText]);
    case "left":
      return againView(state, texts.leftHeadline, texts.leftText, texts.leftTextClosed);
    case "expired":
      return againView(state, texts.expiredHeadline, texts.expiredText, texts.expiredTextClosed);
    case "denied":
      return tell(texts.deniedHeadline, [texts.deniedText]);
  }
}

function tell(headline: string, paragraphs: readonly string[]): SceneView {
  const spoken = { key: headline, text: [headline, ...paragraphs].join(". "), isUrgent: false };
  return { ...nothing, headline, paragraphs, tab: headline, spoken };
}

function problemView(problem: Problem | null): SceneView {
  return {
    ...tell(problem?.title ?? texts.loadingHeadline, []),
    button: { action: "reload", label: texts.reloadButton, isQuiet: false, isBusy: false },
  };
}

function scheduledView(state: PageState, nowMs: number): SceneView {
  const opensAtMs = opensAt(state);
  const opening = opensAtMs === null ? null : formatDay(opensAtMs, nowMs, state.region);
  const text = opening === null ? texts.scheduledTextUnknown : texts.scheduledText(opening);
  const label = state.isArmed ? texts.disarmButton : texts.armButton;
  return {
    ...tell(texts.scheduledHeadline, state.isArmed ? [text, texts.armedText] : [text]),
    tab: texts.titleScheduled,
    countdown: opensAtMs === null ? null : openingCountdown(opensAtMs - serverNow(state, nowMs)),
    button: {
      action: state.isArmed ? "disarm" : "arm",
      label: state.work === null ? label : texts.joiningButton,
      isQuiet: state.isArmed,
      isBusy: state.work !== null,
    },
    isTicking: opensAtMs !== null,
  };
}

function openingCountdown(leftMs: number): CountdownView {
  const seconds = Math.ceil(leftMs / 1_000);
  const text = seconds > 0 ? formatCountdown(seconds) : texts.scheduledDue;
  return { label: texts.scheduledLabel, text, note: "" };
}

function openView(state: PageState, nowMs: number): SceneView {
  const { snapshot, queue } = state;
  const isPaused = (snapshot.queueStatus ?? queue?.status) === "PAUSED";
  const waiting = snapshot.board?.waiting ?? queue?.waiting;
  const closesAtMs = timeOf(queue?.closeAt ?? null);
  const paragraphs: string[] = [isPaused ? texts.pausedOutside : texts.openText];
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
  const isClosed = (state.snapshot.queueStatus ?? state.queue?.status) === "CLOSED";
  return {
    ...tell(headline, [isClosed ? textClosed : text]),
    button: isClosed ? null : joinButton(state, texts.joinAgainButton),
  };
}

function joinButton(state: PageState, label: string): ButtonView {
  const isBusy = state.work !== null;
  return { action: "join", label: isBusy ? texts.joiningButton : label, isQuiet: false, isBusy };
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
    hints: [
      ...waitingReasons(state, nowMs),
      state.isPlaceStored ? texts.waitingText : texts.waitingTextUnstored,
    ],
    tab: count === null ? texts.titleWaitingUnknown : texts.titleWaiting(count),
    place,
    leave: leaveOf(state, texts.leaveButton, texts.leaveQuestion),
    spoken: { key: `waiting ${count}`, text, isUrgent: false },
  };
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
      return snapshot.board?.reason === "ALL_ADMITTED" ? [texts.waitingAllAdmitted] : [];
  }
}

function placeOf({ snapshot, region }: PageState, nowMs: number): PlaceView {
  const { position, ahead, progress, entry } = snapshot;
  // Rounded down: the bar is full only at the front.
  const percent = Math.floor((progress ?? 0) * 100);
  const isStanding = snapshot.queueStatus === "PAUSED";
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
  const { admission, connection } = state.snapshot;
  const leftSeconds = turnLeftSeconds(state, nowMs);
  const href = admission === null ? null : checkoutHref(state.checkoutUrl, admission.token);
  const text = href === null ? texts.turnTextShop : texts.turnText;
  return {
    ...nothing,
    headline: texts.turnHeadline,
    paragraphs: connection === "offline" ? [text, texts.turnOffline] : [text],
    tab: texts.titleTurn,
    countdown: turnCountdown(state, leftSeconds, nowMs),
    checkout: href === null ? null : { href, isBusy: state.work?.kind === "checkout" },
    token: href === null ? (admission?.token ?? null) : null,
    leave: leaveOf(state, texts.leaveTurnButton, texts.leaveTurnQuestion),
    spoken: spokenTurn(leftSeconds),
    isTicking: true,
  };
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

function leaveOf(state: PageState, label: string, question: string): LeaveView {
  return { label, question, isAsked: state.isLeaveAsked, isBusy: state.work?.kind === "leave" };
}

/** Null while the end is not known. */
function turnLeftSeconds(state: PageState, nowMs: number): number | null {
  const endsAtMs = timeOf(state.snapshot.admission?.expiresAt ?? null);
  return endsAtMs === null ? null : Math.ceil((endsAtMs - serverNow(state, nowMs)) / 1_000);
}

function problemNow(state: PageState, nowMs: number): Problem | null {
  const { phase } = state.snapshot;
  const isInside = phase === "waiting" || phase === "admitted";
  if (state.actionFailure !== null) return problemOf(state.actionFailure, isInside, nowMs);
  if (state.watchFailure === null || isHeldBack(state, nowMs)) return null;
  return problemOf(state.watchFailure, isInside, nowMs);
}

/** A hiccup that is mended by itself is not worth a word. */
function isHeldBack({ watchFailure }: PageState, nowMs: number): boolean {
  return watchFailure?.error.retryable === true && nowMs - watchFailure.sinceMs < passingProblemMs;
}

function isSlow({ work }: PageState, nowMs: number): boolean {
  return work !== null && nowMs - work.sinceMs >= slowWorkMs;
}

function isFull({ snapshot, queue }: PageState): boolean {
  const waiting = snapshot.board?.waiting ?? queue?.waiting ?? 0;
  return queue !== null && queue.capacity !== null && waiting >= queue.capacity;
}

function opensAt({ queue, actionFailure }: PageState): number | null {
  const told = actionFailure?.error.details["openAt"];
  return timeOf(queue?.openAt ?? (typeof told === "string" ? told : null));
}

function serverNow({ snapshot }: PageState, nowMs: number): number {
  return nowMs + snapshot.clockOffsetMs;
}

function timeOf(text: string | null): number | null {
  const ms = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}

function connectionOf(scene: Scene, state: QueueSnapshot["connection"]): View["connection"] {
  const words = texts.connection;
  switch (scene) {
    case "waiting":
    case "turn":
    case "turn-over":
      return { state, text: words[state] };
    case "loading":
    case "problem":
    case "scheduled":
    case "open":
    case "full":
      return { state, text: state === "offline" ? words.offlineOutside : words[state] };
    default:
      return null;
  }
}
