/** What the page shows when a check is done. */

import { element } from "@stanchion/element/dom";
import { type CheckedDraw, describeLevel, describeRemoval } from "@stanchion/verify";
import type { ProofFacts } from "./check-task.ts";
import { levelBadge, listOfLevels, show, stepRow } from "./result-parts.ts";
import { standingFigure } from "./standing-figure.ts";
import {
  behindLog,
  brokenWords,
  cancelledWords,
  headingOf,
  isStrong,
  sentenceOf,
  texts,
  titleOf,
  unfinished,
  voidWords,
} from "./texts.ts";

const drawWords = { titleOf, sentenceOf };

/** Shows what came of the check of a draw. */
export function showResult(
  target: HTMLElement,
  checked: CheckedDraw,
  facts: ProofFacts,
  isWhole: boolean,
): void {
  const { steps, standing, removal, cancelledAt } = checked;
  const isBroken = steps.some(({ holds }) => !holds);
  show(target, verdictOf(checked), headingOf(checked), [
    element(document, "p", "", [verdictWords(checked)]),
    ...(removal && !isBroken ? [element(document, "p", "removal", [describeRemoval(removal)])] : []),
    ...(checked.level === null ? [] : [levelBadge(checked.level)]),
    ...(isWhole || isBroken ? [] : [element(document, "p", "aside", [texts.onlyOwn])]),
    ...(facts.isTest ? [element(document, "p", "aside", [texts.onlyTest])] : []),
    ...(facts.isLogRead ? [] : [element(document, "p", "aside", [texts.noLog])]),
    ...(standing && !isBroken
      ? [standingFigure(standing, facts.winnerCount ?? 0, cancelledAt !== null)]
      : []),
    element(document, "h3", "", [texts.stepsTitle]),
    element(
      document,
      "ol",
      "steps",
      steps.map((step) => stepRow(drawWords, step)),
    ),
    ...listOfLevels(facts),
  ]);
}

/** Green is for what nobody could have chosen; what holds and proves less is not. */
function verdictOf({ steps, level, cancelledAt }: CheckedDraw): "broken" | "open" | "good" {
  if (steps.some(({ holds }) => !holds)) return "broken";
  if (cancelledAt !== null) return "open";
  return level !== null && isStrong(level) ? "good" : "open";
}

function verdictWords({ steps, level, stage, isBehindLog, cancelledAt, voidedAt }: CheckedDraw): string {
  const broken = steps.find(({ holds }) => !holds);
  if (broken !== undefined) return brokenWords(titleOf(broken.step), broken.says);
  if (cancelledAt !== null) return cancelledWords(cancelledAt, stage);
  if (level === null && voidedAt !== null) return voidWords(voidedAt);
  if (level === null) return isBehindLog ? behindLog.words : unfinished;
  return describeLevel(level);
}
