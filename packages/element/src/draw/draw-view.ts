/** What the page of a draw shows: from the state of the fan's entry to words and buttons. Pure. */
import { connectionKeys } from "../connection-keys.ts";
import type { View } from "../view-model.ts";
import { wholeView } from "../whole-view.ts";
import { viewOfDrawScene } from "./draw-scenes.ts";
import { type DrawScene, type DrawState, drawProblem, isInside, sceneOf } from "./draw-state.ts";

/** What to show of this draw at this moment of the local clock. */
export function drawViewOf(state: DrawState, nowMs: number): View<DrawScene> {
  const scene = sceneOf(state, nowMs);
  const shown = { ...viewOfDrawScene(scene, state, nowMs), scene, connection: connectionOf(scene, state) };
  return wholeView(state, shown, { name: state.drawName, problem: drawProblem(state, nowMs), nowMs });
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
