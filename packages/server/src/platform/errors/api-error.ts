import { type ErrorCode, errorTable, type ValidationIssue } from "@stanchion/contract";
import type { RateVerdict } from "../rate-verdict.ts";

/** A refusal that a caller can meet: a row of the contract. */
export class ApiError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  readonly issues: readonly ValidationIssue[];
  /** Whole seconds, for Retry-After. */
  readonly retryAfterSeconds: number | null;
  readonly allow: string | null;
  /** WWW-Authenticate of a 401, where it is not the usual one. */
  readonly challenge: string | null;
  /** The count of the limit that refuses; the answer's rate-limit headers say it. */
  readonly verdict: RateVerdict | null;

  constructor(code: ErrorCode, options: ApiErrorOptions = {}) {
    super(code, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "ApiError";
    this.code = code;
    this.details = options.details ?? {};
    this.issues = options.issues ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
    this.allow = options.allow ?? null;
    this.challenge = options.challenge ?? null;
    this.verdict = options.verdict ?? null;
  }

  get status(): number {
    return errorTable[this.code].status;
  }
}

export interface ApiErrorOptions {
  readonly details?: Readonly<Record<string, unknown>>;
  readonly issues?: readonly ValidationIssue[];
  readonly retryAfterSeconds?: number;
  readonly allow?: string;
  readonly challenge?: string;
  readonly verdict?: RateVerdict;
  readonly cause?: unknown;
}

/** A state that refuses says what can be done instead. */
interface StateRefusalOptions extends ApiErrorOptions {
  readonly details: { readonly state: string; readonly hint: string } & Readonly<Record<string, unknown>>;
}

type OptionsOf<Code> = Code extends "INVALID_STATE" ? [StateRefusalOptions] : [ApiErrorOptions?];

/** @example throw apiError("QUEUE_FULL", { details: { capacity: 500 } }) */
export function apiError<Code extends ErrorCode>(code: Code, ...[options]: OptionsOf<Code>): ApiError {
  return new ApiError(code, options);
}

/** A 422 with these issues. */
export function validationError(issues: readonly ValidationIssue[]): ApiError {
  return new ApiError("VALIDATION_ERROR", { issues });
}

/** A catalogue's sentence, `{name}` filled from the details. */
export function fillMessage(sentence: string, details: Readonly<Record<string, unknown>>): string {
  return sentence
    .replace(/\{(\w+)\}/g, (_, name: string) => String(details[name] ?? ""))
    .replace(/ {2,}/g, " ")
    .trim();
}
