import {
  type Access,
  type Catalogue,
  limits,
  type OperationName,
  type OperationShape,
  operationOf,
  type RateClass,
} from "@stanchion/contract";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Transaction } from "kysely";
import { type Database, type Tables, withRetries } from "../database/index.ts";
import { ApiError, apiError } from "../errors/index.ts";
import { type KeyedCall, runIdempotently } from "../idempotency/index.ts";
import { clientNetwork, type RateLimiter, type RateVerdict } from "../rate-limits/index.ts";
import type { Secrets } from "../secrets.ts";
import type { Actor, Tenant } from "./actor.ts";
import { type Answer, writeAnswer } from "./call.ts";
import { OperationCall } from "./operation-call.ts";
import { isOwnOrigin, isReadableOrigin } from "./origins.ts";
import type { Standing } from "./outage-refusal.ts";

/**
 * Turns the credential of a request into an actor; throws the 401 that applies. Answers at once where it can.
 * Before it asks the database it calls `beforeAsking`, which throws where the client has failed too often.
 */
export type Authenticate = (
  access: Access,
  request: FastifyRequest,
  beforeAsking: (request: FastifyRequest) => void,
) => Actor | Promise<Actor>;

export interface OperationHost {
  readonly app: FastifyInstance;
  readonly database: Database;
  readonly authenticate: Authenticate;
  readonly rateLimiter: RateLimiter;
  readonly publicUrl: () => string | null;
  readonly secrets: Secrets;
  /** The languages of refusals; those of the contract unless a test brings its own. */
  readonly catalogues?: readonly Catalogue[] | undefined;
}

/** An operation that only reads, or that keeps its own transaction. */
export function registerOperation(
  host: OperationHost,
  name: OperationName,
  handle: (call: OperationCall) => Answer | Promise<Answer>,
  options: { isCountedInHandler?: boolean } = {},
): void {
  const operation = operationOf(name);
  const rateClass = options.isCountedInHandler ? null : operation.rateClass;
  route(host, name, rateClass, (request, reply) => {
    const answer = handle(new OperationCall(request, operation));
    if (answer instanceof Promise) return answer.then((answered) => finish(host, request, reply, answered));
    return finish(host, request, reply, answer);
  });
}

/**
 * Counts a call whose counted subject stands in its body: `read` finds it, or throws the 401 that applies.
 * For operations registered with `isCountedInHandler`.
 */
export function countInHandler<T>(
  host: OperationHost,
  call: OperationCall,
  rateClass: RateClass,
  read: () => { value: T; countedBy: string },
): T {
  try {
    const { value, countedBy } = read();
    const verdict = host.rateLimiter.countText(rateClass, countedBy, call.tenant.rateLimits);
    call.request.call.verdict = verdict;
    if (!verdict.isAllowed) throw rateLimited(verdict);
    return value;
  } catch (error) {
    throw refused(host, rateClass, call.request, error);
  }
}

/** An operation whose verb runs in one transaction, with the idempotency key's row in it. Clashes with others are retried. */
export function registerWrite(
  host: OperationHost,
  name: OperationName,
  handle: (call: OperationCall, transaction: Transaction<Tables>) => Promise<Answer>,
): void {
  const operation = operationOf(name);
  route(host, name, operation.rateClass, async (request, reply) => {
    const call = new OperationCall(request, operation);
    const key = operation.idempotent ? call.idempotencyKey() : null;
    if (operation.ifMatch) call.expectedVersions();
    const answer: Answer = await withRetries(() =>
      host.database.kysely.transaction().execute((transaction) =>
        key === null
          ? handle(call, transaction)
          : runIdempotently(
              transaction,
              { key, call: identityOf(call, name), host: keeperOf(host) },
              () => handle(call, transaction),
              (error) => error instanceof ApiError,
            ),
      ),
    );
    await answer.afterCommit?.();
    finish(host, request, reply, answer);
  });
}

/** What kept answers are made by. */
export function keeperOf({ publicUrl, secrets, catalogues }: OperationHost): KeyedCall["host"] {
  return { publicUrl: publicUrl(), secrets, catalogues };
}

/** An operation that writes its own answer, such as a stream. */
export function registerStream(
  host: OperationHost,
  name: OperationName,
  handle: (request: FastifyRequest, reply: FastifyReply) => void | Promise<void>,
): void {
  route(host, name, operationOf(name).rateClass, handle);
}

function finish(host: OperationHost, request: FastifyRequest, reply: FastifyReply, answer: Answer): void {
  writeAnswer(request, reply, answer);
  host.app.noteAnswer(request, answer);
}

function route(
  host: OperationHost,
  name: OperationName,
  rateClass: RateClass | null,
  handler: (request: FastifyRequest, reply: FastifyReply) => void | Promise<void>,
): void {
  const operation = operationOf(name);
  const beforeAsking = (request: FastifyRequest): void => {
    const { countedAs, key, overrides } = failuresOf(rateClass, request);
    const verdict = host.rateLimiter.peekText(countedAs, key, overrides);
    if (verdict.isAllowed) return;
    request.call.verdict = verdict;
    throw rateLimited(verdict);
  };
  host.app.route({
    method: operation.method,
    url: operation.path.replace(/\{(\w+)\}/g, ":$1"),
    config: { standing: standingOf(operation) },
    onRequest: (request, _reply, done) => {
      request.call.operation = name;
      if (operation.access === "anyone") {
        request.call.allowOrigin = "*";
        return done();
      }
      const { origin } = request.headers;
      if (origin !== undefined && isReadableOrigin(origin)) request.call.allowOrigin = origin;
      try {
        const actor = host.authenticate(operation.access, request, beforeAsking);
        if (actor instanceof Promise)
          actor
            .then((found) => accept(host, rateClass, request, found))
            .then(
              () => done(),
              (error: unknown) => done(refused(host, rateClass, request, error)),
            );
        else {
          accept(host, rateClass, request, actor);
          done();
        }
      } catch (error) {
        done(refused(host, rateClass, request, error));
      }
    },
    handler: (request, reply) => handler(request, reply),
  });
}

function standingOf(operation: OperationShape): Standing {
  if (operation.staysUp) return "staysUp";
  return operation.answerType === "text/event-stream" ? "stream" : "usual";
}

function accept(
  host: OperationHost,
  rateClass: RateClass | null,
  request: FastifyRequest,
  actor: Actor,
): void {
  const { call } = request;
  call.actor = actor;
  if (actor.kind === "anyone") return;
  if (rateClass !== null) {
    const verdict = countCall(host.rateLimiter, rateClass, request, actor);
    call.verdict = verdict;
    if (!verdict.isAllowed) throw rateLimited(verdict);
  }
  const { origin } = request.headers;
  if (origin !== undefined)
    judgeOrigin(origin, actor, isOwnOrigin(origin, request.headers.host, host.publicUrl()));
}

/** A failed credential is counted by address; in the classes that count an address first, before the credential is judged. */
function refused(
  host: OperationHost,
  rateClass: RateClass | null,
  request: FastifyRequest,
  error: unknown,
): Error {
  if (!(error instanceof ApiError))
    return error instanceof Error ? error : new Error("refused", { cause: error });
  if (error.status !== 401) return error;
  const { countedAs, key, overrides } = failuresOf(rateClass, request);
  const verdict = host.rateLimiter.countText(countedAs, key, overrides);
  request.call.verdict = verdict;
  return verdict.isAllowed ? error : rateLimited(verdict);
}

/** What a failed credential is counted by. */
function failuresOf(rateClass: RateClass | null, request: FastifyRequest) {
  const network = clientNetwork(request.ip);
  return rateClass === "guest" || rateClass === "authentication"
    ? { countedAs: rateClass, key: network, overrides: null }
    : { countedAs: "general" as const, key: `failed ${network}`, overrides: failedCredentials };
}

const failedCredentials = { general: { limit: limits.failedCredentialsPerMinute, windowSeconds: 60 } };

function countCall(
  limiter: RateLimiter,
  rateClass: RateClass,
  request: FastifyRequest,
  actor: Exclude<Actor, { kind: "anyone" }>,
): RateVerdict {
  const overrides = actor.tenant.rateLimits;
  switch (rateClass) {
    case "authentication":
    case "guest":
      return limiter.countText(rateClass, clientNetwork(request.ip), overrides);
    case "webhook":
      return limiter.countText(rateClass, tenantKey(actor.tenant), overrides);
    case "entry":
    case "general":
      if (actor.kind === "consumer") return limiter.countUuid(rateClass, actor.consumerBytes, overrides);
      return limiter.countText(
        rateClass,
        actor.keyKind === "secret" ? actor.keyId : `${actor.keyId} ${clientNetwork(request.ip)}`,
        overrides,
      );
  }
}

function tenantKey(tenant: Tenant): string {
  return `${tenant.organizationId} ${tenant.isLive}`;
}

function rateLimited(verdict: RateVerdict): ApiError {
  const retryAfter = Math.max(1, verdict.secondsLeft);
  return apiError("RATE_LIMITED", {
    retryAfterSeconds: retryAfter,
    details: { retryAfter, class: verdict.rateClass, limit: verdict.limit },
  });
}

function judgeOrigin(origin: string, actor: Exclude<Actor, { kind: "anyone" }>, isOwn: boolean): void {
  if (actor.kind === "key" && actor.keyKind === "secret")
    throw apiError("ORIGIN_NOT_ALLOWED", {
      details: {
        origin,
        hint: "A secret key must never be in a web page: call from your server, and revoke this key.",
      },
    });
  const { allowedOrigins, isLive } = actor.tenant;
  const isAllowed =
    isReadableOrigin(origin) &&
    (isOwn || (allowedOrigins === null ? !isLive : allowedOrigins.includes(origin)));
  if (isAllowed) return;
  throw apiError("ORIGIN_NOT_ALLOWED", {
    details: { origin, hint: "Add it to the organization's allowed origins." },
  });
}

function identityOf(call: OperationCall, operation: OperationName) {
  const { request, key } = call;
  return {
    operation,
    tenant: key.tenant,
    callerId: key.keyId,
    requestId: call.requestId,
    accept: request.headers.accept,
    acceptLanguage: request.headers["accept-language"],
    request: `${request.raw.url ?? ""}\n${JSON.stringify(request.body ?? null)}`,
  };
}
