/** Members: signing in, their second factor and passwords, invitations, and the last owner. */

import { codeOfAuthenticator } from "../authenticator.ts";
import { type CaseContext, expectJson } from "../case-context.ts";
import type { ConformanceCase } from "../conformance-case.ts";
import type { Exchange } from "../exchange.ts";
import { findMailedToken } from "../mailbox.ts";

const members = "/api/v1/members";
const invitations = "/api/v1/invitations";
const password = "a password of the suite";
const failuresMax = 10;

function visit(ctx: CaseContext, path: string, body: object): Promise<Exchange> {
  return ctx.send("POST", `${members}/${path}`, { body, headers: { Origin: ctx.server.url } });
}

function newEmail(ctx: CaseContext): string {
  return `${ctx.uniqueName("member").replace(" ", "-")}@example.org`;
}

type Person = Awaited<ReturnType<CaseContext["person"]>>;

function asPerson(ctx: CaseContext, { headers }: Person, method: string, path: string, body?: object) {
  return ctx.send(method, path, { headers, ...(body === undefined ? {} : { body }) });
}

async function invite(ctx: CaseContext, email = newEmail(ctx)): Promise<{ id: string; token: string }> {
  const { id } = await ctx.make(invitations, { email, role: "viewer" });
  return { id, token: await findMailedToken(ctx.server.url, email) };
}

async function resetToken(ctx: CaseContext, { email }: Person): Promise<string> {
  expectJson(await visit(ctx, "password/reset-request", { email }), 200);
  return findMailedToken(ctx.server.url, email);
}

async function enrol(ctx: CaseContext, person: Person): Promise<string> {
  const body = { password: person.password };
  const enrolled = await asPerson(ctx, person, "POST", `${members}/me/second-factor`, body);
  return String(expectJson(enrolled, 200).secret);
}

function confirm(ctx: CaseContext, person: Person, code: string): Promise<Exchange> {
  return asPerson(ctx, person, "POST", `${members}/me/second-factor/confirm`, { code });
}

/** Somebody whose second factor is on. */
async function guarded(ctx: CaseContext, where?: "elsewhere"): Promise<Person> {
  const person = await ctx.person(where);
  const code = codeOfAuthenticator(await enrol(ctx, person), ctx.nowMs());
  expectJson(await confirm(ctx, person, code), 200);
  return person;
}

/** A member of another organization who is invited to this one. */
async function invitedElsewhere(ctx: CaseContext, person: Person): Promise<string> {
  return (await invite(ctx, person.email)).token;
}

export const memberCases: readonly ConformanceCase[] = [
  {
    code: "INSUFFICIENT_ROLE",
    operation: "createQueue",
    needs: ["viewer"],
    cause: "a viewer who makes a queue",
    provoke(ctx) {
      const body = { name: ctx.uniqueName("drop"), admitRate: 60 };
      return ctx.send("POST", "/api/v1/queues", { headers: ctx.need("viewer").headers, body });
    },
  },
  {
    code: "MEMBER_NOT_FOUND",
    operation: "readMember",
    needs: [],
    cause: "one that never was",
    provoke: (ctx) => ctx.asShop("GET", `${members}/${ctx.unknownId("member")}`),
  },
  {
    code: "INVITATION_NOT_FOUND",
    operation: "readInvitation",
    needs: [],
    cause: "one that never was",
    provoke: (ctx) => ctx.asShop("GET", `${invitations}/${ctx.unknownId("invitation")}`),
  },
  {
    code: "SESSION_NOT_FOUND",
    operation: "endOwnSession",
    needs: ["person"],
    cause: "one that never was",
    async provoke(ctx) {
      const path = `${members}/me/sessions/${ctx.unknownId("session")}`;
      return asPerson(ctx, await ctx.person(), "DELETE", path);
    },
  },
  {
    code: "INVALID_CREDENTIALS",
    operation: "signIn",
    needs: [],
    cause: "an address that nobody has",
    provoke: (ctx) => visit(ctx, "sign-in", { email: newEmail(ctx), password }),
  },
  {
    code: "SECOND_FACTOR_REQUIRED",
    operation: "signIn",
    needs: ["person"],
    cause: "a right password alone",
    async provoke(ctx) {
      const { email, password: right } = await guarded(ctx);
      return visit(ctx, "sign-in", { email, password: right });
    },
  },
  {
    code: "INVALID_OTP",
    operation: "signIn",
    needs: ["person"],
    cause: "a code that is none",
    async provoke(ctx) {
      const { email, password: right } = await guarded(ctx);
      return visit(ctx, "sign-in", { email, password: right, code: "none" });
    },
  },
  {
    code: "INVALID_TOKEN",
    operation: "acceptInvitation",
    needs: [],
    cause: "a token that nobody was sent",
    provoke: (ctx) => visit(ctx, "accept-invitation", { token: "nobody was sent this", password }),
  },
  {
    code: "TOKEN_EXPIRED",
    operation: "acceptInvitation",
    needs: ["expired session"],
    cause: "an invitation of a month ago",
    provoke: (ctx) =>
      visit(ctx, "accept-invitation", { token: ctx.need("expired session").invitationToken, password }),
  },
  {
    code: "INVALID_CREDENTIALS",
    operation: "acceptInvitation",
    needs: ["person"],
    cause: "another password than the one of the account",
    async provoke(ctx) {
      const token = await invitedElsewhere(ctx, await ctx.person("elsewhere"));
      return visit(ctx, "accept-invitation", { token, password: "not the one of before" });
    },
  },
  {
    code: "SECOND_FACTOR_REQUIRED",
    operation: "acceptInvitation",
    needs: ["person"],
    cause: "an account whose second factor is on",
    async provoke(ctx) {
      const person = await guarded(ctx, "elsewhere");
      const token = await invitedElsewhere(ctx, person);
      return visit(ctx, "accept-invitation", { token, password: person.password });
    },
  },
  {
    code: "INVALID_OTP",
    operation: "acceptInvitation",
    needs: ["person"],
    cause: "an account whose second factor is on, and a code that is none",
    async provoke(ctx) {
      const person = await guarded(ctx, "elsewhere");
      const token = await invitedElsewhere(ctx, person);
      return visit(ctx, "accept-invitation", { token, password: person.password, code: "none" });
    },
  },
  {
    code: "CONCURRENT_MODIFICATION",
    operation: "acceptInvitation",
    needs: ["locked tables", "member"],
    cause: "a lock that cannot be had in time",
    async provoke(ctx) {
      const { token } = await invite(ctx);
      await ctx.ready("locked tables");
      return visit(ctx, "accept-invitation", { token, password });
    },
  },
  {
    code: "CONCURRENT_MODIFICATION",
    operation: "signOut",
    needs: ["locked tables", "member"],
    cause: "a lock that cannot be had in time",
    async provoke(ctx) {
      await ctx.ready("locked tables");
      return ctx.send("POST", `${members}/sign-out`, { headers: ctx.need("member").headers });
    },
  },
  {
    code: "CONCURRENT_MODIFICATION",
    operation: "confirmSecondFactor",
    needs: ["locked tables", "person"],
    cause: "a lock that cannot be had in time",
    async provoke(ctx) {
      const person = await ctx.person();
      const secret = await enrol(ctx, person);
      await ctx.ready("locked tables");
      return confirm(ctx, person, codeOfAuthenticator(secret, ctx.nowMs()));
    },
  },
  {
    code: "CONCURRENT_MODIFICATION",
    operation: "resetPassword",
    needs: ["locked tables", "person"],
    cause: "a lock that cannot be had in time",
    async provoke(ctx) {
      const token = await resetToken(ctx, await ctx.person());
      await ctx.ready("locked tables");
      return visit(ctx, "password/reset", { token, password });
    },
  },
  {
    code: "INVALID_TOKEN",
    operation: "resetPassword",
    needs: ["person"],
    cause: "a token that was used",
    async provoke(ctx) {
      const token = await resetToken(ctx, await ctx.person());
      await visit(ctx, "password/reset", { token, password });
      return visit(ctx, "password/reset", { token, password });
    },
  },
  {
    code: "TOKEN_EXPIRED",
    operation: "resetPassword",
    needs: ["expired session"],
    cause: "a token of a month ago",
    provoke: (ctx) =>
      visit(ctx, "password/reset", { token: ctx.need("expired session").resetToken, password }),
  },
  {
    code: "INVALID_CREDENTIALS",
    operation: "changePassword",
    needs: ["person"],
    cause: "another password than the present one",
    async provoke(ctx) {
      const body = { currentPassword: "not this one", newPassword: password };
      return asPerson(ctx, await ctx.person(), "POST", `${members}/me/password`, body);
    },
  },
  ...(["enrolSecondFactor", "disableSecondFactor"] as const).map(
    (operation): ConformanceCase => ({
      code: "INVALID_CREDENTIALS",
      operation,
      needs: ["person"],
      cause: "a wrong password",
      async provoke(ctx) {
        const path = `${members}/me/second-factor${operation === "enrolSecondFactor" ? "" : "/disable"}`;
        return asPerson(ctx, await ctx.person(), "POST", path, { password: "not this one" });
      },
    }),
  ),
  {
    code: "INVALID_STATE",
    operation: "enrolSecondFactor",
    needs: ["person"],
    cause: "one that is on",
    async provoke(ctx) {
      const person = await guarded(ctx);
      const body = { password: person.password };
      return asPerson(ctx, person, "POST", `${members}/me/second-factor`, body);
    },
  },
  {
    code: "INVALID_STATE",
    operation: "confirmSecondFactor",
    needs: ["person"],
    cause: "one that was not begun",
    provoke: async (ctx) => confirm(ctx, await ctx.person(), "123456"),
  },
  {
    code: "INVALID_OTP",
    operation: "confirmSecondFactor",
    needs: ["person"],
    cause: "a code that is none",
    async provoke(ctx) {
      const person = await ctx.person();
      await enrol(ctx, person);
      return confirm(ctx, person, "none");
    },
  },
  {
    code: "LAST_OWNER",
    operation: "leaveOrganization",
    needs: ["person"],
    cause: "the only owner who leaves",
    provoke: async (ctx) => asPerson(ctx, await ctx.person("alone"), "DELETE", `${members}/me`),
  },
  {
    code: "LAST_OWNER",
    operation: "updateMember",
    needs: ["person"],
    cause: "the only owner who steps down",
    async provoke(ctx) {
      const person = await ctx.person("alone");
      return asPerson(ctx, person, "PATCH", `${members}/${person.id}`, { role: "viewer" });
    },
  },
  {
    code: "LAST_OWNER",
    operation: "deleteMember",
    needs: ["person"],
    cause: "the only owner who takes the own name out",
    async provoke(ctx) {
      const person = await ctx.person("alone");
      return asPerson(ctx, person, "DELETE", `${members}/${person.id}`);
    },
  },
  {
    code: "INVALID_STATE",
    operation: "revokeInvitation",
    needs: ["person"],
    cause: "one that was accepted",
    async provoke(ctx) {
      const { id, token } = await invite(ctx);
      expectJson(await visit(ctx, "accept-invitation", { token, password }), 201);
      return ctx.asShop("POST", `${invitations}/${id}/revoke`);
    },
  },
  ...(["createInvitation", "requestPasswordReset"] as const).map(
    (operation): ConformanceCase => ({
      code: "UPSTREAM_UNAVAILABLE",
      operation,
      needs: ["mail provider"],
      cause: "a provider that has failed several times in a row",
      async provoke(ctx) {
        ctx.need("mail provider").refuse();
        const send = () =>
          ctx.asShop("POST", invitations, { body: { email: newEmail(ctx), role: "viewer" } });
        let last = await send();
        for (let calls = 1; calls < failuresMax && last.answer.status !== 503; calls += 1)
          last = await send();
        if (operation === "createInvitation") return last;
        return visit(ctx, "password/reset-request", { email: newEmail(ctx) });
      },
    }),
  ),
];
