import { parseArgs } from "node:util";
import { expect, test } from "vitest";
import { explainMistake } from "./explain-mistake.ts";

const help = "Usage: stanchion check [--receipt FILE] [--json]\n      Without --entry-only all of it.";

test.each([
  [["--recipt", "8.json"], "There is no option --recipt. Did you mean --receipt?"],
  [["--entry"], "There is no option --entry."],
  [["--something-else=1"], "There is no option --something-else."],
  [["-r"], "There is no option -r."],
  [["--receipt"], "--receipt needs a value."],
  [
    ["--receipt", "--json"],
    "--receipt needs a value; one that begins with a dash is written --receipt=VALUE.",
  ],
  [["--json=1"], "--json takes no value."],
  [["proof.json"], `"proof.json" is one word too many.`],
])("says in a line what is wrong with %j", (args, says) => {
  expect(explainMistake(errorOf(args), help)).toBe(says);
});

test("says nothing of other errors", () => {
  expect(explainMistake(new Error("'--json' went wrong"), help)).toBe(null);
  expect(explainMistake(null, help)).toBe(null);
});

function errorOf(args: string[]): unknown {
  try {
    return parseArgs({ args, options: { receipt: { type: "string" }, json: { type: "boolean" } } });
  } catch (error) {
    return error;
  }
}
