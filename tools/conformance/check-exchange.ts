/** Holds one exchange against the contract: status, headers, every member of the body, and what must not be in it. */
import {
  type ErrorCode,
  type ErrorRow,
  errorsOf,
  type OperationName,
  operationOf,
} from "@stanchion/contract";
import { checkErrorBody } from "./check-error-body.ts";
import { checkHeaders } from "./check-headers.ts";
import { type Exchange, jsonOf } from "./exchange.ts";
import { findLeaks } from "./find-leaks.ts";
import { operationAt } from "./operation-paths.ts";
import type { ServedDocument } from "./served-document.ts";

/** The table that answers are held against, as the suite's own tests may replace it. */
export type ErrorRows = Readonly<Record<string, ErrorRow>>;

export interface Checked {
  readonly operation: OperationName | null;
  /** The code of the answer, where it is an error of the table. */
  readonly code: ErrorCode | null;
  /** What is not as the contract says; empty: nothing. */
  readonly faults: readonly string[];
}

export function checkExchange(exchange: Exchange, rows: ErrorRows, document: ServedDocument): Checked {
  const { request, answer } = exchange;
  const operation = operationAt(request.method, request.path);
  const body = jsonOf(answer);
  const isError = answer.status >= 400;
  const code = isError && typeof body?.code === "string" && Object.hasOwn(rows, body.code) ? body.code : null;
  const row = code === null ? null : (rows[code] ?? null);
  const about = { exchange, operation, row, body };
  const faults = [...checkHeaders(about), ...findLeaks(exchange)];
  if (answer.status === 0) faults.push("the connection was closed without an answer");
  if (request.method !== "HEAD" && request.method !== "OPTIONS") {
    if (isError) faults.push(...checkErrorBody(about, rows));
    else faults.push(...checkSuccess(exchange, operation));
    if (operation !== null) faults.push(...document.faultsOf(operation, answer));
  }
  if (code !== null && operation !== null && !errorsOf(operationOf(operation)).includes(code as ErrorCode))
    faults.push(`${operation} does not declare ${code}`);
  return { operation, code: code as ErrorCode | null, faults };
}

function checkSuccess({ request, answer }: Exchange, name: OperationName | null): string[] {
  if (name === null) return [];
  const operation = operationOf(name);
  const faults: string[] = [];
  if (answer.status === 304 && operation.ifNoneMatch) {
    const names = Object.keys(request.headers).map((header) => header.toLowerCase());
    if (!names.includes("if-none-match")) faults.push("a 304 to who did not say what it has");
    if (answer.text !== "") faults.push("a 304 has a body");
  } else if (answer.status !== operation.status)
    faults.push(`${name} answered ${answer.status}; declared is ${operation.status}`);
  if (answer.status === 204 && answer.text !== "") faults.push("a 204 has a body");
  if (answer.status === 200 && answer.text === "" && operation.answer !== undefined)
    faults.push(`${request.method} ${request.path} answered an empty body`);
  return faults;
}
