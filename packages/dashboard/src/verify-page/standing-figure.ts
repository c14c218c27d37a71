/** The picture of where an entry stood among all. */

import { element } from "@stanchion/element/dom";
import type { Award, DrawStanding } from "@stanchion/verify";
import { awardWords, number, standingWords, wouldHaveStoodWords } from "./texts.ts";

const [width, barTop, barHeight] = [1000, 46, 40] as const;
const winnersWidthMin = 6;

/** A bar of all places from the first on, the winning ones marked, with a pin at the entry's. */
export function standingFigure(
  { place, count, hasWon, awards }: DrawStanding,
  winnerCount: number,
  isCancelled: boolean,
): HTMLElement {
  const winners = isCancelled ? 0 : Math.min(winnerCount, count);
  const figure = placeFigure({ place, count, marked: winners });
  if (hasWon) figure.classList.add("won");
  const said = isCancelled ? wouldHaveStoodWords(place, count) : standingWords(place, count, winners, hasWon);
  figure.insertBefore(element(document, "figcaption", "", [said]), figure.firstChild);
  if (awards.length > 0) figure.append(element(document, "ul", "fates", awards.map(fateRow)));
  return figure;
}

/** The bar by itself: the first `marked` places stand out. */
export function placeFigure({
  place,
  count,
  marked,
}: {
  readonly place: number;
  readonly count: number;
  readonly marked: number;
}): HTMLElement {
  const at = placeAt(place, count);
  const picture = shape("svg", { viewBox: `0 0 ${width} 96`, "aria-hidden": "true" });
  picture.append(
    shape("rect", { class: "all", x: 0, y: barTop, width, height: barHeight, rx: 8 }),
    shape("rect", {
      class: "won",
      x: 0,
      y: barTop,
      width: marked === 0 ? 0 : Math.min(width, Math.max(winnersWidthMin, (marked / count) * width)),
      height: barHeight,
      rx: 8,
    }),
    shape("path", { class: "pin", d: `M${at} ${barTop + barHeight}V14` }),
    shape("circle", { class: "head", cx: at, cy: 14, r: 12 }),
  );
  const ends = element(document, "p", "ends", [
    element(document, "span", "", ["first"]),
    element(document, "span", "", [`last of ${number(count)}`]),
  ]);
  const figure = element(document, "figure", "standing", [ends]);
  figure.insertBefore(picture, ends);
  return figure;
}

function fateRow(award: Award): HTMLElement {
  return element(document, "li", "", [awardWords(award)]);
}

/** The middle of a place, kept far enough from the ends for the pin's head. */
function placeAt(place: number, count: number): number {
  return Math.min(width - 14, Math.max(14, Math.round(((place - 0.5) / count) * width)));
}

function shape(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, String(value));
  return made;
}
