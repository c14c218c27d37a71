import { type ErrorCode, errorTable, operationOf } from "@stanchion/contract";
import type { ExchangeFacts } from "./check-error-body.ts";

/** Everything that the headers of this answer must say. */
export function checkHeaders(facts: ExchangeFacts): string[] {
  return [
    ...checkRequestId(facts),
    ...checkContent(facts),
    ...checkCaching(facts),
    ...checkAdvice(facts),
    ...checkRateLimit(facts),
    ...checkOrigin(facts),
  ];
}

const requestIdPattern = /^[A-Za-z0-9_-]{1,64}$/;
const ownRequestIdPattern = /^req_[0-9a-z]{26}$/;

/** The caller's own is kept, a bad one replaced; a raw request's cannot be read; a replay has that of the first answer. */
function checkRequestId({ exchange: { request, answer }, body }: ExchangeFacts): string[] {
  const given = headerOf(request.headers, "x-request-id");
  const got = answer.headers.get("x-request-id");
  if (got === null) return ["no X-Request-Id"];
  const isUnread = request.isRaw || body?.code === "HEADERS_TOO_LARGE";
  if (answer.headers.get("idempotent-replayed") === "true" || isUnread)
    return requestIdPattern.test(got) ? [] : [`X-Request-Id is ${got}`];
  if (given !== null && requestIdPattern.test(given))
    return got === given ? [] : [`the caller's X-Request-Id ${given} became ${got}`];
  return ownRequestIdPattern.test(got) ? [] : [`X-Request-Id is ${got}, which the server did not make`];
}

function checkContent({ exchange: { request, answer }, operation }: ExchangeFacts): string[] {
  const type = answer.headers.get("content-type");
  const length = answer.headers.get("content-length");
  const faults: string[] = [];
  if (length !== null && request.method !== "HEAD" && Number(length) !== Buffer.byteLength(answer.text)) {
    // Bytes that are no text are counted otherwise once they were read as text.
    if (type !== "application/octet-stream") faults.push(`Content-Length is ${length}`);
  }
  if (answer.status >= 400) {
    const isProblemAsked = headerOf(request.headers, "accept")?.includes("application/problem+json") ?? false;
    const expected = `application/${isProblemAsked ? "problem+json" : "json"}; charset=utf-8`;
    if (answer.headers.get("content-language") === null) faults.push("no Content-Language");
    const isReplayed = answer.headers.get("idempotent-replayed") === "true";
    if (type !== expected && !isReplayed) faults.push(`Content-Type is ${type} instead of ${expected}`);
  } else if (operation !== null && answer.status === 200 && operationOf(operation).answer !== undefined) {
    if (type !== "application/json; charset=utf-8") faults.push(`Content-Type is ${type}`);
  }
  return faults;
}

function checkCaching({ exchange: { request, answer }, operation }: ExchangeFacts): string[] {
  const isOnePersons = operation !== null && operationOf(operation).access !== "anyone";
  if (request.method === "OPTIONS" || (answer.status < 400 && !isOnePersons)) return [];
  const caching = answer.headers.get("cache-control");
  return caching?.includes("no-store") ? [] : [`Cache-Control is ${caching}`];
}

/** What tells the caller how to go on: Retry-After, WWW-Authenticate, Allow, Location. */
function checkAdvice({ exchange: { request, answer }, body }: ExchangeFacts): string[] {
  const { status, headers } = answer;
  const faults: string[] = [];
  const retryAfter = headers.get("retry-after");
  if ([423, 429, 503].includes(status) && !/^[1-9]\d*$/.test(retryAfter ?? ""))
    faults.push(`Retry-After is ${retryAfter}`);
  const details = Object(body?.details) as Record<string, unknown>;
  if (details.retryAfter !== undefined && String(details.retryAfter) !== retryAfter)
    faults.push(`details.retryAfter is ${String(details.retryAfter)}, and Retry-After is ${retryAfter}`);
  if (status === 401 && headers.get("www-authenticate") === null) faults.push("no WWW-Authenticate");
  if (status === 405) {
    const allow = headers.get("allow");
    if (allow === null || allow.split(", ").includes(request.method)) faults.push(`Allow is ${allow}`);
    if (Array.isArray(details.allow) && details.allow.join(", ") !== allow)
      faults.push("details.allow is not what Allow says");
  }
  return faults;
}

/** Refusals that come before the call is counted, or before anybody knows by whom it would be. */
const uncounted: readonly ErrorCode[] = [
  "MALFORMED_REQUEST",
  "REQUEST_TIMEOUT",
  "URI_TOO_LONG",
  "HEADERS_TOO_LARGE",
  "DEPLOYING",
  "MAINTENANCE",
  "OVERLOADED",
  "DATABASE_UNAVAILABLE",
  "INTERNAL_ERROR",
];

function checkRateLimit(facts: ExchangeFacts): string[] {
  const { exchange, operation, body } = facts;
  const { request, answer } = exchange;
  if (!isRateLimitDue(facts)) return [];
  const number = (name: string): number => Number(answer.headers.get(name) ?? Number.NaN);
  const [limit, remaining, reset] = [
    number("x-ratelimit-limit"),
    number("x-ratelimit-remaining"),
    number("x-ratelimit-reset"),
  ];
  const policy = /^"([a-z]+)";q=(\d+);w=(\d+)$/.exec(answer.headers.get("ratelimit-policy") ?? "");
  const state = /^"([a-z]+)";r=(\d+);t=(\d+)$/.exec(answer.headers.get("ratelimit") ?? "");
  if (policy === null || state === null || !(limit >= 1) || !(remaining >= 0) || !(reset > 1e9))
    return [`the rate-limit headers are not all there for ${request.method} ${operation}`];
  const faults: string[] = [];
  if (policy[1] !== state[1]) faults.push("RateLimit and RateLimit-Policy name two classes");
  if (Number(policy[2]) !== limit || Number(state[2]) !== remaining || remaining > limit)
    faults.push("the two kinds of rate-limit headers differ");
  if (Number(state[3]) > Number(policy[3])) faults.push("the window ends later than it is long");
  if (answer.status === 429) {
    const details = Object(body?.details) as Record<string, unknown>;
    if (remaining !== 0) faults.push("refused, and calls remain");
    if (details.class !== policy[1] || details.limit !== limit)
      faults.push("the details name another class or limit than the headers");
  }
  return faults;
}

function isRateLimitDue({ exchange: { request }, operation, row, body }: ExchangeFacts): boolean {
  if (operation === null || operationOf(operation).rateClass === null || request.method === "OPTIONS")
    return false;
  return row === null || !uncounted.some((code) => code === body?.code && errorTable[code] !== undefined);
}

const exposed = [
  "X-Request-Id",
  "Retry-After",
  "X-RateLimit-Limit",
  "X-RateLimit-Remaining",
  "X-RateLimit-Reset",
  "RateLimit",
  "RateLimit-Policy",
  "ETag",
  "Location",
  "Idempotent-Replayed",
];

function checkOrigin({ exchange: { request, answer }, operation }: ExchangeFacts): string[] {
  const origin = headerOf(request.headers, "origin");
  const allowed = answer.headers.get("access-control-allow-origin");
  if (answer.headers.get("access-control-allow-credentials") !== null)
    return ["credentials are allowed to other origins"];
  if (origin === null || request.isRaw) return [];
  const isForAll = operation !== null && operationOf(operation).access === "anyone";
  if (isForAll && allowed === "*") return checkExposed(answer.headers);
  if (origin === "null") return allowed === null ? [] : [`the origin null is told ${allowed}`];
  const faults = allowed === origin ? [] : [`Access-Control-Allow-Origin is ${allowed} for ${origin}`];
  if (!answer.headers.get("vary")?.includes("Origin")) faults.push("no Vary: Origin");
  return [...faults, ...checkExposed(answer.headers)];
}

function checkExposed(headers: Headers): string[] {
  const listed = (headers.get("access-control-expose-headers") ?? "").toLowerCase().split(/, */);
  return exposed
    .filter((name) => !listed.includes(name.toLowerCase()))
    .map((name) => `${name} is not exposed to browsers`);
}

export function headerOf(headers: Readonly<Record<string, string>>, name: string): string | null {
  const found = Object.entries(headers).find(([known]) => known.toLowerCase() === name);
  return found?.[1] ?? null;
}
