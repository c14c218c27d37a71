import { errorCodes, errorExamples } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allCases, rowCases } from "./all-cases.ts";
import { createOwnServers } from "./own-servers.ts";
import { printResult } from "./print-result.ts";
import { type RunResult, runCases } from "./run-cases.ts";

const runMsMax = 900_000;

it("has a case of its own for every row, so that a run from outside reaches it without --all", () => {
  const coded = new Set(rowCases.map(({ code }) => code));
  expect(errorCodes.filter((code) => !coded.has(code))).toEqual([]);
});

describe("the server", () => {
  const servers = createOwnServers();
  let result: RunResult;
  beforeAll(async () => {
    result = await runCases({ cases: allCases, servers, mustReachAll: true });
    printResult(result, (line) => console.log(line));
  }, runMsMax);
  afterAll(() => servers.close(), runMsMax);

  it("answers every request of the conformance suite as the contract says", () => {
    expect(result.drift).toEqual([]);
  });

  it("gives every code of the error table, by its real cause", () => {
    expect(result.codes.covered).toBe(errorCodes.length);
  });

  it("gives every code that an operation declares, but for those that are known to be out of reach", () => {
    expect(result.pairs.covered + result.pairs.excused).toBe(result.pairs.total);
  });

  it("answers as the examples of the contract show: else npm run conformance -- --write-examples", () => {
    expect(Object.fromEntries(result.examples)).toEqual(errorExamples);
  });
});
