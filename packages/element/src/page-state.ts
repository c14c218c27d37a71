/** What the page knows, and the questions that its view asks of it. */
import type { PublicQueue, QueueStatus } from "@stanchion/contract";
import type { QueueSnapshot } from "@stanchion/sdk/state";
import { type Failure, type Problem, problemOf } from "./problem.ts";
import type { Words } from "./words.ts";

/** What the page is about; a change of it is worth telling. */
export type Scene =
  | "loading"
  | "carry"
  | "problem"
  | "scheduled"
  | "early"
  | "open"
  | "full"
  | "closed"
  | "ended"
  | "before-opening"
  | "drawing"
  | "waiting"
  | "turn"
  | "turn-over"
  | "completed"
  | "left"
  | "expired"
  | "denied";

/** What pages of lines and of draws know alike. */
export interface Standing {
  readonly words: Words;
  readonly snapshot: Pick<QueueSnapshot, "clockOffsetMs" | "admission" | "error" | "connection">;
  readonly work: PageState["work"];
  readonly actionFailure: Failure | null;
  readonly watchFailure: Failure | null;
}

/** What the fan can press. */
export type Action =
  | "join"
  | "arm"
  | "disarm"
  | "reload"
  | "ask-leave"
  | "leave"
  | "keep"
  | "checkout"
  | "take-over"
  | "decline";

/** Where a place comes from that is to be taken over. */
export type Offer = "link" | "plain";

/** Everything that the view depends on. */
export interface PageState {
  readonly queueName: string;
  readonly checkoutUrl: string | null;
  /** Of the server; "" is the page's own origin. */
  readonly baseUrl: string;
  readonly words: Words;
  /** Does the browser keep the place when the page is closed? */
  readonly isPlaceStored: boolean;
  readonly snapshot: QueueSnapshot;
  /** What is public of the queue; null until, and unless, it is known. */
  readonly queue: Pick<
    PublicQueue,
    | "status"
    | "openAt"
    | "closeAt"
    | "capacity"
    | "waiting"
    | "shuffleBeforeOpen"
    | "joinFrom"
    | "timeZone"
    | "waitlistUrl"
  > | null;
  readonly work: { readonly kind: "join" | "leave" | "checkout" | "carry"; readonly sinceMs: number } | null;
  readonly isLeaveAsked: boolean;
  /** Shall the page join when the line opens? */
  readonly isArmed: boolean;
  /** A place that the fan can go on with here: that of another device, by its link, or one taken without a script. */
  readonly offer: Offer | null;
  /** What the last action of the fan met. */
  readonly actionFailure: Failure | null;
  /** What the page met by itself. */
  readonly watchFailure: Failure | null;
}

const slowWorkMs = 5_000;
const passingProblemMs = 4_000;

/** May the fan join, as far as is known? */
export function canJoin(state: PageState, nowMs: number): boolean {
  switch (statusOf(state)) {
    case "OPEN":
    case "PAUSED":
    case "DRAWING":
      return true;
    case "SCHEDULED":
      return canJoinEarly(state, nowMs);
    default:
      return false;
  }
}

/** Before the opening of a line whose order is drawn at it. */
export function canJoinEarly(state: PageState, nowMs: number): boolean {
  if (state.queue?.shuffleBeforeOpen !== true) return false;
  return (joinsFrom(state) ?? Number.NEGATIVE_INFINITY) <= serverNow(state, nowMs);
}

/** From when on people can come before the opening; null: since long, or not at all. */
export function joinsFrom({ queue }: PageState): number | null {
  return timeOf(queue?.joinFrom ?? null);
}

export function statusOf({ snapshot, queue }: PageState): QueueStatus | null {
  return snapshot.queueStatus ?? queue?.status ?? null;
}

/** Is the fan in line, and the order not drawn yet? */
export function isUndrawn({ snapshot }: PageState): boolean {
  return snapshot.position === null && snapshot.entry?.rank === null;
}

/** Never more than there is: rounded down. Null while the end is not known. */
export function turnLeftSeconds(state: Standing, nowMs: number): number | null {
  const endsAtMs = timeOf(state.snapshot.admission?.expiresAt ?? null);
  if (endsAtMs === null) return null;
  // Time stands still during maintenance: the server gives it back.
  const countedToMs = Math.min(serverNow(state, nowMs), maintenanceSince(state) ?? Number.POSITIVE_INFINITY);
  return Math.floor((endsAtMs - countedToMs) / 1_000);
}

/** Since when maintenance is on, by the server's clock; null: it is not, as far as is known. */
export function maintenanceSince({ snapshot }: Pick<Standing, "snapshot">): number | null {
  if (snapshot.error?.code !== "MAINTENANCE") return null;
  const { since } = snapshot.error.details;
  return timeOf(typeof since === "string" ? since : null);
}

export function problemNow(state: PageState, nowMs: number): Problem | null {
  return problemIn(state, isInside(state), nowMs);
}

/** Has the fan a place to lose? */
export function isInside({ snapshot: { phase } }: Pick<PageState, "snapshot">): boolean {
  return phase === "waiting" || phase === "admitted";
}

/** A link of the fan's own asks first; a place from before is offered to who has none here. */
export function isOffered(offer: Offer | null, phase: string): boolean {
  if (phase === "loading") return false;
  return offer === "link" || (offer === "plain" && phase === "outside");
}

/** `isInside`: the fan has something to lose. */
export function problemIn(state: Standing, isInside: boolean, nowMs: number): Problem | null {
  if (state.actionFailure !== null) return problemOf(state.words, state.actionFailure, isInside, nowMs);
  if (state.watchFailure === null || isHeldBack(state, nowMs)) return null;
  return problemOf(state.words, state.watchFailure, isInside, nowMs);
}

/** A hiccup that is mended by itself is not worth a word; what was planned is. */
export function isHeldBack({ watchFailure }: Standing, nowMs: number): boolean {
  if (watchFailure === null || watchFailure.error.code === "MAINTENANCE") return false;
  return watchFailure.error.retryable && nowMs - watchFailure.sinceMs < passingProblemMs;
}

export function isSlow({ work }: Standing, nowMs: number): boolean {
  return work !== null && nowMs - work.sinceMs >= slowWorkMs;
}

export function isFull({ snapshot, queue }: PageState): boolean {
  const waiting = snapshot.board?.waiting ?? queue?.waiting ?? 0;
  return queue !== null && queue.capacity !== null && waiting >= queue.capacity;
}

export function opensAt({ queue, actionFailure }: PageState): number | null {
  const told = actionFailure?.error.details.openAt;
  return timeOf(queue?.openAt ?? (typeof told === "string" ? told : null));
}

export function serverNow({ snapshot }: Pick<Standing, "snapshot">, nowMs: number): number {
  return nowMs + snapshot.clockOffsetMs;
}

export function timeOf(text: string | null): number | null {
  const ms = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}

/** Why the line was ended for everybody who waits; null: it was not, or this fan was denied in person. */
export function endedReasonOf({ snapshot }: PageState): "SOLD_OUT" | "ENDED_BY_OPERATOR" | null {
  if (snapshot.phase === "denied") return snapshot.entry?.endedReason ?? null;
  const reason = snapshot.board?.reason;
  return reason === "SOLD_OUT" || reason === "ENDED_BY_OPERATOR" ? reason : null;
}
