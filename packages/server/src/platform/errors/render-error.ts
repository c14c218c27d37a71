import { STATUS_CODES } from "node:http";
import { type ErrorBody, errorPagePath, errorTable, isRetryable } from "@stanchion/contract";
import type { ApiError } from "./api-error.ts";
import { messageOf } from "./api-error.ts";

export interface RenderedError {
  readonly status: number;
  readonly contentType: string;
  /** Headers as a flat list of names and values. */
  readonly headers: readonly string[];
  readonly body: string;
}

export interface RenderContext {
  readonly requestId: string;
  /** The public address without a slash at the end; null: docs addresses are relative. */
  readonly publicUrl: string | null;
  readonly accept?: string | undefined;
  readonly sentIfMatch?: boolean;
}

/** The one renderer: every answer that is not a success is made here. */
export function renderError(error: ApiError, context: RenderContext): RenderedError {
  const row = errorTable[error.code];
  const hasIssues = row.error === "validation_error" || row.error === "bad_request";
  const body: ErrorBody = {
    error: row.error,
    message: messageOf(row, error.details),
    code: error.code,
    details: error.details,
    ...(hasIssues && (error.issues.length > 0 || row.error === "validation_error")
      ? { issues: error.issues }
      : {}),
    requestId: context.requestId,
    retryable: isRetryable(error.code, context.sentIfMatch),
    docs: `${context.publicUrl ?? ""}${errorPagePath(error.code)}`,
  };
  const headers = ["Cache-Control", "no-store"];
  const retryAfterSeconds = error.retryAfterSeconds ?? (row.status === 503 ? 5 : null);
  if (retryAfterSeconds !== null)
    headers.push("Retry-After", String(Math.max(1, Math.ceil(retryAfterSeconds))));
  if (error.allow !== null) headers.push("Allow", error.allow);
  if (row.status === 401) headers.push("WWW-Authenticate", 'Bearer realm="stanchion"');
  if (!prefersProblem(context.accept))
    return {
      status: row.status,
      contentType: "application/json; charset=utf-8",
      headers,
      body: JSON.stringify(body),
    };
  const { message, docs, requestId } = body;
  const problem = {
    type: docs,
    title: STATUS_CODES[row.status],
    status: row.status,
    detail: message,
    instance: requestId,
    ...body,
  };
  return {
    status: row.status,
    contentType: "application/problem+json; charset=utf-8",
    headers,
    body: JSON.stringify(problem),
  };
}

function prefersProblem(accept: string | undefined): boolean {
  return accept?.includes("application/problem+json") ?? false;
}
