/** A place of the fan's own can be gone on with here. */
import type { PageState } from "./page-state.ts";
import { type SceneView, tell } from "./scene-view.ts";

/** `isInside`: there is one here that is lost by it. */
export function carryView(
  { words, offer, work }: Pick<PageState, "words" | "offer" | "work">,
  isInside: boolean,
): SceneView {
  const { say } = words;
  const isBusy = work !== null;
  const text = offer === "plain" ? say("carryPlainText") : say("carryHereText");
  return {
    ...tell(words, say("carryHereHeadline"), [text, ...(isInside ? [say("carryReplacesText")] : [])]),
    button: {
      action: "take-over",
      label: isBusy ? say("carryHereBusy") : say("carryHereButton"),
      isQuiet: false,
      isBusy,
    },
    otherButton: { action: "decline", label: say("carryNotButton"), isQuiet: true, isBusy },
  };
}
