/** What the results of draws and lines are made of. */

import { element } from "@stanchion/element/dom";
import type { CheckStep } from "@stanchion/verify";
import type { ProofFacts } from "./check-task.ts";
import { levelName, number, texts } from "./texts.ts";

/** How steps are told. */
export interface StepWords {
  readonly titleOf: (step: string) => string;
  readonly sentenceOf: (checked: CheckStep) => string;
}

/** Says why nothing was checked. */
export function showFailure(target: HTMLElement, says: string): void {
  show(target, "open", texts.failed, [element(document, "p", "", [says])]);
}

/** Fills the result and moves the focus to its heading, so that a screen reader goes on from there. */
export function show(target: HTMLElement, verdict: string, heading: string, parts: readonly Node[]): void {
  const title = element(document, "h2", "", [heading]);
  title.tabIndex = -1;
  target.dataset.verdict = verdict;
  target.replaceChildren(title, ...parts);
  target.hidden = false;
  title.focus();
}

export function levelBadge(level: string): HTMLElement {
  return element(document, "p", "level", ["Level: ", element(document, "strong", "", [level])]);
}

/** Each step, by its name for people and in a sentence. */
export function stepRow(words: StepWords, checked: CheckStep): HTMLElement {
  const { step, holds } = checked;
  return element(document, "li", holds ? "holds" : "fails", [
    element(document, "strong", "", [words.titleOf(step)]),
    element(document, "span", "unseen", [holds ? " holds: " : " does not hold: "]),
    element(document, "span", "says", [words.sentenceOf(checked)]),
  ]);
}

/** Who was in the list, by the levels of entering. */
export function listOfLevels({ count, levels }: ProofFacts): Node[] {
  if (count === null) return [];
  const rows = Object.entries(levels).flatMap(([name, entries]) => [
    element(document, "dt", "", [levelName(name)]),
    element(document, "dd", "", [number(Number(entries))]),
  ]);
  return [
    element(document, "h3", "", [texts.listTitle]),
    element(document, "dl", "levels", [
      element(document, "dt", "", ["entries"]),
      element(document, "dd", "", [number(count)]),
      ...rows,
    ]),
    element(document, "p", "aside", [texts.notPeople]),
  ];
}
