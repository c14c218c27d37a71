import { expect, test } from "vitest";
import { commandNames, helpOf, helpOfAll } from "./command-help.ts";

test.each([
  [["verify-draw", "proof.json", "--recipt"], /^Usage: stanchion verify-draw FILE \| URL /],
  [["keys", "create", "--help"], /^Usage: stanchion keys create --organization ORG /],
  [["members"], /^Usage: stanchion members invite /],
  [["signing-keys", "rotate"], /^Usage: stanchion signing-keys rotate /],
  [["limits"], /^Usage: stanchion limits --organization ORG /],
])("tells of one command alone: %j", (words, begins) => {
  const help = helpOf(words) ?? "";
  expect(help).toMatch(begins);
  expect(help.match(/^ {2}\S/gm)).toBe(null);
  expect(helpOfAll()).toContain(help.slice("Usage: stanchion ".length));
});

test("tells of all commands of a group", () => {
  expect(helpOf(["keys", "--help"])?.match(/^ {2}keys \S+/gm)).toEqual([
    "  keys [list",
    "  keys create",
    "  keys rotate",
    "  keys revoke",
  ]);
});

test.each([[[]], [["--help"]], [["nothing"]], [["key"]]])("knows no command in %j", (words) => {
  expect(helpOf(words)).toBe(null);
});

test("tells of each command with which codes it ends where it verifies", () => {
  for (const name of commandNames().filter((one) => one.startsWith("verify-") && one !== "verify-audit"))
    expect(helpOf([name])?.replaceAll(/\s+/g, " ")).toMatch(/Ends with 0 .*, 1 .*, 2 .*, 3 /);
});
