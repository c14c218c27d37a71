import type { CheckedLine } from "@stanchion/verify";
import { expect, test } from "vitest";
import { fateWords, lineHeadingOf, rankWords, unfinishedWords } from "./line-texts.ts";

const frozen: CheckedLine = {
  steps: [],
  level: null,
  stage: "frozen",
  standing: null,
  isBehindLog: false,
  ended: null,
};
const ended = { at: "2027-03-01T12:10:00.000Z", lastTicket: 9, nowServing: 4 };

test("says between the closing of the list and the order when to come back", () => {
  expect(lineHeadingOf(frozen)).toBe("The order is not drawn yet");
  expect(unfinishedWords(frozen)).toMatch(
    /fixed and signed.*shown when the order is drawn: come back then\.$/,
  );
});

test("says of a line in which nothing is drawn that there is no list to check", () => {
  const plain: CheckedLine = { ...frozen, stage: "plain" };
  expect(lineHeadingOf(plain)).toBe("Nothing is drawn in this line");
  expect(unfinishedWords(plain)).toMatch(/first come, first served.*no list/);
  expect(rankWords({ ticket: 7, rank: 7, count: 0, fate: null })).toBe("Your ticket 7 stands at place 7.");
});

test("says who was not served in a line that was ended", () => {
  expect(fateWords({ kind: "ended", ...ended })).toMatch(
    /ended the line at .* come to place 4: yours was not/,
  );
  expect(lineHeadingOf({ ...frozen, ended })).toBe("The line was ended");
  expect(unfinishedWords({ ...frozen, ended })).not.toContain("come back");
});
