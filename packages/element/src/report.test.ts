import { StanchionError, type StanchionErrorFacts } from "@stanchion/sdk";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { argumentFault, reportFrom } from "./report.ts";

const address = "https://line.example.com";

describe("what stands in the way", () => {
  const events: unknown[] = [];
  const console = vi.spyOn(globalThis.console, "error");
  beforeEach(() => {
    events.length = 0;
    console.mockReset().mockReturnValue();
  });
  afterEach(() => void console.mockReset());
  const lines = (): unknown[] => console.mock.calls.map(([line]) => line);
  const reportTo = (server = address) =>
    reportFrom({ localName: "stanchion-line" }, server, (name, detail) => events.push([name, detail]));

  test("is an event each time, and in the console once for each code", () => {
    const report = reportTo();
    for (let time = 0; time < 2; time += 1) report(failure({ requestId: "req_1" }), true);
    expect(events).toEqual(
      Array(2).fill(["stanchion-error", { code: "ORIGIN_NOT_ALLOWED", message: "Not from there." }]),
    );
    expect(lines()).toEqual([
      "<stanchion-line>: ORIGIN_NOT_ALLOWED. Not from there. req_1 https://line.example.com/docs/errors/ORIGIN_NOT_ALLOWED",
    ]);
    report(argumentFault("base-url", "base-url must begin with https://."), true);
    expect(lines()).toHaveLength(2);
  });

  test("is the address only as long as no server has answered there", () => {
    const network = failure({ code: "NETWORK_ERROR" });
    reportTo()(network, true);
    expect(lines()).toEqual([]);
    reportTo()(network, false);
    expect(lines()).toEqual([
      expect.stringContaining(`taken to be at ${address}: see base-url, and connect-src`),
    ]);
  });

  test("is no developer's matter where the fan is late, or has to sign in", () => {
    const report = reportTo();
    for (const code of ["QUEUE_FULL", "RATE_LIMITED", "INVALID_TOKEN", "TOKEN_EXPIRED"] as const)
      report(failure({ code }), true);
    expect([lines(), events.length]).toEqual([[], 4]);
  });

  test("leads to its page as the server says it, and where the attribute is no address", () => {
    reportTo()(failure({ docs: "https://docs.example/errors/X" }), true);
    reportTo("line example")(failure({}), true);
    expect(lines()).toEqual([
      expect.stringMatching(/ https:\/\/docs\.example\/errors\/X$/),
      expect.stringMatching(/ \/docs\/errors\/ORIGIN_NOT_ALLOWED$/),
    ]);
  });
});

function failure(facts: Partial<StanchionErrorFacts>): StanchionError {
  return new StanchionError({
    code: "ORIGIN_NOT_ALLOWED",
    type: "forbidden",
    message: "Not from there.",
    ...facts,
  });
}
