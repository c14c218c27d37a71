import type { ErrorCode, OperationName } from "@stanchion/contract";
import type { ApiError } from "../errors/index.ts";
import type { Answer, CallState } from "./call.ts";

/** The facts of a refusal. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  readonly issues: ApiError["issues"];
  readonly retryable: boolean;
}

/** One request with what it was answered. */
export interface AnsweredRequest {
  /** The id that the caller saw. */
  readonly requestId: string;
  /** Null where the HTTP parser gave up before there was a method. */
  readonly method: string | null;
  /** As it was sent, with the query. */
  readonly url: string | null;
  readonly call: CallState | null;
  /** What was sent to say who asks, whether it was accepted or not. */
  readonly credentials: {
    readonly authorization?: string | undefined;
    readonly publishableKey?: string | undefined;
  };
  readonly status: number;
  readonly refusal: Refusal | null;
  readonly tookMs: number;
  /** On the clock of `performance.now()`. */
  readonly answeredAtMs: number;
  readonly isReplay: boolean;
}

/** Is told of answers, to keep them for whoever asks with a request id. Must be quick and must not throw. */
export interface AnswerRecorder {
  /** Whether the success of an operation is worth a note. */
  keepsSuccess(operation: OperationName | null, tookMs: number): boolean;
  note(answered: AnsweredRequest): void;
}

/** The refusal inside an answer that was kept under an Idempotency-Key; null where it is none. */
export function refusalIn(answer: Answer): Refusal | null {
  if (answer.status < 400 || typeof answer.body !== "string") return null;
  const { code, details, issues = [], retryable } = JSON.parse(answer.body) as Refusal;
  return { code, details, issues, retryable };
}
