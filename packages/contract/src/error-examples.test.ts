import { describe, expect, it } from "vitest";
import { errorExamples } from "./error-examples.ts";
import { errorCodes, errorPagePath, errorTable } from "./errors.ts";
import { errorsOf, operationOf } from "./operations.ts";

describe("the examples of errors", () => {
  it("are there for every code, in the order of the table: else npm run conformance -- --write-examples", () => {
    expect(Object.keys(errorExamples)).toEqual(errorCodes);
  });

  it.each(errorCodes)("show %s as its row has it", (code) => {
    const { operation, response } = errorExamples[code];
    const { error, status } = errorTable[code];
    expect(response).toMatchObject({ status, body: { code, error, docs: errorPagePath(code) } });
    expect(response.body.requestId).toBe(response.headers["X-Request-Id"]);
    if (operation !== null) expect(errorsOf(operationOf(operation))).toContain(code);
  });

  it("hold nothing of the run that made them", () => {
    const text = JSON.stringify(errorExamples);
    expect(text).not.toMatch(/[sp]k_(test|live)_[0-9A-Za-z]{30}|127\.0\.0\.1|eyJ|conformance-\d/);
  });
});
