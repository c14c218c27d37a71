import {
  type Catalogue,
  type OperationName,
  type OperationShape,
  operationOf,
  type RateClass,
} from "@stanchion/contract";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Transaction } from "kysely";
import {
  type Database,
  type Holding,
  inOrganization,
  type Tables,
  translateViolation,
  withRetries,
} from "../database/index.ts";
import { ApiError } from "../errors/index.ts";
import { type KeyedCall, runIdempotently } from "../idempotency/index.ts";
import type { RateLimiter } from "../rate-limits/index.ts";
import type { Secrets } from "../secrets.ts";
import type { Actor } from "./actor.ts";
import { type Answer, writeAnswer } from "./call.ts";
import { peekFailures, rateLimited } from "./count-call.ts";
import { countRefused } from "./count-in-handler.ts";
import { passGate } from "./gate.ts";
import { OperationCall } from "./operation-call.ts";
import { isReadableOrigin } from "./origins.ts";
import type { Standing } from "./outage-refusal.ts";

/**
 * Turns the credential of a request into an actor; throws the 401 that applies. Answers at once where it can.
 * Before it asks the database it calls `beforeAsking`, which throws where the client has failed too often.
 */
export type Authenticate = (
  operation: Pick<OperationShape, "access" | "leastRole">,
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

type Handler = (request: FastifyRequest, reply: FastifyReply) => void | Promise<void>;

/**
 * An operation that keeps its own transaction, or needs none. `keepsAnswers`: its answers are kept under an Idempotency-Key by
 * a transaction that is held meanwhile; `slow` where it asks the outside world.
 */
export function registerOperation(
  host: OperationHost,
  name: OperationName,
  handle: (call: OperationCall) => Answer | Promise<Answer>,
  options: { isCountedInHandler?: boolean; keepsAnswers?: Holding } = {},
): void {
  const operation = operationOf(name);
  const rateClass = options.isCountedInHandler ? null : operation.rateClass;
  const errorHandler = options.isCountedInHandler ? countRefused(host, operation.rateClass) : undefined;
  const answerTo: Handler = (request, reply) => {
    const call = new OperationCall(request, operation);
    const { keepsAnswers } = options;
    const key = keepsAnswers === undefined ? null : call.idempotencyKey();
    const answer =
      keepsAnswers === undefined || key === null
        ? handle(call)
        : inOrganization(host.database.holding[keepsAnswers], call.tenant, (transaction) =>
            answerOnce(host, call, name, key, transaction, async () => handle(call)),
          );
    if (answer instanceof Promise) return answer.then((answered) => finish(host, request, reply, answered));
    return finish(host, request, reply, answer);
  };
  route(host, name, rateClass, answerTo, errorHandler);
}

/** An operation that only reads what belongs to the caller's organization. */
export function registerRead(
  host: OperationHost,
  name: OperationName,
  handle: (call: OperationCall, db: Transaction<Tables>) => Promise<Answer>,
): void {
  registerOperation(host, name, (call) =>
    inOrganization(host.database, call.tenant, (db) => handle(call, db)),
  );
}

/**
 * An operation whose verb runs in one transaction, with the idempotency key's row in it. Clashes with others are retried.
 * What it must ask the outside world for is asked by `prepare`, before the transaction begins.
 */
export function registerWrite<Prepared = undefined>(
  host: OperationHost,
  name: OperationName,
  handle: (call: OperationCall, transaction: Transaction<Tables>, prepared: Prepared) => Promise<Answer>,
  ...[prepare]: undefined extends Prepared ? [] : [(call: OperationCall) => Promise<Prepared>]
): void {
  const operation = operationOf(name);
  route(host, name, operation.rateClass, async (request, reply) => {
    const call = new OperationCall(request, operation);
    const key = operation.idempotent ? call.idempotencyKey() : null;
    if (operation.ifMatch) call.expectedVersions();
    // Without `prepare` the type of what is prepared is undefined.
    const prepared = (await prepare?.(call)) as Prepared;
    // A race that ends at a constraint is the verb's own refusal, and kept under the key like one that it saw coming.
    const run = (transaction: Transaction<Tables>): Promise<Answer> =>
      handle(call, transaction, prepared).catch((error: unknown) => {
        throw translateViolation(error, { isDeleting: operation.method === "DELETE" }) ?? error;
      });
    const answer: Answer = await withRetries(() =>
      inOrganization(host.database, call.tenant, (transaction) =>
        key === null
          ? run(transaction)
          : answerOnce(host, call, name, key, transaction, () => run(transaction)),
      ),
    );
    await answer.afterCommit?.();
    finish(host, request, reply, answer);
  });
}

function answerOnce(
  host: OperationHost,
  call: OperationCall,
  name: OperationName,
  key: string,
  transaction: Transaction<Tables>,
  run: () => Promise<Answer>,
): Promise<Answer> {
  const keyed = { key, call: identityOf(call, name), host: keeperOf(host) };
  return runIdempotently(transaction, keyed, run, (error) => error instanceof ApiError);
}

/** What kept answers are made by. */
export function keeperOf({ publicUrl, secrets, catalogues }: OperationHost): KeyedCall["host"] {
  return { publicUrl: publicUrl(), secrets, catalogues };
}

/** An operation that writes its own answer, such as a stream. */
export function registerStream(host: OperationHost, name: OperationName, handle: Handler): void {
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
  handler: Handler,
  errorHandler?: ReturnType<typeof countRefused>,
): void {
  const operation = operationOf(name);
  const beforeAsking = (request: FastifyRequest): void => {
    const verdict = peekFailures(host.rateLimiter, rateClass, request);
    if (!verdict.isAllowed) throw rateLimited(verdict);
  };
  host.app.route({
    method: operation.method,
    url: operation.path.replace(/\{(\w+)\}/g, ":$1"),
    config: {
      standing: standingOf(operation),
      operation: name,
      ...(operation.takesBytes ? { takesBytes: true } : {}),
    },
    ...(operation.textBody === undefined ? {} : { bodyLimit: operation.textBody.bytesMax }),
    onRequest: (request, reply, done) => {
      request.call.operation = name;
      // Who signs is judged with the body.
      if (operation.access === "anyone" || operation.access === "signed") return done();
      const { leastRole = null, scope = null } = operation;
      const { origin } = request.headers;
      if (origin !== undefined && isReadableOrigin(origin)) request.call.allowOrigin = origin;
      passGate({ host, rateClass, leastRole, scope, request, reply, done }, () =>
        host.authenticate(operation, request, beforeAsking),
      );
    },
    handler: (request, reply) => handler(request, reply),
    ...(errorHandler === undefined ? {} : { errorHandler }),
  });
}

function standingOf(operation: OperationShape): Standing {
  if (operation.staysUp) return "staysUp";
  if (operation.keptLongest) return "keptLongest";
  return operation.answerType === "text/event-stream" ? "stream" : "usual";
}

function identityOf(call: OperationCall, operation: OperationName) {
  const { request, tenant, callerId } = call;
  return {
    operation,
    tenant,
    callerId,
    requestId: call.requestId,
    accept: request.headers.accept,
    acceptLanguage: request.headers["accept-language"],
    request: `${request.raw.url ?? ""}\n${JSON.stringify(request.body ?? null)}`,
  };
}
