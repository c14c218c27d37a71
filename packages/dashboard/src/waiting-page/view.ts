/** What the waiting page shows: from the state of the fan's place to words and buttons. Pure; `render.ts` shows it. */
import type { QueueSnapshot } from "@stanchion/sdk";
import {
  canJoinEarly,
  isFull,
  isHeldBack,
  isSlow,
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
import { texts } from "./texts.ts";
import type { View } from "./view-model.ts";

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
    connection: connectionOf(scene, state.snapshot),
    isTicking:
      view.isTicking || problem?.isCounting === true || state.work !== null || isHeldBack(state, nowMs),
  };
}

function sceneOf(state: PageState, nowMs: number): Scene {
  const { snapshot } = state;
  const isEnded = snapshot.board?.reason === "ENDED_BY_OPERATOR";
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

function connectionOf(scene: Scene, { connection: state, error }: QueueSnapshot): View["connection"] {
  const isMaintenance = state === "offline" && error?.code === "MAINTENANCE";
  const words = isMaintenance
    ? {
        ...texts.connection,
        offline: texts.connection.maintenance,
        offlineOutside: texts.connection.maintenanceOutside,
      }
    : texts.connection;
  switch (scene) {
    case "before-opening":
    case "drawing":
    case "waiting":
    case "turn":
    case "turn-over":
      return { state, text: words[state] };
    case "loading":
    case "problem":
    case "scheduled":
    case "early":
    case "open":
    case "full":
      return { state, text: state === "offline" ? words.offlineOutside : words[state] };
    default:
      return null;
  }
}
