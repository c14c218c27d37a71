/** What the waiting page shows: from the state of the fan's place to words and buttons. Pure; `render.ts` shows it. */
import { connectionKeys } from "./connection-keys.ts";
import {
  canJoinEarly,
  endedReasonOf,
  isFull,
  isOffered,
  isUndrawn,
  opensAt,
  type PageState,
  problemNow,
  type Scene,
  serverNow,
  statusOf,
  turnLeftSeconds,
} from "./page-state.ts";
import { viewOfScene } from "./scene-views.ts";
import { isSetupFault } from "./setup-fault.ts";
import type { View } from "./view-model.ts";
import { wholeView } from "./whole-view.ts";

/** What to show of this state at this moment of the local clock. */
export function viewOf(state: PageState, nowMs: number): View {
  const scene = sceneOf(state, nowMs);
  const connection = connectionOf(scene, state);
  const waitlist = waitlistOf(scene, state);
  const shown = { ...viewOfScene(scene, state, nowMs), waitlist, scene, connection };
  return wholeView(state, shown, { name: state.queueName, problem: problemNow(state, nowMs), nowMs });
}

function sceneOf(state: PageState, nowMs: number): Scene {
  const { snapshot } = state;
  if (isOffered(state.offer, snapshot.phase)) return "carry";
  const isEnded = endedReasonOf(state) !== null;
  switch (snapshot.phase) {
    case "loading":
      return problemNow(state, nowMs) === null ? "loading" : "problem";
    case "outside":
      return isEnded ? "ended" : outsideScene(state, nowMs);
    case "waiting":
      return waitingScene(state, nowMs);
    case "admitted":
      // Who has a turn and nothing to go to the checkout with is in the grace.
      return (turnLeftSeconds(state, nowMs) ?? 0) > 0 ? "turn" : "turn-over";
    case "denied":
      return isEnded ? "ended" : "denied";
    case "completed":
    case "left":
    case "expired":
      return snapshot.phase;
  }
}

function waitingScene(state: PageState, nowMs: number): Scene {
  const { board } = state.snapshot;
  if (!isUndrawn(state) || board === null || board.shuffle) return "waiting";
  if (board.status === "SCHEDULED") return "before-opening";
  // Closed to newcomers before it opens, it opens all the same for those who are in.
  const isEarly = (opensAt(state) ?? Number.NEGATIVE_INFINITY) > serverNow(state, nowMs);
  return board.status !== "DRAWING" && isEarly ? "before-opening" : "drawing";
}

function outsideScene(state: PageState, nowMs: number): Scene {
  // Whoever would join by it were refused.
  if (state.watchFailure !== null && isSetupFault(state.watchFailure.error)) return "problem";
  switch (statusOf(state)) {
    case "SCHEDULED":
      return canJoinEarly(state, nowMs) ? "early" : "scheduled";
    case "DRAWING":
    case "OPEN":
    case "PAUSED":
      return isFull(state) ? "full" : "open";
    case "CLOSED":
      return "closed";
    case null:
      return problemNow(state, nowMs) === null ? "loading" : "problem";
  }
}

/** For who cannot join: not yet, or not any more. */
function waitlistOf(scene: Scene, { queue, words }: PageState): View["waitlist"] {
  const href = queue?.waitlistUrl ?? null;
  const isLeftOut = scene === "scheduled" || scene === "full" || scene === "closed" || scene === "ended";
  return href !== null && isLeftOut ? { href, label: words.say("waitlistLink") } : null;
}

function connectionOf(scene: Scene, { snapshot, words: { say } }: PageState): View["connection"] {
  const { connection: state, error } = snapshot;
  const isOffline = state === "offline";
  const isMaintenance = isOffline && error?.code === "MAINTENANCE";
  // What does not exist is not tried again.
  if (scene === "problem" && error?.status === 404) return null;
  switch (scene) {
    case "before-opening":
    case "drawing":
    case "waiting":
    case "turn":
    case "turn-over":
      return { state, text: say(isMaintenance ? "connectionMaintenance" : connectionKeys[state]) };
    case "loading":
    case "problem":
    case "scheduled":
    case "early":
    case "open":
    case "full":
      if (!isOffline) return { state, text: say(connectionKeys[state]) };
      return {
        state,
        text: say(isMaintenance ? "connectionMaintenanceOutside" : "connectionOfflineOutside"),
      };
    default:
      return null;
  }
}
