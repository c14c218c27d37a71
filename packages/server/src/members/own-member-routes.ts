import { shapes } from "@stanchion/contract";
import type { FastifyRequest } from "fastify";
import { withRetries } from "../platform/database/index.ts";
import { apiError } from "../platform/errors/index.ts";
import {
  type Answer,
  jsonAnswer,
  type OperationHost,
  registerOperation,
  registerWrite,
} from "../platform/http/index.ts";
import { findAccount, updateAccount } from "./account-store.ts";
import { cookieHeader, readCookie } from "./cookies.ts";
import { endOtherSessions, endSession, listSessions } from "./member-session-store.ts";
import type { MemberSessions } from "./member-sessions.ts";
import { deviceNameOf, memberSessionOf, readOwnMember } from "./own-member.ts";
import {
  type Browser,
  judgePassword,
  judgeSignIn,
  type SignInDeps,
  type StartedSession,
  startSession,
} from "./sign-in.ts";

export interface MemberDeps extends SignInDeps {
  readonly sessions: MemberSessions;
}

/** Signing in and out, and what members do about themselves. */
export function registerOwnMemberRoutes(host: OperationHost, deps: MemberDeps): void {
  const { sessions, passwords, clock } = deps;
  const db = host.database.kysely;

  registerOperation(host, "signIn", async (call) => {
    const browser = browserOf(host, call.request);
    const account = await judgeSignIn(db, deps, { ...call.readBody(shapes.signIn), browser });
    const started = await startSession(db, deps, account, browser);
    return signedInAnswer(host, call.request, { status: 200, started });
  });

  registerOperation(host, "signOut", async (call) => {
    call.readBody(shapes.noBody);
    const session = await sessions.peek(call.request);
    if (session !== null) {
      await endSession(db, session.accountId, session.id, new Date(clock.now()));
      sessions.forget(session.accountId);
    }
    return { status: 204, headers: cookieHeader(call.request, "session", null, host.publicUrl()) };
  });

  registerOperation(host, "readOwnMember", async (call) => {
    const { sessionId, tenant } = call.member;
    return jsonAnswer(200, await readOwnMember(db, sessionId, tenant.organizationId));
  });

  registerOperation(host, "changePassword", async (call) => {
    const { currentPassword, newPassword } = call.readBody(shapes.passwordChange);
    const { accountId, sessionId } = call.member;
    const { email } = await findAccount(db, accountId);
    const browser = browserOf(host, call.request);
    const { forgive } = await judgePassword(db, deps, { email, password: currentPassword, browser });
    const passwordHash = await passwords.hash(newPassword);
    await withRetries(() =>
      db.transaction().execute(async (transaction) => {
        await updateAccount(transaction, accountId, { passwordHash });
        await endOtherSessions(transaction, accountId, sessionId, new Date(clock.now()));
      }),
    );
    await forgive();
    sessions.forget(accountId);
    return { status: 204 };
  });

  registerOperation(host, "listOwnSessions", async (call) => {
    const { accountId, sessionId } = call.member;
    const rows = await listSessions(db, accountId, new Date(clock.now()));
    return jsonAnswer(200, { data: rows.map((row) => memberSessionOf(row, sessionId)) });
  });

  registerWrite(host, "endOwnSession", async (call, transaction) => {
    const { accountId } = call.member;
    const id = call.idParam("session");
    if (!(await endSession(transaction, accountId, id, new Date(clock.now()))))
      throw apiError("SESSION_NOT_FOUND");
    return { status: 204, afterCommit: async () => sessions.forget(accountId) };
  });
}

export function browserOf(host: OperationHost, request: FastifyRequest): Browser {
  return {
    device: deviceNameOf(request),
    devices: readCookie(request, "devices", host.publicUrl()),
  };
}

interface SignedIn {
  readonly status: 200 | 201;
  readonly started: StartedSession;
  /** The organization that was just joined, if one was. */
  readonly organizationId?: string;
}

/** The answer to whoever has just signed in, with the cookies of session and known device. */
export async function signedInAnswer(
  host: OperationHost,
  request: FastifyRequest,
  { status, started, organizationId }: SignedIn,
): Promise<Answer> {
  const { sessionId, token, devices } = started;
  const member = await readOwnMember(host.database.kysely, sessionId, organizationId);
  const location = status === 201 ? ["Location", `/api/v1/members/${member.id}`] : [];
  return jsonAnswer(status, member, [
    ...location,
    ...cookieHeader(request, "session", token, host.publicUrl()),
    ...cookieHeader(request, "devices", devices, host.publicUrl()),
  ]);
}
