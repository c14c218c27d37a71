import { describe, expect, it } from "vitest";
import { errorFromAnswer, StanchionError } from "./stanchion-error.ts";

describe("errorFromAnswer", () => {
  it("takes over every member of the contract's body", () => {
    const issues = [
      { kind: "validation", type: "required", expected: "x", received: "y", message: "m", path: [] },
    ];
    const body = {
      error: "rate_limited",
      message: "Wait.",
      code: "RATE_LIMITED",
      details: { retryAfter: 4 },
      issues,
      requestId: "req_9",
      retryable: true,
      docs: "/docs/errors/RATE_LIMITED",
    };
    const error = errorFromAnswer({ status: 429, headers: new Headers() }, JSON.stringify(body), 0);
    expect(error).toBeInstanceOf(StanchionError);
    expect(error).toMatchObject({
      name: "StanchionError",
      code: "RATE_LIMITED",
      type: "rate_limited",
      message: "Wait.",
      status: 429,
      details: { retryAfter: 4 },
      issues,
      requestId: "req_9",
      retryable: true,
      retryAfterSeconds: 4,
      docs: "/docs/errors/RATE_LIMITED",
    });
  });

  it.each([
    [404, false],
    [500, false],
    [502, true],
    [503, true],
    [504, true],
  ])("calls a proxy's page with status %i INVALID_RESPONSE, retryable %s", (status, retryable) => {
    const error = errorFromAnswer({ status, headers: new Headers() }, "<html>Bad gateway</html>", 0);
    expect(error).toMatchObject({ code: "INVALID_RESPONSE", status, retryable, details: {}, issues: [] });
  });

  it("reads Retry-After as seconds and as a date by the server's clock", () => {
    const date = "Thu, 01 Jan 2026 00:00:00 GMT";
    const later = "Thu, 01 Jan 2026 00:00:30 GMT";
    const inSeconds = errorFromAnswer({ status: 503, headers: new Headers({ "retry-after": "12" }) }, "", 0);
    expect(inSeconds.retryAfterSeconds).toBe(12);
    const asDate = errorFromAnswer(
      { status: 503, headers: new Headers({ "retry-after": later, date }) },
      "",
      0,
    );
    expect(asDate.retryAfterSeconds).toBe(30);
    expect(errorFromAnswer({ status: 503, headers: new Headers() }, "", 0).retryAfterSeconds).toBeNull();
  });
});
