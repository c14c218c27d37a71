/** The words of the verify page for the opening of a line. */
import type { CheckedLine, CheckStep, LineStanding, RankFate } from "@stanchion/verify";
import { headingOfLevel, number, sentenceOf, timeWords, titleOf } from "./texts.ts";

/** The heading of a verdict. */
export function lineHeadingOf({ steps, level, stage }: CheckedLine): string {
  if (steps.some(({ holds }) => !holds)) return "This does not hold";
  if (level !== null) return headingOfLevel(level);
  return stage === "announced" ? "The line has not opened yet" : "The order is not drawn yet";
}

export const lineUnfinished = "What is published so far holds. Come back after the opening.";

const titles: Readonly<Record<string, string>> = {
  seed: "The seed of the order",
  ticket: "Your ticket",
  "logged opening": "The order is in the log, once",
  "logged progress": "The line moved in that order",
};

const sentences: Readonly<Record<string, string>> = {
  rules: "The rules are whole, and carry the mark that everybody joined under.",
  commitment: "The server had bound itself to this number before anybody joined.",
  leaves:
    "Every ticket from the first on is in the list, each once, and their kinds are as many as published.",
  freeze: "The shop signed the list once the line had opened, and cannot take that back.",
  ticket:
    "The list has your ticket, just as your receipt says, or you came after the opening and stand where you came.",
  "receipt's signature": "The shop signed it when you joined, and cannot take that back.",
  "logged opening": "The log has this order and no other, behind the closing of the list.",
  "logged progress": "By the log the line only ever went forward, and says whom it took out of their turn.",
};

/** How the steps of a line are told: as a draw's are, where nothing else is meant. */
export const lineWords = {
  titleOf: (step: string): string => titles[step] ?? titleOf(step),
  sentenceOf(checked: CheckStep): string {
    return (checked.holds ? sentences[checked.step] : undefined) ?? sentenceOf(checked);
  },
};

/** Where a ticket stands. */
export function rankWords({ ticket, rank, count }: LineStanding): string {
  return ticket > count
    ? `Your ticket ${number(ticket)} came after the opening: it stands at place ${number(rank)}, behind the ${number(count)} whose order was drawn.`
    : `Your ticket ${number(ticket)} came out at place ${number(rank)} of ${number(count)}.`;
}

/** What the log says became of a place. */
export function fateWords(fate: RankFate): string {
  switch (fate.kind) {
    case "waiting":
      return `By the public log the line has come to place ${number(fate.nowServing)}: yours is still to come.`;
    case "served":
      return `By the public log the line let you in by ${timeWords(fate.at)}. If you waited on, keep your receipt: the log says otherwise, and everybody can see it.`;
    case "exception":
      return `By the public log your place was taken out of its turn by ${timeWords(fate.at)}: ${outcomeWords(fate)}.`;
  }
}

function outcomeWords({ outcome, reason }: Extract<RankFate, { kind: "exception" }>): string {
  const outcomes: Readonly<Record<string, string>> = {
    LEFT: "it was given up",
    DENIED: "the shop took it away",
    ADMITTED: "the shop let it in by hand",
  };
  const isSaid = reason === null || reason === "BY_OPERATOR";
  return `${outcomes[outcome] ?? outcome}${isSaid ? "" : ` (${reason})`}`;
}
