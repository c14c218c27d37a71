import { STATUS_CODES } from "node:http";
import {
  type ErrorCode,
  type ErrorRow,
  errorPagePath,
  isRetryable,
  issueTypes,
  limits,
  type OperationName,
} from "@stanchion/contract";
import type { ErrorRows } from "./check-exchange.ts";
import type { Exchange } from "./exchange.ts";

export interface ExchangeFacts {
  readonly exchange: Exchange;
  readonly operation: OperationName | null;
  readonly row: ErrorRow | null;
  readonly body: Readonly<Record<string, unknown>> | null;
}

const members = ["error", "message", "code", "details", "requestId", "retryable", "docs"];
const problemMembers = ["type", "title", "status", "detail", "instance"];

/** What the details of a code must have, for programs to use. */
const detailMembers: Partial<Record<ErrorCode, readonly string[]>> = {
  ALREADY_EXISTS: ["id"],
  ALREADY_REGISTERED: ["entryId", "drawId", "status", "number", "receipt"],
  ALREADY_IN_QUEUE: ["entryId", "queueId", "status", "ticket", "position", "lineToken"],
  DRAW_NOT_OPEN: ["openAt", "retryAfter"],
  INVALID_PARAMETER: ["parameter"],
  METHOD_NOT_ALLOWED: ["method", "allow"],
  MISSING_PARAMETER: ["parameter"],
  ORIGIN_NOT_ALLOWED: ["origin", "hint"],
  PAYLOAD_TOO_LARGE: ["limitBytes"],
  QUEUE_NOT_OPEN: ["openAt", "retryAfter"],
  RATE_LIMITED: ["retryAfter", "class", "limit"],
};

/** Every member of an error's body and no member more, each as the row says. */
export function checkErrorBody(facts: ExchangeFacts, rows: ErrorRows): string[] {
  const { exchange, row, body } = facts;
  const { answer } = exchange;
  if (body === null) return [`a naked ${answer.status}: no JSON object in the body`];
  if (row === null) return [`the code ${JSON.stringify(body.code)} is no row of the contract`];
  return [
    ...checkMembers(facts, row, body),
    ...checkRow(facts, row, body),
    ...checkDetails(row, body, rows),
    ...checkIssues(row, body),
    ...checkProblem(facts, body),
  ];
}

function isProblem({ answer }: Exchange): boolean {
  return answer.headers.get("content-type")?.startsWith("application/problem+json") ?? false;
}

function checkMembers({ exchange }: ExchangeFacts, row: ErrorRow, body: Record<string, unknown>): string[] {
  const needed = [
    ...members,
    ...(isProblem(exchange) ? problemMembers : []),
    ...(row.error === "validation_error" ? ["issues"] : []),
  ];
  const allowed = row.error === "bad_request" ? [...needed, "issues"] : needed;
  const missing = needed.filter((member) => !Object.hasOwn(body, member));
  const surplus = Object.keys(body).filter((member) => !allowed.includes(member));
  return [
    ...missing.map((member) => `the body has no ${member}`),
    ...surplus.map((member) => `the body has a member that the contract does not: ${member}`),
  ];
}

function checkRow({ exchange }: ExchangeFacts, row: ErrorRow, body: Record<string, unknown>): string[] {
  const { request, answer } = exchange;
  const code = body.code as ErrorCode;
  const faults: string[] = [];
  const expect = (isSo: boolean, fault: string): void => void (isSo || faults.push(fault));
  expect(answer.status === row.status, `the status is ${answer.status}; the row's is ${row.status}`);
  expect(body.error === row.error, `error is ${JSON.stringify(body.error)}; the row's is ${row.error}`);
  const sentIfMatch = Object.keys(request.headers).some((name) => name.toLowerCase() === "if-match");
  const retryable = isRetryable(code, sentIfMatch);
  expect(body.retryable === retryable, `retryable is ${String(body.retryable)}; the rule says ${retryable}`);
  const { docs, message, requestId } = body;
  expect(isDocsAddress(docs, code), `docs does not lead to the page of ${code}: ${JSON.stringify(docs)}`);
  expect(typeof message === "string" && message.trim() !== "", "the message is empty");
  expect(!/[{}]|undefined|\[object/.test(String(message)), `the message is not filled: ${String(message)}`);
  expect(
    requestId === answer.headers.get("x-request-id"),
    `requestId is ${JSON.stringify(requestId)}, and X-Request-Id is ${answer.headers.get("x-request-id")}`,
  );
  return faults;
}

function isDocsAddress(docs: unknown, code: ErrorCode): boolean {
  if (typeof docs !== "string") return false;
  const path = errorPagePath(code);
  return docs === path || (/^https?:\/\/[^/]+/.test(docs) && docs.endsWith(path));
}

function checkDetails(row: ErrorRow, body: Record<string, unknown>, rows: ErrorRows): string[] {
  const { details } = body;
  if (details === null || typeof details !== "object" || Array.isArray(details))
    return ["details is no object"];
  const code = body.code as ErrorCode;
  const needed = detailMembers[code] ?? [];
  const faults = needed
    .filter((member) => !Object.hasOwn(details, member))
    .map((member) => `the details have no ${member}`);
  const isOfState = row.error === "conflict" && code !== "IDEMPOTENCY_IN_PROGRESS";
  if (isOfState && Object.keys(details).length === 0)
    faults.push("the details do not name the state that stands in the way");
  for (const [, name = ""] of (rows[code]?.message ?? "").matchAll(/\{(\w+)\}/g))
    if (name !== "hint" && !Object.hasOwn(details, name))
      faults.push(`the message needs details.${name}, and it is not there`);
  return faults;
}

function checkIssues(row: ErrorRow, { code, issues }: Record<string, unknown>): string[] {
  if (issues === undefined) return [];
  if (!Array.isArray(issues)) return ["issues is no list"];
  const faults = issues.flatMap((issue: unknown, index) =>
    checkIssue(issue).map((fault) => `issue ${index}: ${fault}`),
  );
  if (issues.length > limits.issuesMax) faults.push(`${issues.length} issues; at most ${limits.issuesMax}`);
  if (row.error === "bad_request" && issues.length === 0) faults.push("issues is empty");
  if (code === "VALIDATION_ERROR" && issues.length === 0) faults.push("a validation error without an issue");
  return faults;
}

function checkIssue(issue: unknown): string[] {
  const facts = Object(issue) as Record<string, unknown>;
  const faults: string[] = [];
  const names = Object.keys(facts).sort().join();
  if (names !== "expected,kind,message,path,received,type") faults.push(`its members are ${names}`);
  if (facts.kind !== "validation") faults.push(`kind is ${JSON.stringify(facts.kind)}`);
  if (!issueTypes.some((type) => type === facts.type)) faults.push(`type is ${JSON.stringify(facts.type)}`);
  for (const name of ["expected", "received", "message"] as const)
    if (typeof facts[name] !== "string" || facts[name] === "") faults.push(`${name} is not filled`);
  if (String(facts.received).length > limits.receivedCharactersMax) faults.push("received is too long");
  if (!Array.isArray(facts.path)) return [...faults, "path is no list"];
  for (const step of facts.path as Record<string, unknown>[]) {
    const isObject = step.type === "object" && typeof step.key === "string";
    const isArray = step.type === "array" && typeof step.key === "number";
    if (!(isObject || isArray) || Object.keys(step).length !== 2)
      faults.push(`a step of the path is ${JSON.stringify(step)}`);
  }
  return faults;
}

/** RFC 9457: the same facts once more, by the names of the standard. */
function checkProblem({ exchange }: ExchangeFacts, body: Record<string, unknown>): string[] {
  if (!isProblem(exchange)) return [];
  const { status } = exchange.answer;
  const expected: Record<string, unknown> = {
    type: body.docs,
    title: STATUS_CODES[status],
    status,
    detail: body.message,
    instance: body.requestId,
  };
  return problemMembers
    .filter((member) => body[member] !== expected[member])
    .map((member) => `the problem's ${member} is ${JSON.stringify(body[member])}`);
}
