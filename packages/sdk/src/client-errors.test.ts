/** The client's own errors and the table that the documentation is made from say the same. */
import { type ClientErrorCode, clientErrorCodes, clientErrorTable, errorCodes } from "@stanchion/contract";
import { describe, expect, it } from "vitest";
import { decideRetry } from "./retry.ts";
import { notVerified } from "./server/verify-webhook.ts";
import {
  abortedError,
  invalidResponse,
  networkError,
  noSessionError,
  requireText,
  type StanchionError,
  timeoutError,
} from "./stanchion-error.ts";

const made: Record<ClientErrorCode, { error: StanchionError; facts?: Record<string, unknown> }> = {
  NETWORK_ERROR: { error: networkError(new Error("no route")) },
  TIMEOUT: { error: timeoutError(15_000), facts: { timeoutMs: 15_000 } },
  ABORTED: { error: abortedError("reason") },
  INVALID_RESPONSE: {
    error: invalidResponse({ status: 404, headers: new Headers() }),
    facts: { status: 404 },
  },
  INVALID_ARGUMENT: { error: argumentError(undefined) },
  WEBHOOK_NOT_VERIFIED: {
    error: notVerified("too_old"),
    facts: { why: "It was sent too long ago." },
  },
};

describe.each(clientErrorCodes)("the client's own error %s", (code) => {
  const { error, facts } = made[code];
  const row = clientErrorTable[code];

  it("has the type, the words and the page that the documentation gives it", () => {
    const message = row.message.replace(/\{(\w+)\}/g, (_, name: string) =>
      String({ ...error.details, ...facts }[name]),
    );
    expect(error).toMatchObject({ code, type: row.type, message, docs: `/docs/errors/${code}` });
    expect(row.message).not.toContain("undefined");
  });

  it("is retryable, and is tried again by the client, as the documentation says", () => {
    const count = { failures: 0, inProgressWaits: 0 };
    const rules = { triesMax: 3, waitForOpening: false, random: () => 0.5 };
    const isRetried = (one: StanchionError) => decideRetry(one, count, rules) !== null;
    const isTold = row.retryable === "yes";
    expect([error.retryable, isRetried(error)]).toEqual([isTold, isTold]);
    if (!row.retryable.startsWith("if the status is")) return;
    const statuses = [...row.retryable.matchAll(/\d{3}/g)].map(Number);
    for (let status = 300; status < 600; status += 1) {
      const one = invalidResponse({ status, headers: new Headers() });
      const isNamed = statuses.includes(status);
      expect([status, one.retryable, isRetried(one)]).toEqual([status, isNamed, isNamed]);
    }
  });
});

it("no code of the client is one of the server's", () => {
  expect(clientErrorCodes.filter((code) => (errorCodes as readonly string[]).includes(code))).toEqual([]);
});

it("a code of the server that the client gives by itself leads to the server's page", () => {
  expect(noSessionError().docs).toBe("/docs/errors/AUTHENTICATION_REQUIRED");
});

it.each(["", undefined, null, { id: "queue_1" }, 7])("an argument that is %j is named", (given) => {
  const { details, message } = argumentError(given);
  expect(details).toEqual({ argument: "queueId" });
  expect(message).toBe("queueId must be a text, not empty.");
});

function argumentError(value: unknown): StanchionError {
  try {
    requireText("queueId", value);
  } catch (error) {
    return error as StanchionError;
  }
  throw new Error("it was taken");
}
