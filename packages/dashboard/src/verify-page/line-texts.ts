/** The words of the verify page for the opening of a line. */
import type { CheckedLine, CheckStep, LineStanding, RankFate } from "@stanchion/verify";
import { behindLog, headingOfLevel, number, sentenceOf, timeWords, titleOf } from "./texts.ts";

/** The heading of a verdict. */
export function lineHeadingOf({ steps, level, stage, isBehindLog, ended }: CheckedLine): string {
  if (steps.some(({ holds }) => !holds)) return "This does not hold";
  if (level !== null) return headingOfLevel(level);
  if (stage === "plain") return "Nothing is drawn in this line";
  if (isBehindLog) return behindLog.heading;
  if (ended !== null) return "The line was ended";
  return stage === "announced" ? "The line has not opened yet" : "The order is not drawn yet";
}

/** What is said of a line whose order is not drawn, where all that is published of it holds. */
export function unfinishedWords({
  stage,
  isBehindLog,
  ended,
}: Pick<CheckedLine, "stage" | "isBehindLog" | "ended">): string {
  if (stage === "plain")
    return "Nobody's order is drawn here: first come, first served. So there is no list and no random number to check; your receipt can be checked, and what the public log says became of your place, which is your ticket.";
  if (isBehindLog) return behindLog.words;
  if (ended !== null)
    return `The shop ended the line at ${timeWords(ended.at)}, before its order was drawn. What is published of it holds.`;
  return stage === "announced"
    ? "What is published so far holds. Come back after the opening."
    : "The list is fixed and signed, and what is published so far holds. The list itself is shown when the order is drawn: come back then.";
}

const titles: Readonly<Record<string, string>> = {
  seed: "The seed of the order",
  ticket: "Your ticket",
  "logged opening": "The order is in the log, once",
  "no drawing": "Nothing was drawn",
  "logged progress": "The line moved in that order",
};

const sentences: Readonly<Record<string, string>> = {
  rules: "The rules are whole, and carry the mark that everybody joined under.",
  commitment: "The server had bound itself to this number before anybody joined.",
  leaves:
    "Every ticket from the first on is in the list, each once, and their kinds are as many as published.",
  freeze: "The shop signed the list once the line had opened, and cannot take that back.",
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
  if (count === 0) return `Your ticket ${number(ticket)} stands at place ${number(rank)}.`;
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
    case "ended":
      return `By the public log the shop ended the line at ${timeWords(fate.at)}, when it had come to place ${number(fate.nowServing)}: yours was not served.`;
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
