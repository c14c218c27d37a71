/** What the page of a draw shows: from the state of the fan's entry to words and buttons. Pure. */
import { connectionKeys } from "../connection-keys.ts";
import { isHeldBack, isSlow } from "../page-state.ts";
import type { View } from "../view-model.ts";
import { viewOfDrawScene } from "./draw-scenes.ts";
import { type DrawScene, type DrawState, drawProblem, isInside, sceneOf } from "./draw-state.ts";

/** What to show of this draw at this moment of the local clock. */
export function drawViewOf(state: DrawState, nowMs: number): View<DrawScene> {
  const scene = sceneOf(state, nowMs);
  const view = viewOfDrawScene(scene, state, nowMs);
  const problem = drawProblem(state, nowMs);
  const { words, drawName: name } = state;
  return {
    ...view,
    scene,
    hints: isSlow(state, nowMs) ? [...view.hints, words.say("slowWork")] : view.hints,
    documentTitle: view.tab === null ? name : words.say("title", { state: view.tab, name }),
    // The headline says the title already.
    problem: scene === "problem" && problem !== null ? { ...problem, title: "" } : problem,
    connection: connectionOf(scene, state),
    isTicking:
      view.isTicking || problem?.isCounting === true || state.work !== null || isHeldBack(state, nowMs),
  };
}

const withoutConnection: ReadonlySet<DrawScene> = new Set([
  "carry",
  "closed",
  "result",
  "completed",
  "expired",
  "left",
  "denied",
  "cancelled",
  "void",
]);

function connectionOf(scene: DrawScene, state: DrawState): View["connection"] {
  const { snapshot, words } = state;
  const { connection, error } = snapshot;
  if (withoutConnection.has(scene) || (scene === "lost" && !snapshot.mayStillWin)) return null;
  const isMaintenance = connection === "offline" && error?.code === "MAINTENANCE";
  const inside = isMaintenance ? "connectionMaintenance" : connectionKeys[connection];
  if (isInside(state) || connection !== "offline") return { state: connection, text: words.say(inside) };
  const outside = isMaintenance ? "connectionMaintenanceOutside" : "connectionOfflineOutside";
  return { state: connection, text: words.say(outside) };
}
