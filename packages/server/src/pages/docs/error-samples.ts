/** The samples of an error's page: the request as a command, and the failing call with the SDK. */
import {
  callNameOf,
  type ErrorCode,
  type ErrorExample,
  errorsOf,
  errorTable,
  type OperationName,
  operationNames,
  operationOf,
} from "@stanchion/contract";

/** The request as a command for a shell; `$URL` stands for the server. */
export function curlSample({ request }: ErrorExample): string {
  const { method, path, headers, body } = request;
  const parts = [`curl -i ${method === "GET" ? "" : `-X ${method} `}"$URL${path}"`];
  for (const [name, value] of Object.entries(headers)) parts.push(`-H ${quoteForShell(`${name}: ${value}`)}`);
  if (body !== undefined)
    parts.push(`--data-binary ${quoteForShell(typeof body === "string" ? body : JSON.stringify(body))}`);
  return parts.join(" \\\n  ");
}

/** A key in the sample stands for the reader's own, so it is left for the shell to fill in. */
function quoteForShell(text: string): string {
  if (/\$[A-Z_]+/.test(text) && !/["`\\]/.test(text)) return `"${text}"`;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The answer as it came over the wire. */
export function answerSample({ response }: ErrorExample): string {
  const headers = Object.entries(response.headers).map(([name, value]) => `${name}: ${value}`);
  const body = JSON.stringify(response.body, null, 2);
  return `HTTP/1.1 ${response.status}\n${headers.map((line) => `${line}\n`).join("")}\n${body}`;
}

/** The client for browsers names the calls of a fan in its own way. */
const fanCalls: Partial<Record<OperationName, string>> = {
  logout: "auth.logout()",
  enterQueue: "queues.enter(queueId)",
  readEntry: "queues.status(queueId)",
  leaveQueue: "queues.leave(queueId)",
};

/** A call with the SDK that can meet this code, and what to do where it is caught; null where none of its calls can. */
export function sdkSample(code: ErrorCode, example: ErrorExample | undefined): string | null {
  const shown = example?.operation ?? null;
  const operation = shown !== null && hasCall(shown) ? shown : firstOperationWith(code);
  if (operation === null) return null;
  const fanCall = fanCalls[operation];
  const door = fanCall === undefined ? "@stanchion/sdk/server" : "@stanchion/sdk";
  return `import { StanchionError } from "${door}";

try {
  await stanchion.${fanCall ?? serverCall(operation)};
} catch (error) {
  if (!(error instanceof StanchionError) || error.code !== "${code}") throw error;
${handling(code)}
}`;
}

function firstOperationWith(code: ErrorCode): OperationName | null {
  const callable = operationNames.filter(hasCall);
  const own = callable.find((name) => operationOf(name).errors.includes(code));
  return own ?? callable.find((name) => errorsOf(operationOf(name)).includes(code)) ?? null;
}

function hasCall(name: OperationName): boolean {
  const { access } = operationOf(name);
  const isOfPeople = access === "consumer" || access === "member" || access === "visitor";
  return !isOfPeople || fanCalls[name] !== undefined;
}

function serverCall(name: OperationName): string {
  const { group, method } = callNameOf(name);
  const operation = operationOf(name);
  const args = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, parameter = ""]) => parameter);
  const entries = Object.keys((operation.body as { entries?: object } | undefined)?.entries ?? {});
  if (entries.length > 0) args.push("body");
  if (operation.textBody !== undefined) args.push("text");
  if (operation.ifMatch) args.push("{ ifMatch: version }");
  return `${group}.${method}(${args.join(", ")})`;
}

function handling(code: ErrorCode): string {
  const { error, status } = errorTable[code];
  if (code === "VALIDATION_ERROR" || code === "INVALID_FIELD_TYPE" || code === "UNKNOWN_FIELD")
    return `  for (const { path, type, expected, received } of error.issues)
    console.warn(path.at(-1)?.key, type, { expected, received });`;
  if (code === "CONCURRENT_MODIFICATION")
    return '  console.warn("read it, apply the change again, send version", error.details.version);';
  if (error === "not_open_yet") return '  console.info("it opens in", error.retryAfterSeconds, "seconds");';
  if (status === 429 || status >= 500)
    return `  // Three tries have failed by now; their waits are behind us.
  console.error(error.message, { requestId: error.requestId, retryAfterSeconds: error.retryAfterSeconds });`;
  return "  console.warn(error.message, error.details, error.requestId);";
}
