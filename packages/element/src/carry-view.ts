/** A place of the fan's own can be gone on with here. */
import type { PageState } from "./page-state.ts";
import { type SceneView, tell } from "./scene-view.ts";

export function carryView({ words, snapshot, offer, work }: PageState): SceneView {
  const { say } = words;
  const isBusy = work !== null;
  const hasPlace = snapshot.phase === "waiting" || snapshot.phase === "admitted";
  const text = offer === "plain" ? say("carryPlainText") : say("carryHereText");
  return {
    ...tell(words, say("carryHereHeadline"), [text, ...(hasPlace ? [say("carryReplacesText")] : [])]),
    button: {
      action: "take-over",
      label: isBusy ? say("carryHereBusy") : say("carryHereButton"),
      isQuiet: false,
      isBusy,
    },
    otherButton: { action: "decline", label: say("carryNotButton"), isQuiet: true, isBusy },
  };
}
