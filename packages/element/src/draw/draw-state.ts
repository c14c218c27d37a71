/** What a draw's page knows, and the questions that its view asks of it. */
import type { DrawSnapshot, PublicDraw } from "@stanchion/sdk/state";
import {
  isOffered,
  type Offer,
  problemIn,
  type Standing,
  serverNow,
  timeOf,
  turnLeftSeconds,
} from "../page-state.ts";
import type { Problem } from "../problem.ts";
import type { DrawWords } from "./draw-words.ts";

/** What the page is about; a change of it is worth telling. */
export type DrawScene =
  | "loading"
  | "carry"
  | "problem"
  | "scheduled"
  | "open"
  | "full"
  | "closed"
  | "result"
  | "entered"
  | "drawing"
  | "won"
  | "turn"
  | "turn-over"
  | "lost"
  | "completed"
  | "expired"
  | "left"
  | "denied"
  | "cancelled"
  | "void";

/** Everything that the view of a draw depends on. */
export interface DrawState extends Standing {
  readonly drawName: string;
  readonly checkoutUrl: string | null;
  /** Of the server; "" is the page's own origin. */
  readonly baseUrl: string;
  readonly words: DrawWords;
  /** Does the browser keep the entry when the page is closed? */
  readonly isPlaceStored: boolean;
  readonly snapshot: DrawSnapshot;
  /** What is public of the draw; null until, and unless, it is known. */
  readonly draw: PublicDraw | null;
  readonly isLeaveAsked: boolean;
  /** Shall the page enter when the draw opens? */
  readonly isArmed: boolean;
  /** An entry that the fan can go on with here: that of another device, by its link. */
  readonly offer: Offer | null;
}

export function sceneOf(state: DrawState, nowMs: number): DrawScene {
  const { phase } = state.snapshot;
  if (isOffered(state.offer, phase)) return "carry";
  switch (phase) {
    case "loading":
      return drawProblem(state, nowMs) === null ? "loading" : "problem";
    case "outside":
      return outsideScene(state, nowMs);
    case "admitted":
      // Who has won and has nothing to go to the checkout with is in the grace.
      return (turnLeftSeconds(state, nowMs) ?? 0) > 0 ? "turn" : "turn-over";
    default:
      return phase;
  }
}

function outsideScene(state: DrawState, nowMs: number): DrawScene {
  switch (state.snapshot.drawStatus) {
    case "SCHEDULED":
      return "scheduled";
    case "OPEN":
      return isDrawFull(state) ? "full" : "open";
    case "CLOSED":
      return "closed";
    case "COMPLETED":
      return "result";
    case "CANCELLED":
      return "cancelled";
    case "VOID":
      return "void";
    case null:
      return drawProblem(state, nowMs) === null ? "loading" : "problem";
  }
}

export function drawProblem(state: DrawState, nowMs: number): Problem | null {
  return problemIn(state, isInside(state), nowMs);
}

/** Has the fan an entry to lose? */
export function isInside({ snapshot: { phase, mayStillWin } }: DrawState): boolean {
  return mayStillWin || phase === "entered" || phase === "drawing" || phase === "won" || phase === "admitted";
}

/** May the fan enter, as far as is known? */
export function canEnter({ snapshot }: DrawState): boolean {
  return snapshot.drawStatus === "OPEN";
}

/** May who is in it still leave and come back? */
export function isOpen(state: DrawState): boolean {
  return canEnter(state);
}

function isDrawFull({ snapshot, draw }: DrawState): boolean {
  const capacity = draw?.capacity ?? null;
  return capacity !== null && (snapshot.draw?.entries ?? draw?.entries ?? 0) >= capacity;
}

/** One of the draw's times, in ms since 1970 by the server's clock; null while it is not known. */
export function drawTime(state: DrawState, name: "openAt" | "closeAt" | "drawAt"): number | null {
  return timeOf((state.snapshot.draw ?? state.draw)?.[name] ?? null);
}

/** In how many whole seconds, rounded up; null while the time is not known. */
export function secondsTo(state: DrawState, atMs: number | null, nowMs: number): number | null {
  return atMs === null ? null : Math.ceil((atMs - serverNow(state, nowMs)) / 1_000);
}
