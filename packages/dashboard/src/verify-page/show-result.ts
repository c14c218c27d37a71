/** What the page shows when a check is done. */
import { type CheckedDraw, type CheckStep, describeLevel } from "@stanchion/verify";
import { element } from "../waiting-page/dom.ts";
import type { DrawFacts } from "./check-task.ts";
import { standingFigure } from "./standing-figure.ts";
import {
  brokenWords,
  cancelledWords,
  headingOf,
  isStrong,
  levelName,
  number,
  sentenceOf,
  texts,
  titleOf,
  unfinished,
  voidWords,
} from "./texts.ts";

/** Fills the result and moves the focus to its heading, so that a screen reader goes on from there. */
export function showResult(
  target: HTMLElement,
  checked: CheckedDraw,
  facts: DrawFacts,
  isWhole: boolean,
): void {
  const { steps, standing, cancelledAt } = checked;
  const isBroken = steps.some(({ holds }) => !holds);
  show(target, verdictOf(checked), headingOf(checked), [
    element(document, "p", "", [verdictWords(checked)]),
    ...(checked.level === null ? [] : [levelBadge(checked.level)]),
    ...(isWhole || isBroken ? [] : [element(document, "p", "aside", [texts.onlyOwn])]),
    ...(facts.isTest ? [element(document, "p", "aside", [texts.onlyTest])] : []),
    ...(facts.isLogRead ? [] : [element(document, "p", "aside", [texts.noLog])]),
    ...(standing && !isBroken
      ? [standingFigure(standing, facts.winnerCount ?? 0, cancelledAt !== null)]
      : []),
    element(document, "h3", "", [texts.stepsTitle]),
    element(document, "ol", "steps", steps.map(stepRow)),
    ...listOfLevels(facts),
  ]);
}

/** Says why nothing was checked. */
export function showFailure(target: HTMLElement, says: string): void {
  show(target, "open", texts.failed, [element(document, "p", "", [says])]);
}

function show(target: HTMLElement, verdict: string, heading: string, parts: readonly Node[]): void {
  const title = element(document, "h2", "", [heading]);
  title.tabIndex = -1;
  target.dataset.verdict = verdict;
  target.replaceChildren(title, ...parts);
  target.hidden = false;
  title.focus();
}

/** Green is for what nobody could have chosen; what holds and proves less is not. */
function verdictOf({ steps, level, cancelledAt }: CheckedDraw): "broken" | "open" | "good" {
  if (steps.some(({ holds }) => !holds)) return "broken";
  if (cancelledAt !== null) return "open";
  return level !== null && isStrong(level) ? "good" : "open";
}

function verdictWords({ steps, level, stage, cancelledAt, voidedAt }: CheckedDraw): string {
  const broken = steps.find(({ holds }) => !holds);
  if (broken !== undefined) return brokenWords(titleOf(broken.step), broken.says);
  if (cancelledAt !== null) return cancelledWords(cancelledAt, stage);
  if (level === null && voidedAt !== null) return voidWords(voidedAt);
  return level === null ? unfinished : describeLevel(level);
}

function levelBadge(level: string): HTMLElement {
  return element(document, "p", "level", ["Level: ", element(document, "strong", "", [level])]);
}

function stepRow(checked: CheckStep): HTMLElement {
  const { step, holds } = checked;
  return element(document, "li", holds ? "holds" : "fails", [
    element(document, "strong", "", [titleOf(step)]),
    element(document, "span", "unseen", [holds ? " holds: " : " does not hold: "]),
    element(document, "span", "says", [sentenceOf(checked)]),
  ]);
}

function listOfLevels({ count, levels }: DrawFacts): Node[] {
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
