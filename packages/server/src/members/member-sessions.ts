import { createHash, randomBytes } from "node:crypto";
import { bytesFromUuid, decodeId, limits, type RateLimitOverrides } from "@stanchion/contract";
import type { FastifyRequest } from "fastify";
import type { Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database/index.ts";
import { apiError } from "../platform/errors/index.ts";
import { type MemberActor, parameterError } from "../platform/http/index.ts";
import type { Log } from "../platform/log.ts";
import { readCookie } from "./cookies.ts";
import { findSessions, type SessionFacts, touchSessions } from "./member-session-store.ts";

/**
 * The sessions that this process has met lately, read again every second: one that has ended, or whose role has changed, is
 * judged anew in every process within two.
 */
export interface MemberSessions {
  /** The member of a request's cookie; null where it has none. Throws INVALID_TOKEN or TOKEN_EXPIRED. */
  find(request: FastifyRequest, beforeAsking: () => void): MemberActor | Promise<MemberActor> | null;
  /** The session of a request's cookie, whatever state it is in. */
  peek(request: FastifyRequest): Promise<SessionFacts | null>;
  /** Looks at the sessions of an account anew: something about them was changed here. */
  forget(accountId: string): void;
  close(): void;
}

interface KnownSession {
  facts: SessionFacts;
  usedAtMs: number;
}

const refreshMs = 1_000;
const unusedMs = 60_000;
const touchEveryMs = 60_000;
const sessionsMax = 20_000;
const tokenShape = /^[A-Za-z0-9_-]{43}$/;

/** A new session's secret, which only its cookie has. */
export function newSessionToken(): string {
  return randomBytes(32).toString("base64url");
}

/** Sessions, invitations and resets are stored as this alone. */
export function hashToken(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

export function watchMemberSessions(deps: {
  database: Database;
  clock: Clock;
  log: Log;
  publicUrl: () => string | null;
}): MemberSessions {
  const { database, clock } = deps;
  const known = new Map<string, KnownSession>();

  const judge = ({ facts }: KnownSession, request: FastifyRequest): MemberActor => {
    const nowMs = clock.now();
    if (facts.endedAt !== null || facts.memberships.length === 0) throw apiError("INVALID_TOKEN");
    if (endsAtMs(facts) <= nowMs) throw apiError("TOKEN_EXPIRED");
    return actorOf(facts, request);
  };
  const read = async (token: string): Promise<KnownSession> => {
    const [facts] = await findSessions(database.kysely, [hashToken(token)]);
    if (facts === undefined) throw apiError("INVALID_TOKEN");
    const session = { facts, usedAtMs: clock.now() };
    if (facts.endedAt !== null) return session;
    if (known.size >= sessionsMax) known.delete(known.keys().next().value ?? "");
    known.set(token, session);
    return session;
  };

  const refresh = async (): Promise<void> => {
    const nowMs = clock.now();
    for (const [token, { usedAtMs }] of known) if (usedAtMs + unusedMs < nowMs) known.delete(token);
    if (known.size === 0) return;
    const asked = [...known];
    const seen = asked.filter(([, { facts, usedAtMs }]) => isUntouched(facts, usedAtMs));
    if (seen.length > 0)
      await touchSessions(
        database.kysely,
        seen.map(([, { facts }]) => facts.id),
        new Date(nowMs),
      );
    const rows = await findSessions(
      database.kysely,
      asked.map(([, { facts }]) => facts.tokenHash),
    );
    const byId = new Map(rows.map((row) => [row.id, row]));
    for (const [token, session] of asked) {
      const facts = byId.get(session.facts.id);
      if (facts === undefined) known.delete(token);
      else session.facts = facts;
    }
  };
  let isRefreshing = false;
  const timer = setInterval(() => {
    if (isRefreshing) return;
    isRefreshing = true;
    refresh()
      .catch((error: unknown) => deps.log.warn({ err: error }, "members' sessions could not be refreshed"))
      .finally(() => {
        isRefreshing = false;
      });
  }, refreshMs);
  timer.unref();

  const tokenOf = (request: FastifyRequest): string | null =>
    readCookie(request, "session", deps.publicUrl());
  return {
    find(request, beforeAsking) {
      const token = tokenOf(request);
      if (token === null || token === "") return null;
      const met = known.get(token);
      if (met !== undefined) {
        met.usedAtMs = clock.now();
        return judge(met, request);
      }
      if (!tokenShape.test(token)) throw apiError("INVALID_TOKEN");
      beforeAsking();
      return read(token).then((session) => judge(session, request));
    },
    async peek(request) {
      const token = tokenOf(request) ?? "";
      if (!tokenShape.test(token)) return null;
      return (await findSessions(database.kysely, [hashToken(token)]))[0] ?? null;
    },
    forget(accountId) {
      for (const [token, { facts }] of known) if (facts.accountId === accountId) known.delete(token);
    },
    close: () => clearInterval(timer),
  };
}

function isUntouched({ lastSeenAt }: SessionFacts, usedAtMs: number): boolean {
  return usedAtMs - lastSeenAt.getTime() > touchEveryMs;
}

function endsAtMs({ lastSeenAt, expiresAt }: SessionFacts): number {
  return Math.min(expiresAt.getTime(), lastSeenAt.getTime() + limits.memberSessionIdleSeconds * 1000);
}

/** The member in the organization and mode that the request names; where it names none there is, in the first, with the fault. */
function actorOf(facts: SessionFacts, request: FastifyRequest): MemberActor {
  const organization = request.headers["x-stanchion-organization"];
  const mode = request.headers["x-stanchion-mode"];
  const named = membershipOf(facts, organization);
  const { organizationId, memberId, role, rateLimits } = named ?? firstOf(facts);
  const tenant = {
    organizationId,
    organizationBytes: bytesFromUuid(organizationId),
    isLive: mode === "live",
    rateLimits: rateLimits as RateLimitOverrides | null,
    allowedOrigins: [],
  };
  const isMode = mode === undefined || mode === "test" || mode === "live";
  const fault =
    named === undefined
      ? parameterError("X-Stanchion-Organization", "an organization of yours", String(organization))
      : isMode
        ? null
        : parameterError("X-Stanchion-Mode", "test or live", String(mode));
  return { kind: "member", tenant, memberId, accountId: facts.accountId, sessionId: facts.id, role, fault };
}

function membershipOf({ memberships }: SessionFacts, given: string | string[] | undefined) {
  if (given === undefined) return memberships[0];
  const organizationId = decodeId("organization", String(given));
  return memberships.find((one) => one.organizationId === organizationId);
}

function firstOf({ memberships }: SessionFacts): SessionFacts["memberships"][number] {
  const [first] = memberships;
  if (first === undefined) throw apiError("INVALID_TOKEN");
  return first;
}
