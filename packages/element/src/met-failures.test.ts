import { StanchionError, type StanchionErrorFacts } from "@stanchion/sdk";
import { describe, expect, test } from "vitest";
import { MetFailures } from "./met-failures.ts";

const origin = failure("ORIGIN_NOT_ALLOWED");

describe("what a room meets by itself", () => {
  test("is told once, whether the news or the facts meet it first", () => {
    const { met, told } = meet();
    met.takeFacts(origin);
    met.takeWatch({ error: failure("ORIGIN_NOT_ALLOWED"), connection: "stream" });
    met.takeFacts(failure("ORIGIN_NOT_ALLOWED"));
    expect(told).toEqual(["ORIGIN_NOT_ALLOWED, heard"]);
    met.takeWatch({ error: failure("TIMEOUT"), connection: "offline" });
    met.takeFacts(failure("ORIGIN_NOT_ALLOWED"));
    expect(told).toEqual(["ORIGIN_NOT_ALLOWED, heard", "TIMEOUT, heard"]);
  });

  test("stands in the way until it is over, since it began", () => {
    const { met } = meet();
    met.takeFacts(origin);
    const sinceMs = met.present?.sinceMs;
    const again = failure("ORIGIN_NOT_ALLOWED");
    met.takeFacts(again);
    expect(met.present).toMatchObject({ error: again, sinceMs });
    met.takeWatch({ error: failure("TIMEOUT"), connection: "offline" });
    expect(met.present?.error.code).toBe("TIMEOUT");
    met.takeWatch({ error: null, connection: "stream" });
    expect(met.present?.error).toBe(again);
    met.takeFacts(null);
    expect(met.present).toBeNull();
  });

  test("is nothing where the facts are only late: the news say the rest", () => {
    const { met, told } = meet();
    met.takeFacts(failure("NETWORK_ERROR"));
    met.takeFacts(new Error("of ours"));
    expect([met.present, told]).toEqual([null, []]);
  });
});

function meet() {
  const told: string[] = [];
  const met = new MetFailures(
    ({ code }, hasHeard) => told.push(`${code}, ${hasHeard ? "heard" : "unheard"}`),
    "stanchion:moved",
  );
  return { met, told };
}

function failure(code: StanchionErrorFacts["code"]): StanchionError {
  return new StanchionError({ code, type: "forbidden", message: "" });
}
