/** What the page shows when the opening of a line was checked. */

import { element } from "@stanchion/element/dom";
import { type CheckedLine, describeLevel } from "@stanchion/verify";
import type { ProofFacts } from "./check-task.ts";
import { fateWords, lineHeadingOf, lineWords, rankWords, unfinishedWords } from "./line-texts.ts";
import { levelBadge, listOfLevels, show, stepRow } from "./result-parts.ts";
import { placeFigure } from "./standing-figure.ts";
import { brokenWords, isStrong, texts } from "./texts.ts";

/** Shows what came of the check of a line's opening. */
export function showLineResult(target: HTMLElement, checked: CheckedLine, facts: ProofFacts): void {
  const { steps, standing, level } = checked;
  const isBroken = steps.some(({ holds }) => !holds);
  show(target, verdictOf(checked), lineHeadingOf(checked), [
    element(document, "p", "", [verdictWords(checked)]),
    ...(level === null ? [] : [levelBadge(level)]),
    ...(facts.isTest ? [element(document, "p", "aside", [texts.onlyTest])] : []),
    ...(facts.isLogRead ? [] : [element(document, "p", "aside", [texts.noLog])]),
    ...(standing && !isBroken ? [standingOf(standing)] : []),
    element(document, "h3", "", [texts.stepsTitle]),
    element(
      document,
      "ol",
      "steps",
      steps.map((step) => stepRow(lineWords, step)),
    ),
    ...listOfLevels(facts),
  ]);
}

/** The bar is of all whose order was drawn, and marked as far as the line has come. */
function standingOf(standing: NonNullable<CheckedLine["standing"]>): HTMLElement {
  const { rank, count, fate } = standing;
  const served = fate === null || fate.kind === "exception" ? 0 : fate.nowServing;
  const figure = placeFigure({ place: rank, count: Math.max(count, rank), marked: served });
  figure.insertBefore(element(document, "figcaption", "", [rankWords(standing)]), figure.firstChild);
  if (fate !== null) figure.append(element(document, "p", "fate", [fateWords(fate)]));
  return figure;
}

function verdictOf({ steps, level }: CheckedLine): "broken" | "open" | "good" {
  if (steps.some(({ holds }) => !holds)) return "broken";
  return level !== null && isStrong(level) ? "good" : "open";
}

function verdictWords(checked: CheckedLine): string {
  const { steps, level } = checked;
  const broken = steps.find(({ holds }) => !holds);
  if (broken !== undefined) return brokenWords(lineWords.titleOf(broken.step), broken.says);
  return level === null ? unfinishedWords(checked) : describeLevel(level);
}
