/** What all pages make of a scene, of lines and of draws. Pure. */
import { isHeldBack, isSlow, type Standing } from "./page-state.ts";
import type { Problem } from "./problem.ts";
import type { SceneView } from "./scene-view.ts";
import { isSetupFault } from "./setup-fault.ts";
import type { View } from "./view-model.ts";

/** What a scene shows, and how live it is. */
interface Shown<Name extends string> extends SceneView, Pick<View<Name>, "scene" | "connection"> {}

/** `name`: of the line or the draw; "" where the page around says it. */
export function wholeView<Name extends string>(
  state: Standing,
  shown: Shown<Name>,
  {
    name,
    problem,
    nowMs,
  }: { readonly name: string; readonly problem: Problem | null; readonly nowMs: number },
): View<Name> {
  const { words } = state;
  const { tab } = shown;
  return {
    ...shown,
    button: isRefused(state, shown) ? null : shown.button,
    hints: isSlow(state, nowMs) ? [...shown.hints, words.say("slowWork")] : shown.hints,
    documentTitle: tab === null ? name : name === "" ? tab : words.say("title", { state: tab, name }),
    problem: problem && withoutRepetition(problem, shown),
    isTicking:
      shown.isTicking || problem?.isCounting === true || state.work !== null || isHeldBack(state, nowMs),
  };
}

/** Whoever would join by a page that is set up wrong were refused. */
function isRefused({ watchFailure }: Standing, { scene }: Shown<string>): boolean {
  return scene !== "problem" && watchFailure !== null && isSetupFault(watchFailure.error);
}

/** What the scene says already is not said again below it. */
function withoutRepetition(problem: Problem, { scene, paragraphs }: Shown<string>): Problem {
  const { title, text } = problem;
  return {
    ...problem,
    title: scene === "problem" ? "" : title,
    text: paragraphs.includes(text) ? "" : text,
  };
}
