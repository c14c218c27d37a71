import {
  type ErrorBody,
  type ErrorCode,
  english,
  errorPagePath,
  errorTable,
  isRetryable,
  type ValidationIssue,
} from "@stanchion/contract";

export interface RefusalFacts {
  readonly details?: Readonly<Record<string, unknown>>;
  readonly issues?: readonly ValidationIssue[];
  readonly retryAfterSeconds?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal of the contract, on its way to the answer. */
export class Refusal extends Error {
  readonly code: ErrorCode;
  readonly facts: RefusalFacts;

  constructor(code: ErrorCode, facts: RefusalFacts = {}) {
    super(`${code}: ${filled(english.errors[code], facts.details ?? {})}`);
    this.code = code;
    this.facts = facts;
  }
}

/** @example throw refuse("QUEUE_CLOSED", { details: { state: "CLOSED" } }) */
export function refuse(code: ErrorCode, facts?: RefusalFacts): Refusal {
  return new Refusal(code, facts);
}

/** What only the fake can answer: that it does not know something. No code of the contract, so that nobody takes it for one. */
export class NotFaked extends Error {}

/** The answer of a refusal, as the server renders it. */
export function refusalResponse(
  { code, facts }: Refusal,
  requestId: string,
  more: Readonly<Record<string, string>>,
  sentIfMatch: boolean,
): Response {
  const { error, status } = errorTable[code];
  const { details = {}, issues = [] } = facts;
  const hasIssues = error === "validation_error" || (error === "bad_request" && issues.length > 0);
  const body: ErrorBody = {
    error,
    message: filled(english.errors[code], details),
    code,
    details,
    ...(hasIssues ? { issues } : {}),
    requestId,
    retryable: isRetryable(code, sentIfMatch),
    docs: errorPagePath(code),
  };
  const retryAfterSeconds = facts.retryAfterSeconds ?? (status === 503 ? 5 : null);
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      ...more,
      "Content-Type": "application/json; charset=utf-8",
      "Cache-Control": "no-store",
      "Content-Language": english.language,
      Vary: "Accept, Origin",
      ...(retryAfterSeconds === null ? {} : { "Retry-After": String(Math.max(1, retryAfterSeconds)) }),
      ...(status === 401 ? { "WWW-Authenticate": 'Bearer realm="stanchion"' } : {}),
      ...facts.headers,
    },
  });
}

/** The answer to what the fake does not know: 501, in the shape of an error, so that clients show its words at once. */
export function notFakedResponse(message: string, requestId: string): Response {
  const body = { error: "not_faked", code: "NOT_FAKED", message, details: {}, requestId, retryable: false };
  return Response.json(body, { status: 501, headers: { "Cache-Control": "no-store" } });
}

function filled(sentence: string, details: Readonly<Record<string, unknown>>): string {
  return sentence
    .replace(/\{(\w+)\}/g, (_, name: string) => String(details[name] ?? ""))
    .replace(/ {2,}/g, " ")
    .trim();
}
