/** Signing in by a one-time code, and the mail provider behind it. */
import type { OperationName } from "@stanchion/contract";
import { type CaseContext, expectJson } from "../case-context.ts";
import type { ConformanceCase } from "../conformance-case.ts";
import type { Exchange } from "../exchange.ts";

const failuresMax = 10;

function newEmail(ctx: CaseContext): string {
  return `${ctx.uniqueName("fan").replace(" ", "-")}@example.org`;
}

function requestCode(ctx: CaseContext, email: string, bearer?: string): Promise<Exchange> {
  const { publishableKey } = ctx;
  return ctx.send("POST", "/api/v1/auth/otp/request", {
    publishableKey,
    body: { email },
    ...(bearer === undefined ? {} : { bearer }),
  });
}

function verifyCode(ctx: CaseContext, email: string, code: string, bearer?: string): Promise<Exchange> {
  const { publishableKey } = ctx;
  return ctx.send("POST", "/api/v1/auth/otp/verify", {
    publishableKey,
    body: { email, code },
    ...(bearer === undefined ? {} : { bearer }),
  });
}

function invite(ctx: CaseContext): Promise<Exchange> {
  return ctx.asShop("POST", "/api/v1/invitations", { body: { email: newEmail(ctx), role: "viewer" } });
}

export const mailCases: readonly ConformanceCase[] = [
  {
    code: "INVALID_OTP",
    operation: "verifyCode",
    needs: ["publishable key"],
    cause: "a code that nobody asked for",
    provoke: (ctx) => verifyCode(ctx, newEmail(ctx), "471100"),
  },
  {
    code: "OTP_EXPIRED",
    operation: "verifyCode",
    needs: ["publishable key", "mailbox", "clock"],
    cause: "the right code after eleven minutes",
    async provoke(ctx) {
      const email = newEmail(ctx);
      expectJson(await requestCode(ctx, email), 200);
      const code = await ctx.need("mailbox")(email);
      await ctx.pass(660);
      return verifyCode(ctx, email, code);
    },
  },
  {
    code: "IDENTITY_TAKEN",
    operation: "verifyCode",
    needs: ["publishable key", "mailbox"],
    cause: "a guest in line who confirms the address of somebody else",
    async provoke(ctx) {
      const email = newEmail(ctx);
      await ctx.make("/api/v1/consumers", { email });
      const { fan } = await ctx.queueWithFan();
      const { accessToken } = fan.tokens;
      expectJson(await requestCode(ctx, email, accessToken), 200);
      return verifyCode(ctx, email, await ctx.need("mailbox")(email), accessToken);
    },
  },
  {
    code: "IDENTITY_TAKEN",
    operation: "exchangeExternalAccount",
    needs: ["publishable key"],
    cause: "a guest in line with the code of an account that somebody has signed in by before",
    async provoke(ctx) {
      const { publishableKey } = ctx;
      const account = {
        provider: "example",
        issuer: "https://id.example",
        subject: ctx.uniqueName("subject"),
      };
      const exchangeCode = async (): Promise<unknown> =>
        (await ctx.make("/api/v1/auth/external/authorize", account)).exchangeCode;
      const exchange = async (more: { bearer?: string }): Promise<Exchange> => {
        const body = { exchangeCode: await exchangeCode() };
        return ctx.send("POST", "/api/v1/auth/external/exchange", { publishableKey, body, ...more });
      };
      expectJson(await exchange({}), 200);
      const { fan } = await ctx.queueWithFan();
      return exchange({ bearer: fan.tokens.accessToken });
    },
  },
  // Before the provider has failed too often to be asked.
  ...unsentMails("requestCode", (ctx) => requestCode(ctx, newEmail(ctx))),
  ...unsentMails("createInvitation", invite),
  {
    code: "UPSTREAM_UNAVAILABLE",
    operation: "requestCode",
    needs: ["publishable key", "mail provider"],
    cause: "a provider that has failed several times in a row",
    async provoke(ctx) {
      ctx.need("mail provider").refuse();
      let last = await requestCode(ctx, newEmail(ctx));
      for (let calls = 1; calls < failuresMax && last.answer.status !== 503; calls += 1)
        last = await requestCode(ctx, newEmail(ctx));
      return last;
    },
  },
];

/** What becomes of an operation that mails when the provider does not take the mail. */
function unsentMails(
  operation: OperationName,
  send: (ctx: CaseContext) => Promise<Exchange>,
): ConformanceCase[] {
  const needs = ["publishable key", "mail provider"] as const;
  return [
    {
      code: "MAIL_PROVIDER_FAILED",
      operation,
      needs,
      cause: "a provider that refuses the mail",
      provoke(ctx) {
        ctx.need("mail provider").refuse();
        return send(ctx);
      },
    },
    {
      code: "MAIL_PROVIDER_TIMEOUT",
      operation,
      needs,
      cause: "a provider that says nothing",
      provoke(ctx) {
        ctx.need("mail provider").hang();
        return send(ctx);
      },
    },
  ];
}
