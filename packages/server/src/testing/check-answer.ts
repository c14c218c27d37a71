import {
  errorCodes,
  errorsOf,
  errorTable,
  isRetryable,
  operationNames,
  operationOf,
} from "@stanchion/contract";
import { safeParse } from "valibot";

interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
  readonly text: string;
}

/** Fails where an answer is not what the contract says of its operation: shape, code, headers. */
export function checkAnswer(method: string, route: string, answer: Answered): void {
  const requestId = answer.headers.get("x-request-id");
  if (requestId === null) throw new Error(`${method} ${route}: no X-Request-Id`);
  const path = route.split("?")[0] ?? "";
  const name = operationNames.find((known) => {
    const operation = operationOf(known);
    const pattern = new RegExp(`^${operation.path.replace(/[.]/g, "\\.").replace(/\{\w+\}/g, "[^/]+")}$`);
    return (
      (operation.method === method || (operation.method === "GET" && method === "HEAD")) && pattern.test(path)
    );
  });
  if (answer.status >= 400 && method !== "HEAD") checkError(`${method} ${route}`, name, requestId, answer);
  if (name === undefined || answer.status >= 400) return;
  const operation = operationOf(name);
  if (answer.status === 304 && operation.ifNoneMatch) return;
  if (answer.status === 206 && operation.takesRange) return;
  if (answer.status !== operation.status)
    throw new Error(`${name} answered ${answer.status}, declared is ${operation.status}`);
  if (operation.answer === undefined || method === "HEAD") return;
  const parsed = safeParse(operation.answer, answer.body);
  if (!parsed.success)
    throw new Error(
      `${name} answered outside its schema: ${JSON.stringify(parsed.issues[0]?.message)} in ${answer.text}`,
    );
  const unknown = Object.keys(answer.body).filter((key) => !(key in Object(parsed.output)));
  if (unknown.length > 0)
    throw new Error(`${name} answered members that its schema does not have: ${unknown}`);
}

function checkError(
  asked: string,
  name: (typeof operationNames)[number] | undefined,
  requestId: string,
  answered: Answered,
): void {
  const { status, headers, body, text } = answered;
  const fail: (why: string) => never = (why) => {
    throw new Error(`${asked}: ${why}: ${status} ${text}`);
  };
  const code = errorCodes.find((known) => known === body.code);
  if (code === undefined) throw new Error(`${asked}: no code of the contract: ${status} ${text}`);
  const row = errorTable[code];
  if (row.status !== status) fail(`the status is not the row's, ${row.status}`);
  if (body.error !== row.error) fail("the error is not the row's");
  const replayed = headers.get("idempotent-replayed") === "true";
  if (body.requestId !== requestId && !replayed) fail("the body names another request");
  if (typeof body.message !== "string" || body.message.includes("{")) fail("the message is not filled");
  if (typeof body.details !== "object" || body.details === null) fail("no details");
  if (row.error === "validation_error" && !Array.isArray(body.issues)) fail("no issues");
  if (typeof body.retryable !== "boolean") fail("no retryable");
  if (code !== "CONCURRENT_MODIFICATION" && body.retryable !== isRetryable(code))
    fail("retryable is not the row's");
  if (typeof body.docs !== "string" || !body.docs.endsWith(`/docs/errors/${code}`)) fail("no docs");
  if (headers.get("cache-control") !== "no-store" && !replayed) fail("cacheable");
  if (headers.get("content-language") === null) fail("no Content-Language");
  if (!/\bAccept\b/.test(headers.get("vary") ?? "")) fail("it does not vary by Accept");
  checkProblem(answered, fail);
  if ([423, 429, 503].includes(status) && !(Number(headers.get("retry-after")) >= 1)) fail("no Retry-After");
  if (status === 401 && headers.get("www-authenticate") === null) fail("no WWW-Authenticate");
  if (status === 405 && headers.get("allow") === null) fail("no Allow");
  if (name !== undefined && !errorsOf(operationOf(name)).includes(code))
    fail(`${name} does not declare ${code}`);
}

/** The members of RFC 9457 are there exactly where the answer says that it is one, with the same facts. */
function checkProblem({ status, headers, body }: Answered, fail: (why: string) => never): void {
  const type = headers.get("content-type");
  if (type === "application/json; charset=utf-8") {
    if ("instance" in body || "title" in body) fail("a problem that does not say so");
    return;
  }
  if (type !== "application/problem+json; charset=utf-8") fail(`it is ${type}`);
  const isSame =
    body.type === body.docs &&
    body.detail === body.message &&
    body.instance === body.requestId &&
    body.status === status;
  if (!isSame || typeof body.title !== "string") fail("the problem has other facts");
}
