import { type OperationName, operationOf, rateClasses } from "@stanchion/contract";
import { authenticate } from "./credentials.ts";
import { drawHandlers } from "./draw-handlers.ts";
import type { FakeAnswer, FakeHandlers } from "./fake-answers.ts";
import { FakeCall, findOperation } from "./fake-call.ts";
import type { FakeFailures } from "./fake-failures.ts";
import { idOf } from "./fake-ids.ts";
import { awayResponse } from "./fake-streams.ts";
import type { FakeWorld } from "./fake-world.ts";
import { orderHandlers } from "./order-handlers.ts";
import { queueHandlers } from "./queue-handlers.ts";
import { NotFaked, notFakedResponse, Refusal, refusalResponse, refuse } from "./refusal.ts";
import { sessionHandlers } from "./session-handlers.ts";
import { turnMailHandlers } from "./turn-mail-handlers.ts";

/** A request that the fake has answered. */
export interface FakeRequest {
  /** Null: it was no operation of the API. */
  readonly operation: OperationName | null;
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  /** The body as it came. */
  readonly body: string;
  readonly status: number;
}

/** A pause of the whole server. */
export interface Maintenance {
  readonly since: string;
  readonly message?: string | undefined;
  readonly retryAfterSeconds: number;
}

const handlers: FakeHandlers = {
  ...sessionHandlers,
  ...queueHandlers,
  ...drawHandlers,
  ...orderHandlers,
  ...turnMailHandlers,
  readJwks: async ({ signer }) => ({
    json: await signer.jwks(),
    headers: { "Cache-Control": "public, max-age=300" },
  }),
  readLiveness: () => ({ json: { status: "ok" } }),
};
/** The operations that the fake answers; others it says it does not know. */
export const fakedOperations = Object.keys(handlers) as OperationName[];

/** Turns requests into answers, over what the fake knows. */
export class FakeServer {
  readonly requests: FakeRequest[] = [];
  maintenance: Maintenance | null = null;
  readonly #world: FakeWorld;
  readonly #failures: FakeFailures;
  /** Answers by caller and Idempotency-Key, and what they answered. */
  readonly #kept = new Map<string, { readonly asked: string; readonly response: Response }>();

  constructor(world: FakeWorld, failures: FakeFailures) {
    this.#world = world;
    this.#failures = failures;
  }

  async handle(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: preflightHeaders });
    const requestId = request.headers.get("x-request-id") ?? idOf("request");
    const body = await request.text();
    const told = { method: request.method, path: pathname, headers: request.headers, body };
    let operation: OperationName | null = null;
    let response: Response;
    try {
      const found = findOperation(request.method === "HEAD" ? "GET" : request.method, pathname);
      operation = found.name;
      response = await this.#answer(new FakeCall(found, request, requestId, body));
    } catch (error) {
      response = this.#refusal(error, request, requestId, operation);
    }
    this.requests.push({ operation, ...told, status: response.status });
    return response;
  }

  async #answer(call: FakeCall): Promise<Response> {
    const { operation, name } = call;
    if (this.maintenance !== null && !operation.staysUp)
      return this.#duringMaintenance(call, this.maintenance);
    const failure = this.#failures.take(call);
    if (failure !== null) throw failure;
    const handler = handlers[name];
    if (handler === undefined) throw new NotFaked(unknownWords(name));
    authenticate(this.#world, call);
    call.parse();
    return this.#onlyOnce(call, async () => this.#write(call, await handler(this.#world, call)));
  }

  #duringMaintenance(call: FakeCall, { since, message, retryAfterSeconds }: Maintenance): Response {
    const headers = this.#headersOf(call.request, call.requestId, call.name);
    if (call.operation.answerType === "text/event-stream")
      return awayResponse(retryAfterSeconds * 1_000, headers);
    const details = { retryAfter: retryAfterSeconds, since, ...(message === undefined ? {} : { message }) };
    throw refuse("MAINTENANCE", { retryAfterSeconds, details });
  }

  /** A repeat under the same Idempotency-Key gets the first answer; refusals are kept too. */
  async #onlyOnce(call: FakeCall, run: () => Promise<Response>): Promise<Response> {
    const key = call.operation.idempotent ? readIdempotencyKey(call.header("idempotency-key")) : null;
    if (key === null) return run();
    const caller = call.session?.consumerId ?? "shop";
    const asked = `${call.name} ${new URL(call.request.url).pathname} ${call.text}`;
    const kept = this.#kept.get(`${caller} ${key}`);
    if (kept !== undefined) {
      if (kept.asked !== asked) throw refuse("IDEMPOTENCY_KEY_REUSED");
      const response = kept.response.clone();
      response.headers.set("Idempotent-Replayed", "true");
      return response;
    }
    const response = await run().catch((error) =>
      this.#refusal(error, call.request, call.requestId, call.name),
    );
    this.#kept.set(`${caller} ${key}`, { asked, response: response.clone() });
    return response;
  }

  #write(call: FakeCall, { status = 200, json, headers = {}, response }: FakeAnswer): Response {
    const common = this.#headersOf(call.request, call.requestId, call.name);
    if (response !== undefined) return response(common);
    const type = json === undefined ? {} : { "Content-Type": "application/json; charset=utf-8" };
    const text = json === undefined || call.request.method === "HEAD" ? null : JSON.stringify(json);
    return new Response(text, {
      status,
      headers: { ...common, "Cache-Control": "no-store", ...type, ...headers },
    });
  }

  #refusal(error: unknown, request: Request, requestId: string, operation: OperationName | null): Response {
    const sentIfMatch = request.headers.has("if-match");
    if (error instanceof NotFaked) return notFakedResponse(error.message, requestId);
    if (!(error instanceof Refusal)) throw error;
    return refusalResponse(
      error,
      requestId,
      this.#headersOf(request, requestId, operation, error),
      sentIfMatch,
    );
  }

  #headersOf(
    request: Request,
    requestId: string,
    operation: OperationName | null,
    refusal?: Refusal,
  ): Record<string, string> {
    const date = new Date(this.#world.clock.now()).toUTCString();
    const rateClass = operation === null ? null : operationOf(operation).rateClass;
    const common = { "X-Request-Id": requestId, Date: date, ...corsHeadersOf(request, operation) };
    if (rateClass === null || outages.includes(refusal?.code ?? "")) return common;
    const { limit, windowSeconds } = rateClasses[rateClass];
    const left = refusal?.code === "RATE_LIMITED" ? 0 : limit - 1;
    const seconds = refusal?.code === "RATE_LIMITED" ? refusal.facts.retryAfterSeconds : undefined;
    const resetSeconds = seconds ?? windowSeconds;
    return {
      ...common,
      "X-RateLimit-Limit": String(limit),
      "X-RateLimit-Remaining": String(left),
      "X-RateLimit-Reset": String(Math.ceil(this.#world.clock.now() / 1_000) + resetSeconds),
      "RateLimit-Policy": `"${rateClass}";q=${limit};w=${windowSeconds}`,
      RateLimit: `"${rateClass}";r=${left};t=${resetSeconds}`,
    };
  }
}

/** What is refused before anything is counted. */
const outages: readonly string[] = ["MAINTENANCE", "DEPLOYING", "OVERLOADED", "DATABASE_UNAVAILABLE"];

/** What is for everybody any page may read; of everything else the page that has asked. */
function corsHeadersOf({ headers }: Request, operation: OperationName | null): Record<string, string> {
  const isForAnyone = operation !== null && operationOf(operation).access === "anyone";
  const origin = isForAnyone ? "*" : headers.get("origin");
  return origin === null
    ? {}
    : { "Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": exposed };
}

const exposed =
  "X-Request-Id, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, RateLimit, RateLimit-Policy, ETag, Location, Idempotent-Replayed, DPoP-Nonce, WWW-Authenticate, Date";
const preflightHeaders = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
  "Access-Control-Allow-Headers":
    "Authorization, Content-Type, DPoP, Idempotency-Key, If-Match, If-None-Match, X-Fingerprint, X-Line-Token, X-Publishable-Key, X-Request-Id",
  "Access-Control-Max-Age": "86400",
};

function readIdempotencyKey(given: string | null): string | null {
  if (given === null) return null;
  const bare = /^"(.*)"$/.exec(given)?.[1] ?? given;
  if (!/^[\x21-\x7e]{1,255}$/.test(bare)) throw refuse("INVALID_IDEMPOTENCY_KEY");
  return bare;
}

function unknownWords(name: OperationName): string {
  const { method, path } = operationOf(name);
  return (
    `The fake does not know ${name} (${method} ${path}). A real server does: start one for this test. ` +
    `The fake knows ${fakedOperations.join(", ")}.`
  );
}
