import { describe, expect, it } from "vitest";
import { type ErrorRow, errorCodes, errorPagePath, errorTable, isRetryable } from "./errors.ts";

/** The statuses that each type of error may have, as the contract lists them. */
const statuses: Readonly<Record<string, readonly number[]>> = {
  bad_request: [400, 408, 414, 431],
  unauthorized: [401],
  invalid_token: [401],
  token_expired: [401],
  invalid_credentials: [401],
  forbidden: [403],
  not_found: [404],
  method_not_allowed: [405],
  already_in_queue: [409],
  already_registered: [409],
  already_exists: [409],
  concurrent_modification: [409],
  conflict: [409],
  payload_too_large: [413],
  unsupported_media_type: [415],
  validation_error: [422],
  not_open_yet: [423],
  rate_limited: [429],
  internal_error: [500],
  upstream_error: [502],
  service_unavailable: [503],
  upstream_timeout: [504],
};

/** What the server always puts into the details where a message has this placeholder. */
const placeholders: readonly string[] = [
  "cap",
  "capacity",
  "hint",
  "id",
  "limit",
  "limitBytes",
  "mediaType",
  "method",
  "openAt",
  "parameter",
  "quota",
  "retryAfter",
  "roleNeeded",
  "scope",
  "state",
  "used",
];

describe.each(errorCodes.map((code): [string, ErrorRow] => [code, errorTable[code]]))("%s", (code, row) => {
  it("has a status of its type", () => {
    expect(statuses[row.error]).toContain(row.status);
  });

  it("is spelled as codes and types are", () => {
    expect(code).toMatch(/^([A-Z][A-Z0-9]*(_[A-Z0-9]+)*|FP\d{3})$/);
    expect(row.error).toMatch(/^[a-z]+(_[a-z]+)*$/);
  });

  it("says what happened, when it does and what to do", () => {
    for (const text of [row.message, row.when, row.todo]) expect(text).toMatch(/^[A-Za-z].*[^ ]$/);
  });

  it("has placeholders that the server knows to fill", () => {
    for (const [, name] of row.message.matchAll(/\{(\w+)\}/g)) expect(placeholders).toContain(name);
  });
});

describe("the error table", () => {
  it("calls retryable what may succeed later unchanged, and nothing else", () => {
    const retryable = errorCodes.filter((code) => isRetryable(code));
    const byRule = errorCodes.filter(
      (code) =>
        [408, 423, 429].includes(errorTable[code].status) ||
        errorTable[code].status >= 500 ||
        code === "IDEMPOTENCY_IN_PROGRESS" ||
        code === "CONCURRENT_MODIFICATION",
    );
    expect(retryable).toEqual(byRule);
  });

  it("calls a lost race retryable only where no version was named", () => {
    expect(isRetryable("CONCURRENT_MODIFICATION", true)).toBe(false);
    expect(isRetryable("CONCURRENT_MODIFICATION", false)).toBe(true);
  });

  it("gives every code a page of its own", () => {
    expect(new Set(errorCodes.map(errorPagePath)).size).toBe(errorCodes.length);
  });
});
