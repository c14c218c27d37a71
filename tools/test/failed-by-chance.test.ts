import { describe, expect, it } from "vitest";
import { failedByChance, type Outcome } from "./failed-by-chance.ts";
import type { FileReport } from "./report.ts";

const passed: FileReport = { name: "/a.test.ts", status: "passed", message: "", assertionResults: [] };
const failure = { status: "failed", fullName: "is right", failureMessages: ["It is not."] };
const failed = (name: string): FileReport => ({
  ...passed,
  name,
  status: "failed",
  assertionResults: [failure],
});
const outcomeOf = (failures: readonly FileReport[], files = 100): Outcome => {
  const testResults = [...Array<FileReport>(files - failures.length).fill(passed), ...failures];
  const numFailedTests = failures.flatMap(({ assertionResults }) => assertionResults).length;
  return {
    code: failures.length > 0 ? 1 : 0,
    report: { numPassedTests: 1_000, numFailedTests, testResults },
  };
};
/** Ends with these codes, one after another. */
const runs = (...codes: readonly number[]) => {
  const asked: (readonly string[])[] = [];
  const run = async (_name: string, given: readonly string[]): Promise<Outcome> => {
    asked.push(given);
    return { code: codes[asked.length - 1] ?? 1, report: null };
  };
  return { run, asked };
};

describe("failedByChance", () => {
  it("runs the failed files alone, twice, and believes two passes", async () => {
    const { run, asked } = runs(0, 0);
    expect(await failedByChance(outcomeOf([failed("/b.test.ts"), failed("/c.test.ts")]), run)).toBe(true);
    expect(asked).toEqual(Array(2).fill(["--maxWorkers=1", "/b.test.ts", "/c.test.ts"]));
  });

  it("also runs a file again that failed before any test of it", async () => {
    const { run, asked } = runs(0, 0);
    const unloadable = { ...failed("/b.test.ts"), assertionResults: [] };
    expect(await failedByChance(outcomeOf([unloadable]), run)).toBe(true);
    expect(asked).toHaveLength(2);
  });

  it.each([
    ["the first run alone fails", [1]],
    ["the second run alone fails", [0, 1]],
  ])("does not believe it when %s", async (_when, codes) => {
    const { run, asked } = runs(...codes);
    expect(await failedByChance(outcomeOf([failed("/b.test.ts")]), run)).toBe(false);
    expect(asked).toHaveLength(codes.length);
  });

  it.each([
    ["nothing has failed", outcomeOf([])],
    ["more than three have", outcomeOf(["/b", "/c", "/d", "/e"].map(failed))],
    ["somebody runs a few files", outcomeOf([failed("/b.test.ts")], 3)],
    ["there is no report", { code: 1, report: null }],
  ])("runs nothing again when %s", async (_when, outcome) => {
    const { run, asked } = runs(0, 0);
    expect(await failedByChance(outcome, run)).toBe(false);
    expect(asked).toEqual([]);
  });
});
