import type { IncomingMessage } from "node:http";
import {
  type Catalogue,
  encodeIdBytes,
  isRetryable,
  limits,
  type OperationShape,
  operationOf,
} from "@stanchion/contract";
import {
  type FastifyContextConfig,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
} from "fastify";
import type { Clock } from "../clock.ts";
import { translateDatabaseError } from "../database/index.ts";
import {
  ApiError,
  apiError,
  prefersProblem,
  type RenderContext,
  type RenderedError,
  renderError,
} from "../errors/index.ts";
import type { Log } from "../log.ts";
import type { Metrics } from "../metrics/index.ts";
import { lendUuidBytes } from "../randomness.ts";
import type { RateVerdict } from "../rate-limits/index.ts";
import { type AnswerRecorder, type Refusal, refusalIn } from "./answered-request.ts";
import { type Answer, pushCorsHeaders, writeAnswer } from "./call.ts";
import { answerClientError } from "./client-error.ts";
import { rateLimited } from "./count-call.ts";
import { keepAliveSeconds } from "./head-text.ts";
import { LimitedAnswers } from "./limited-answer.ts";
import { answerConnect, answerExpectations } from "./node-defaults.ts";
import { isReadableOrigin } from "./origins.ts";
import { type Outages, outageRefusal } from "./outage-refusal.ts";
import { isPlain, readCsv, readJson } from "./read-json.ts";
import { hasBody, hasEmptyPart, isRequestId, isSoundHead, pathOf } from "./request-head.ts";
import { methodsOf, nearestPath } from "./routes-known.ts";

export interface HttpServerOptions extends Outages {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Absent: no request is kept. */
  readonly recorder?: AnswerRecorder;
  readonly trustProxy: readonly string[];
  /** Known after listening, when the port was chosen by the system. */
  readonly publicUrl: () => string | null;
  readonly timeouts?: HttpTimeouts;
  /** The languages of refusals; those of the contract unless a test brings its own. */
  readonly catalogues?: readonly Catalogue[];
}

export interface HttpTimeouts {
  readonly headersMs: number;
  /** Headers and body together. */
  readonly requestMs: number;
  /** How often Node looks for requests that are over their time. */
  readonly checkMs: number;
}

const usualTimeouts: HttpTimeouts = { headersMs: 15_000, requestMs: 30_000, checkMs: 5_000 };

const slowAnswerMs = 1_000;
const jsonType = "application/json";

/** The HTTP server with everything that every request meets; the operations are registered on it. */
export function createHttpServer(options: HttpServerOptions): FastifyInstance {
  const { headersMs, requestMs, checkMs } = options.timeouts ?? usualTimeouts;
  const app = fastify({
    logger: false,
    trustProxy: [...options.trustProxy],
    bodyLimit: limits.bodyBytesMax,
    requestTimeout: requestMs,
    keepAliveTimeout: keepAliveSeconds * 1_000,
    http: {
      maxHeaderSize: limits.headerBytesMax,
      headersTimeout: headersMs,
      connectionsCheckingInterval: checkMs,
      // Node's own refusal of a request without Host has no body and no request id.
      requireHostHeader: false,
    },
    routerOptions: { maxParamLength: limits.urlBytesMax, ignoreTrailingSlash: false, compile: true },
    exposeHeadRoutes: true,
    return503OnClosing: false,
    forceCloseConnections: "idle",
    genReqId: () => "",
    clientErrorHandler: (error, socket) =>
      answerClientError(error, socket, {
        newRequestId: () => newCall(undefined, options).requestId,
        publicUrl: options.publicUrl,
        note(requestId, status, code, cause) {
          options.log.debug({ requestId, code, cause }, "refused by the HTTP parser");
          options.metrics.noteAnswer("none", status, 0, code);
          options.recorder?.note({
            requestId,
            method: null,
            url: null,
            call: null,
            credentials: {},
            status,
            refusal: { code, details: {}, issues: [], retryable: isRetryable(code) },
            tookMs: 0,
            answeredAtMs: performance.now(),
            isReplay: false,
          });
        },
      }),
    frameworkErrors: (error, request, reply) => {
      request.call ??= newCall(request.headers["x-request-id"], options);
      sendError(error, request, reply);
    },
  });

  const sendError = (
    thrown: unknown,
    request: FastifyRequest,
    reply: Parameters<typeof writeAnswer>[1],
  ): void => {
    const { call } = request;
    call.allowOrigin ??= reflectedOrigin(request);
    const sentIfMatch = request.headers["if-match"] !== undefined;
    const { error, rendered } = renderAny(isGone(request) ? apiError("MALFORMED_REQUEST") : thrown, request, {
      requestId: call.requestId,
      publicUrl: options.publicUrl(),
      accept: request.headers.accept,
      acceptLanguage: request.headers["accept-language"],
      ...(options.catalogues === undefined ? {} : { catalogues: options.catalogues }),
      sentIfMatch,
    });
    // The limit that refuses, which need not be the one that the call was counted in first.
    call.verdict = error.verdict ?? call.verdict;
    logRefusal(error, thrown, call);
    const closes = options.isDraining() || endsConnection(error, request);
    const headers = closes ? [...rendered.headers, "Connection", "close"] : rendered.headers;
    writeAnswer(request, reply, { ...rendered, headers, leavesBody: closes && isBodyUnread(request.raw) });
    const { code, details, issues } = error;
    note(request, error.status, { code, details, issues, retryable: isRetryable(code, sentIfMatch) });
  };

  /** Our own faults with their stack; what a service around us did to us in a line; what the caller met on debug only. */
  const logRefusal = (
    error: ApiError,
    thrown: unknown,
    { requestId, operation }: FastifyRequest["call"],
  ): void => {
    const facts = { requestId, operation, code: error.code };
    if (error.code === "INTERNAL_ERROR") logFault(options.log, facts, error.cause ?? thrown);
    else if (error.status >= 500 && !isAnnounced(error))
      options.log.warn(
        { ...facts, cause: error.cause instanceof Error ? error.cause.message : undefined },
        "refused",
      );
    else options.log.debug(facts, "refused");
  };

  const note = (
    request: FastifyRequest,
    status: number,
    refusal: Refusal | null,
    replayedRequestId?: string,
  ): void => {
    const { call } = request;
    const answeredAtMs = performance.now();
    const tookMs = answeredAtMs - call.startedAtMs;
    options.metrics.noteAnswer(call.operation ?? "none", status, tookMs / 1000, refusal?.code ?? null);
    if (tookMs > slowAnswerMs)
      options.log.debug(
        { requestId: call.requestId, operation: call.operation, status, tookMs: Math.round(tookMs) },
        "slow answer",
      );
    const { recorder } = options;
    if (recorder === undefined) return;
    if (refusal === null && !recorder.keepsSuccess(call.operation, tookMs)) return;
    recorder.note({
      requestId: replayedRequestId ?? call.requestId,
      method: request.method,
      url: request.raw.url ?? null,
      call,
      credentials: {
        authorization: request.headers.authorization,
        publishableKey: request.headers["x-publishable-key"]?.toString(),
      },
      status,
      refusal,
      tookMs,
      answeredAtMs,
      isReplay: replayedRequestId !== undefined,
    });
  };
  const limited = new LimitedAnswers(options.publicUrl);
  app.decorate("refuseLimited", (request: FastifyRequest, reply: FastifyReply, verdict: RateVerdict) => {
    const isOrdinary =
      (options.catalogues?.length ?? 1) === 1 &&
      !prefersProblem(request.headers.accept) &&
      !options.isDraining() &&
      !hasBody(request.raw);
    if (!isOrdinary) return sendError(rateLimited(verdict), request, reply);
    const refusal = limited.write(request, reply, verdict);
    const { requestId, operation } = request.call;
    options.log.debug({ requestId, operation, code: "RATE_LIMITED" }, "refused");
    note(request, 429, refusal);
  });
  app.decorate("noteSuccess", (request: FastifyRequest, status: number) => note(request, status, null));
  app.decorate("noteAnswer", (request: FastifyRequest, answer: Answer) => {
    const refusal = refusalIn(answer);
    if (refusal !== null) {
      const { requestId, operation } = request.call;
      options.log.debug({ requestId, operation, code: refusal.code }, "refused, and kept for repeats");
    }
    note(request, answer.status, refusal, answer.replayedRequestId);
  });

  app.addHook("onRequest", (request, reply, done) => {
    request.call = newCall(request.headers["x-request-id"], options);
    if (!isSoundHead(request.raw)) return done(apiError("MALFORMED_REQUEST"));
    const route = request.routeOptions.config;
    // Here already, since the body of a call that goes nowhere is not to be read.
    const isMissed = request.is404 || (!route.takesEmptyParts && hasEmptyPart(request.raw.url ?? ""));
    if (!isMissed && isOpenToAll(route)) request.call.allowOrigin = "*";
    if (request.raw.url !== undefined && request.raw.url.length > limits.urlBytesMax)
      return done(apiError("URI_TOO_LONG"));
    if (request.method === "OPTIONS") {
      answerPreflight(request, reply);
      return;
    }
    const refusal = outageRefusal(request, route, options);
    if (refusal !== null) return done(refusal);
    done(isMissed ? missedRoute(request) : undefined);
  });

  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (request, body: Buffer, done) => {
    if (body.length === 0) return done(null, undefined);
    if (request.routeOptions.config.takesBytes) return done(null, body);
    try {
      const { mediaType } = bodyOf(request) ?? { mediaType: jsonType };
      if (!isPlain(mediaType, request.raw))
        throw apiError("UNSUPPORTED_MEDIA_TYPE", { details: { mediaType } });
      done(null, mediaType === jsonType ? readJson(body) : readCsv(body));
    } catch (error) {
      done(error as Error);
    }
  });

  app.setErrorHandler((thrown, request, reply) => sendError(thrown, request, reply));
  app.setNotFoundHandler((request, reply) => sendError(missedRoute(request), request, reply));
  answerExpectations(app.server);
  answerConnect(app.server);
  return app;
}

declare module "fastify" {
  interface FastifyInstance {
    noteSuccess(request: FastifyRequest, status: number): void;
    noteAnswer(request: FastifyRequest, answer: Answer): void;
    /** Answers a call that is past its limit. */
    refuseLimited(request: FastifyRequest, reply: FastifyReply, verdict: RateVerdict): void;
  }
}

/** Does the log say so already, once for all? */
function isAnnounced({ code, cause }: ApiError): boolean {
  return code === "DEPLOYING" || code === "MAINTENANCE" || (code === "OVERLOADED" && cause === undefined);
}

/** 405 where the path takes other methods, else 404: also where a route finds no page of that name. */
function missedRoute(request: FastifyRequest): ApiError {
  const path = pathOf(request.raw.url ?? "/");
  const methods = methodsOf(path);
  if (methods.includes(request.method)) return apiError("ROUTE_NOT_FOUND");
  if (methods.length > 0)
    return apiError("METHOD_NOT_ALLOWED", {
      allow: methods.join(", "),
      details: { method: request.method, allow: methods },
    });
  const didYouMean = nearestPath(path);
  return apiError("ROUTE_NOT_FOUND", { details: didYouMean === null ? {} : { didYouMean } });
}

/** What the operation takes instead of JSON. */
function bodyOf({ routeOptions }: FastifyRequest): OperationShape["textBody"] {
  const { operation } = routeOptions.config;
  return operation === undefined ? undefined : operationOf(operation).textBody;
}

/** Known before the operation's turn: what is open to all is so in the refusals that come before it too. */
function isOpenToAll({ operation }: FastifyContextConfig): boolean {
  return operation !== undefined && operationOf(operation).access === "anyone";
}

function reflectedOrigin(request: FastifyRequest): string | null {
  const { origin } = request.headers;
  return origin !== undefined && isReadableOrigin(origin) ? origin : null;
}

function newCall(given: string | string[] | undefined, { clock }: HttpServerOptions) {
  const isKept = typeof given === "string" && isRequestId(given);
  return {
    requestId: isKept ? given : encodeIdBytes("request", lendUuidBytes(clock.now())),
    startedAtMs: performance.now(),
    operation: null,
    actor: { kind: "anyone" },
    key: null,
    verdict: null,
    allowOrigin: null,
    proofNonce: null,
  } as const satisfies FastifyRequest["call"];
}

/** Any origin, without credentials: the origin is judged on the real request. */
function answerPreflight(request: FastifyRequest, reply: Parameters<typeof writeAnswer>[1]): void {
  const headers: string[] = [
    "X-Request-Id",
    request.call.requestId,
    "Access-Control-Allow-Methods",
    "GET, HEAD, POST, PUT, PATCH, DELETE",
    "Access-Control-Allow-Headers",
    "Authorization, Content-Type, DPoP, Idempotency-Key, If-Match, If-None-Match, X-Fingerprint, X-Line-Token, X-Publishable-Key, X-Request-Id",
    "Access-Control-Max-Age",
    "86400",
    "Vary",
    "Origin",
  ];
  const origin = reflectedOrigin(request);
  if (origin !== null) pushCorsHeaders(headers, origin);
  reply.hijack();
  reply.raw.writeHead(204, headers);
  reply.raw.end();
}

/** A fault with its stack; one that cannot be looked at, by that. */
function logFault(log: Log, facts: object, err: unknown): void {
  try {
    log.error({ ...facts, err }, "refused");
  } catch (cause) {
    log.error({ ...facts, why: `what was thrown cannot be logged: ${String(cause)}` }, "refused");
  }
}

/** The answer to whatever was thrown, also where it cannot be looked at or put into words. */
function renderAny(
  thrown: unknown,
  request: FastifyRequest,
  context: RenderContext,
): { error: ApiError; rendered: RenderedError } {
  try {
    const error = toApiError(thrown, request);
    return { error, rendered: renderError(error, context) };
  } catch (cause) {
    const error = apiError("INTERNAL_ERROR", { cause });
    return { error, rendered: renderError(error, context) };
  }
}

/** Where the body will not be read to its end, nobody can tell where the next request begins. */
function endsConnection({ code }: ApiError, { raw }: FastifyRequest): boolean {
  if (code === "REQUEST_TIMEOUT" || code === "PAYLOAD_TOO_LARGE") return true;
  return isBodyUnread(raw) && (code === "MALFORMED_REQUEST" || raw.headers.expect !== undefined);
}

function isBodyUnread(raw: IncomingMessage): boolean {
  return hasBody(raw) && !raw.complete;
}

/** The client went away before its body was whole: nobody's fault on this side, and nobody will see the answer. */
function isGone({ raw }: FastifyRequest): boolean {
  return raw.destroyed && !raw.complete;
}

function toApiError(thrown: unknown, request: FastifyRequest): ApiError {
  if (thrown instanceof ApiError) return thrown;
  const code = Object(thrown).code as unknown;
  switch (code) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return apiError("PAYLOAD_TOO_LARGE", {
        details: { limitBytes: bodyOf(request)?.bytesMax ?? limits.bodyBytesMax },
      });
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return apiError("UNSUPPORTED_MEDIA_TYPE", {
        details: { mediaType: bodyOf(request)?.mediaType ?? jsonType },
      });
    case "FST_ERR_CTP_INVALID_CONTENT_LENGTH":
    case "FST_ERR_BAD_URL":
      return apiError("MALFORMED_REQUEST", { cause: thrown });
    case "FST_ERR_MAX_PARAM_LENGTH":
      return apiError("URI_TOO_LONG", { cause: thrown });
    default:
      return (
        translateDatabaseError(thrown, { isDeleting: request.method === "DELETE" }) ??
        apiError("INTERNAL_ERROR", { cause: thrown })
      );
  }
}
