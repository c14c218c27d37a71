import { STATUS_CODES } from "node:http";
import {
  catalogues as allCatalogues,
  type Catalogue,
  type ErrorBody,
  english,
  errorPagePath,
  errorTable,
  isRetryable,
  issueMessage,
  type ValidationIssue,
} from "@stanchion/contract";
import type { ApiError } from "./api-error.ts";
import { fillMessage } from "./api-error.ts";
import { chooseCatalogue, prefersProblem } from "./negotiate.ts";

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
  readonly acceptLanguage?: string | undefined;
  readonly sentIfMatch?: boolean;
  /** The languages that there are; those of the contract unless a test brings its own. */
  readonly catalogues?: readonly Catalogue[];
}

/** The one renderer: every answer that is not a success is made here. */
export function renderError(error: ApiError, context: RenderContext): RenderedError {
  const row = errorTable[error.code];
  const catalogues = context.catalogues ?? allCatalogues;
  const catalogue = chooseCatalogue(catalogues, context.acceptLanguage);
  const hasIssues = row.error === "validation_error" || row.error === "bad_request";
  const body: ErrorBody = {
    error: row.error,
    message: fillMessage(catalogue.errors[error.code], error.details),
    code: error.code,
    details: error.details,
    ...(hasIssues && (error.issues.length > 0 || row.error === "validation_error")
      ? { issues: issuesIn(catalogue, error.issues) }
      : {}),
    requestId: context.requestId,
    retryable: isRetryable(error.code, context.sentIfMatch),
    docs: `${context.publicUrl ?? ""}${errorPagePath(error.code)}`,
  };
  const headers = ["Cache-Control", "no-store", "Content-Language", catalogue.language];
  if (catalogues.length > 1) headers.push("Vary", "Accept-Language");
  const retryAfterSeconds = error.retryAfterSeconds ?? (row.status === 503 ? 5 : null);
  if (retryAfterSeconds !== null)
    headers.push("Retry-After", String(Math.max(1, Math.ceil(retryAfterSeconds))));
  if (error.allow !== null) headers.push("Allow", error.allow);
  if (row.status === 401) headers.push("WWW-Authenticate", error.challenge ?? 'Bearer realm="stanchion"');
  return { status: row.status, headers, ...represent(row.status, body, context.accept) };
}

interface KeptAnswer {
  readonly status: number;
  readonly body?: string | Buffer;
  readonly headers?: readonly string[];
}

/**
 * An answer that was kept, in the representation that this caller takes. A refusal is kept once, in the contract's own shape,
 * and given as problem+json to whoever accepts that; everything else stays as it is.
 */
export function representKept<Kept extends KeptAnswer>(kept: Kept, accept: string | undefined): Kept {
  const { status, body, headers = [] } = kept;
  if (status < 400 || body === undefined || !prefersProblem(accept)) return kept;
  // What was kept is what renderError made.
  const problem = represent(status, JSON.parse(body.toString()) as ErrorBody, accept);
  const at = headers.indexOf("Content-Type");
  const others = at < 0 ? headers : headers.toSpliced(at, 2);
  return { ...kept, body: problem.body, headers: [...others, "Content-Type", problem.contentType] };
}

function represent(
  status: number,
  body: ErrorBody,
  accept: string | undefined,
): Pick<RenderedError, "contentType" | "body"> {
  if (!prefersProblem(accept))
    return { contentType: "application/json; charset=utf-8", body: JSON.stringify(body) };
  const { message, docs, requestId } = body;
  const problem = {
    type: docs,
    title: STATUS_CODES[status],
    status,
    detail: message,
    instance: requestId,
    ...body,
  };
  return { contentType: "application/problem+json; charset=utf-8", body: JSON.stringify(problem) };
}

/** English is what issues are made in. */
function issuesIn(catalogue: Catalogue, issues: readonly ValidationIssue[]): readonly ValidationIssue[] {
  if (catalogue.language === english.language) return issues;
  return issues.map((issue) => ({ ...issue, message: issueMessage(catalogue, issue) }));
}
