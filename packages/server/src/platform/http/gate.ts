import {
  hasRole,
  holdsScope,
  isOriginListed,
  type OperationScope,
  type RateClass,
  type Role,
} from "@stanchion/contract";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { ApiError, apiError } from "../errors/index.ts";
import type { Counted, RateLimiter, RateVerdict } from "../rate-limits/index.ts";
import type { Actor } from "./actor.ts";
import { countCall, countFailure } from "./count-call.ts";
import { isOwnOrigin, isReadableOrigin } from "./origins.ts";

/** Where a request stands that waits to be let through. */
export interface Gate {
  readonly host: {
    readonly app: FastifyInstance;
    readonly rateLimiter: RateLimiter;
    readonly publicUrl: () => string | null;
  };
  /** Null: not counted here. */
  readonly rateClass: RateClass | null;
  /** The least role of a member who may pass. */
  readonly leastRole: Role | null;
  /** What a secret key must hold. */
  readonly scope: OperationScope | null;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** Lets the request go on, or refuses it. */
  readonly done: (error?: Error) => void;
}

/** Learns who calls, counts the call and judges scope and origin. Nothing waits for a turn that need not. */
export function passGate(gate: Gate, authenticate: () => Actor | Promise<Actor>): void {
  let actor: Actor | Promise<Actor>;
  try {
    actor = authenticate();
  } catch (error) {
    refuse(gate, error);
    return;
  }
  if (actor instanceof Promise)
    actor.then(
      (found) => accept(gate, found),
      (error: unknown) => refuse(gate, error),
    );
  else accept(gate, actor);
}

function accept(gate: Gate, actor: Actor): void {
  const { host, rateClass, request } = gate;
  request.call.actor = actor;
  if (rateClass === null) judge(gate, actor);
  else
    whenCounted(countCall(host.rateLimiter, rateClass, request, actor), (verdict) =>
      letThrough(gate, verdict, () => judge(gate, actor)),
    );
}

function judge(gate: Gate, actor: Actor): void {
  const error =
    refusedRole(gate.leastRole, actor) ??
    refusedScope(gate.scope, actor) ??
    judgeOrigin(gate, actor) ??
    refusedCredential(actor);
  if (error === null) gate.done();
  else gate.done(error);
}

/** What is wrong with a credential that was let through, and is told when the call was counted. */
function refusedCredential(actor: Actor): Error | null {
  if (actor.kind === "member") return actor.fault;
  return actor.kind === "consumer" ? actor.judgeProof() : null;
}

function refusedRole(leastRole: Role | null, actor: Actor): ApiError | null {
  if (actor.kind !== "member" || leastRole === null || hasRole(actor.role, leastRole)) return null;
  const { role } = actor;
  const hint = `Yours is ${role}: ask somebody who has it.`;
  return apiError("INSUFFICIENT_ROLE", { details: { role, roleNeeded: leastRole, hint } });
}

function refusedScope(scope: OperationScope | null, actor: Actor): ApiError | null {
  if (scope === null || actor.kind !== "key" || actor.keyKind !== "secret") return null;
  return holdsScope(actor.scopes, scope) ? null : apiError("INSUFFICIENT_SCOPE", { details: { scope } });
}

/** A failed credential is counted by the client's address before it is told; a stolen token too, and not as its owner's call. */
function refuse(gate: Gate, thrown: unknown): void {
  const { host, rateClass, request, done } = gate;
  if (!(thrown instanceof ApiError))
    done(thrown instanceof Error ? thrown : new Error("refused", { cause: thrown }));
  else if (thrown.verdict !== null) letThrough(gate, thrown.verdict, () => done(thrown));
  else if (thrown.status !== 401 && thrown.code !== "FP002") done(thrown);
  else
    whenCounted(countFailure(host.rateLimiter, rateClass, request), (counted) =>
      letThrough(gate, counted, () => done(thrown)),
    );
}

function letThrough({ host, request, reply }: Gate, verdict: RateVerdict, goOn: () => void): void {
  request.call.verdict = verdict;
  if (verdict.isAllowed) goOn();
  else host.app.refuseLimited(request, reply, verdict);
}

function whenCounted(counted: Counted, next: (verdict: RateVerdict) => void): void {
  if (counted instanceof Promise) void counted.then(next);
  else next(counted);
}

function judgeOrigin({ host, request }: Gate, actor: Actor): ApiError | null {
  const { origin } = request.headers;
  const isOwn = origin !== undefined && isOwnOrigin(origin, request.headers.host, host.publicUrl());
  if (actor.kind === "member" || actor.kind === "anyone") {
    // A browser says the origin of every write. A cookie goes along by itself, so its page must be known.
    const needsOrigin = actor.kind === "member" && request.method !== "GET" && request.method !== "HEAD";
    return isOwn || (origin === undefined && !needsOrigin) ? null : refusedPage(origin);
  }
  return origin === undefined ? null : refusedOrigin(origin, actor, isOwn);
}

function refusedPage(origin: string | undefined): ApiError {
  return apiError("ORIGIN_NOT_ALLOWED", {
    details: {
      origin: origin ?? null,
      hint: "Members call from this server's own pages, with their Origin.",
    },
  });
}

function refusedOrigin(
  origin: string,
  actor: Exclude<Actor, { kind: "anyone" | "member" }>,
  isOwn: boolean,
): ApiError | null {
  if (actor.kind === "key" && actor.keyKind === "secret")
    return apiError("ORIGIN_NOT_ALLOWED", {
      details: {
        origin,
        hint: "A secret key must never be in a web page: call from your server, and revoke this key.",
      },
    });
  const { allowedOrigins, isLive } = actor.tenant;
  const isAllowed =
    isReadableOrigin(origin) &&
    (isOwn || (allowedOrigins === null ? !isLive : isOriginListed(allowedOrigins, origin)));
  if (isAllowed) return null;
  return apiError("ORIGIN_NOT_ALLOWED", {
    details: {
      origin,
      hint: "Add it to the organization's allowedOrigins with PATCH /api/v1/organizations/current.",
    },
  });
}
