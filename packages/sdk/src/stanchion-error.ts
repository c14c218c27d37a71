import type {
  ClientErrorCode,
  ClientErrorType,
  ErrorCode,
  ErrorType,
  ValidationIssue,
} from "@stanchion/contract";

import { hasMembers, parseJson } from "./answers.ts";
import { inSmallLetters } from "./small-letters.ts";

export type { ClientErrorCode };

/** What `StanchionError.code` can be: a code of the error contract, or one of the client's own. */
export type StanchionErrorCode = ErrorCode | ClientErrorCode;

/** What `StanchionError.type` can be: a type of the error contract, or one of the client's own. */
export type StanchionErrorType = ErrorType | ClientErrorType;

/** The members of a {@link StanchionError}; what is left out is empty, null or false, and `docs` the path of the code's page. */
export interface StanchionErrorFacts {
  readonly code: StanchionErrorCode;
  readonly type: StanchionErrorType;
  readonly message: string;
  readonly status?: number;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly issues?: readonly ValidationIssue[];
  readonly requestId?: string | null;
  readonly retryable?: boolean;
  readonly retryAfterSeconds?: number | null;
  readonly docs?: string | null;
  readonly cause?: unknown;
}

/**
 * Every failure that the client throws or shows: a refusal of the server, or the want of an answer.
 *
 * @example
 * try {
 *   await stanchion.queues.enter(queueId);
 * } catch (error) {
 *   if (error instanceof StanchionError && error.code === "QUEUE_FULL") showFull();
 *   else throw error;
 * }
 */
export class StanchionError extends Error {
  override readonly name = "StanchionError";
  // Declared only, since the constructor sets them all: a field of each would be bytes that every fan loads.
  /** What to switch on: finer than `type`. */
  declare readonly code: StanchionErrorCode;
  /** The kind of failure, snake_case. */
  declare readonly type: StanchionErrorType;
  /** The HTTP status; 0 without an answer. */
  declare readonly status: number;
  /** Facts that a program can use; `{}` when there are none. */
  declare readonly details: Readonly<Record<string, unknown>>;
  /** The broken rules of single fields; `[]` when there are none. */
  declare readonly issues: readonly ValidationIssue[];
  /** What to tell the operator, so that the log line is found; null without an answer. */
  declare readonly requestId: string | null;
  /** May the same call succeed later, unchanged? */
  declare readonly retryable: boolean;
  /** How long the server asked to wait, in seconds; null when it did not say. */
  declare readonly retryAfterSeconds: number | null;
  /** The address of this error's page: whole where the server knows its own, else the path on the server. */
  declare readonly docs: string;

  constructor(facts: StanchionErrorFacts) {
    super(facts.message, { cause: facts.cause });
    this.code = facts.code;
    this.type = facts.type;
    this.status = facts.status ?? 0;
    this.details = facts.details ?? {};
    this.issues = facts.issues ?? [];
    this.requestId = facts.requestId ?? null;
    this.retryable = facts.retryable ?? false;
    this.retryAfterSeconds = facts.retryAfterSeconds ?? null;
    this.docs = facts.docs ?? `/docs/errors/${facts.code}`;
  }
}

type AnswerHead = Pick<Response, "status" | "headers">;

/** The error of an answer that is not a success. `nowMs` is for a Retry-After given as a date. */
export function errorFromAnswer(answer: AnswerHead, text: string, nowMs: number): StanchionError {
  const { status, headers } = answer;
  const body = parseJson(text);
  const retryAfterSeconds = readRetryAfterSeconds(headers, nowMs);
  if (!isErrorBody(body)) return invalidResponse(answer, retryAfterSeconds);
  const details = body.details ?? {};
  return new StanchionError({
    ...body,
    type: body.error,
    details,
    status,
    requestId: body.requestId ?? headers.get("x-request-id"),
    retryAfterSeconds: retryAfterSeconds ?? readNumber(details.retryAfter),
  });
}

/** The error of an answer that is not the contract's: a proxy's page, a captive portal, another server. */
export function invalidResponse(
  { status, headers }: AnswerHead,
  retryAfterSeconds: number | null = null,
): StanchionError {
  return clientError(
    "INVALID_RESPONSE",
    `An answer with status ${status} is not Stanchion's. Check baseUrl and proxies.`,
    {
      status,
      requestId: headers.get("x-request-id"),
      retryable: status === 429 || (status >= 502 && status <= 504),
      retryAfterSeconds,
    },
  );
}

/** The error of a call for which there was no whole answer. */
export function networkError(cause: unknown): StanchionError {
  return clientError("NETWORK_ERROR", "The server could not be reached. Check the connection and CORS.", {
    retryable: true,
    cause,
  });
}

/** The error of a try that took longer than it may. */
export function timeoutError(timeoutMs: number): StanchionError {
  return clientError("TIMEOUT", `The server did not answer within ${timeoutMs} ms.`, {
    retryable: true,
  });
}

/** The error of a call that its own signal ended. */
export function abortedError(cause: unknown): StanchionError {
  return clientError("ABORTED", "The signal cancelled the call.", { cause });
}

/** The error of a try that came to no answer by what was thrown: its signal's, the time limit's where it had passed, or the network's. */
export function unansweredError(
  error: unknown,
  signal: AbortSignal | undefined,
  passedLimitMs: number | null,
): StanchionError {
  if (signal?.aborted) return abortedError(signal.reason);
  if (passedLimitMs !== null) return timeoutError(passedLimitMs);
  return error instanceof StanchionError ? error : networkError(error);
}

/** The value as the text that the argument of this name must be; throws INVALID_ARGUMENT where it is none, or empty. */
export function requireText(argument: string, value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  throw clientError("INVALID_ARGUMENT", `${argument} must be a text, not empty.`, {
    details: { argument },
  });
}

/** The error of a consumer's call while nobody is signed in, made without asking the server. */
export function noSessionError(): StanchionError {
  return new StanchionError({
    code: "AUTHENTICATION_REQUIRED",
    type: "unauthorized",
    message: "There is no session. Call auth.guest() first.",
  });
}

/** An error of the client's own: its type is its code in small letters. */
function clientError(
  code: ClientErrorCode,
  message: string,
  facts: Partial<StanchionErrorFacts>,
): StanchionError {
  return new StanchionError({ ...facts, code, type: inSmallLetters(code), message });
}

/** Is this a failure with one of these codes? */
export function hasCode(error: unknown, ...codes: readonly StanchionErrorCode[]): error is StanchionError {
  return error instanceof StanchionError && codes.includes(error.code);
}

/** Says this failure that there is no entry? */
export function isMissing(error: unknown): error is StanchionError {
  return hasCode(error, "NOT_IN_QUEUE", "NOT_IN_DRAW");
}

interface ReadableErrorBody {
  readonly error: ErrorType;
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly issues?: readonly ValidationIssue[];
  readonly requestId?: string;
  readonly retryable?: boolean;
  readonly docs?: string;
}

// The three members that every error of the contract has; a newer server may send codes that this version does not know.
function isErrorBody(body: unknown): body is ReadableErrorBody {
  return hasMembers(body, "string", "error", "code", "message");
}

function readRetryAfterSeconds(headers: Headers, nowMs: number): number | null {
  const value = headers.get("retry-after");
  if (value === null) return null;
  if (/^\d+$/.test(value)) return Number(value);
  // A date is judged by the server's own clock where the answer shows it.
  const fromMs = Date.parse(headers.get("date") ?? "") || nowMs;
  const seconds = Math.ceil((Date.parse(value) - fromMs) / 1_000);
  return Number.isNaN(seconds) ? null : Math.max(0, seconds);
}

function readNumber(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
