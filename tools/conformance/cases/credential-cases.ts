/** Credentials that are missing, wrong or over, and things that are not theirs. */

import { expectJson } from "../case-context.ts";
import type { ConformanceCase } from "../conformance-case.ts";

const guest = "/api/v1/auth/guest";
const refresh = "/api/v1/auth/refresh";

export const credentialCases: readonly ConformanceCase[] = [
  {
    code: "PUBLISHABLE_KEY_REQUIRED",
    operation: "createGuest",
    needs: [],
    cause: "no key",
    provoke: (ctx) => ctx.send("POST", guest),
  },
  {
    code: "SECRET_KEY_REQUIRED",
    operation: "listQueues",
    needs: [],
    cause: "no key",
    provoke: (ctx) => ctx.send("GET", "/api/v1/queues"),
  },
  {
    code: "AUTHENTICATION_REQUIRED",
    operation: "readEntry",
    needs: ["publishable key"],
    cause: "a publishable key alone",
    provoke: (ctx) =>
      ctx.send("GET", `/api/v1/queues/${ctx.unknownId("queue")}/status`, {
        publishableKey: ctx.publishableKey,
      }),
  },
  {
    code: "INVALID_TOKEN",
    operation: "listQueues",
    needs: [],
    cause: "a key that nobody made, and one with a letter too few",
    async provoke(ctx) {
      await ctx.send("GET", "/api/v1/queues", { bearer: ctx.secretKey.slice(0, -1) });
      return ctx.send("GET", "/api/v1/queues", { bearer: "sk_test_NoSuchKey" });
    },
  },
  {
    code: "INVALID_TOKEN",
    operation: "logout",
    needs: ["publishable key"],
    cause: "a session that was ended",
    async provoke(ctx) {
      const fan = await ctx.fan();
      await fan.send("POST", "/api/v1/auth/logout");
      return fan.send("POST", "/api/v1/auth/logout");
    },
  },
  {
    code: "INVALID_TOKEN",
    operation: "refreshSession",
    needs: ["publishable key"],
    cause: "a refresh token that is none",
    provoke: (ctx) =>
      ctx.send("POST", refresh, {
        publishableKey: ctx.publishableKey,
        body: { refreshToken: "none of ours" },
      }),
  },
  {
    code: "INVALID_TOKEN",
    operation: "validateAdmission",
    needs: [],
    cause: "an admission token that is none",
    async provoke(ctx) {
      const queue = await ctx.queue();
      return ctx.inQueue(queue.id, "validate", { token: "none.of.ours" });
    },
  },
  {
    code: "TOKEN_REUSED",
    operation: "refreshSession",
    needs: ["publishable key"],
    cause: "the first token after its successor was used",
    async provoke(ctx) {
      const { publishableKey } = ctx;
      const first = (await ctx.fan()).tokens.refreshToken;
      const spend = (refreshToken: unknown) =>
        ctx.send("POST", refresh, { publishableKey, body: { refreshToken } });
      const second = expectJson(await spend(first), 200).refreshToken;
      expectJson(await spend(second), 200);
      return spend(first);
    },
  },
  {
    code: "FP002",
    operation: "refreshSession",
    needs: ["publishable key"],
    cause: "a token that is bound to a device's key, from a device without it",
    async provoke(ctx) {
      const { publishableKey, refreshToken } = await ctx.boundSession();
      return ctx.send("POST", refresh, { publishableKey, body: { refreshToken } });
    },
  },
  {
    code: "TOKEN_EXPIRED",
    operation: "validateAdmission",
    needs: ["publishable key"],
    cause: "an admission token of a minute ago",
    async provoke(ctx) {
      const { queue, fan } = await ctx.queueWithAdmitted();
      const token = await admissionToken(await fan.status(queue.id));
      await ctx.pass(62);
      return ctx.inQueue(queue.id, "validate", { token });
    },
  },
  {
    code: "TOKEN_EXPIRED",
    operation: "readEntry",
    needs: ["expired session"],
    cause: "an access token of an hour ago",
    provoke(ctx) {
      const { bearer, publishableKey } = ctx.need("expired session");
      return ctx.send("GET", `/api/v1/queues/${ctx.unknownId("queue")}/status`, { bearer, publishableKey });
    },
  },
  {
    code: "TOKEN_EXPIRED",
    operation: "refreshSession",
    needs: ["expired session"],
    cause: "a refresh token of a month ago",
    provoke(ctx) {
      const { refreshToken, publishableKey } = ctx.need("expired session");
      return ctx.send("POST", refresh, { publishableKey, body: { refreshToken } });
    },
  },
  {
    code: "RESOURCE_RESTRICTED",
    operation: "readMetrics",
    needs: [],
    cause: "metrics through a proxy",
    provoke: (ctx) => ctx.send("GET", "/metrics", { headers: { "X-Forwarded-For": "203.0.113.7" } }),
  },
  {
    code: "OTHER_ORGANIZATION",
    operation: "readQueue",
    needs: ["other organization"],
    cause: "a queue of somebody else",
    async provoke(ctx) {
      const queue = await ctx.queue();
      return ctx.send("GET", `/api/v1/queues/${queue.id}`, {
        bearer: ctx.need("other organization").secretKey,
      });
    },
  },
  {
    code: "RESOURCE_RESTRICTED",
    operation: "enterQueue",
    needs: ["publishable key"],
    cause: "a guest where the queue takes confirmed people, and one who was blocked",
    async provoke(ctx) {
      const { queue, fan } = await ctx.queueWithFan();
      const consumerId = fan.consumerId;
      expectJson(await ctx.inQueue(queue.id, "deny", { consumerId, reason: "a bot", block: true }), 200);
      await fan.enter(queue.id);
      const confirmedOnly = await ctx.queue({ entryLevel: "confirmed" });
      return fan.enter(confirmedOnly.id);
    },
  },
  {
    code: "ORIGIN_NOT_ALLOWED",
    operation: "listQueues",
    needs: [],
    cause: "a secret key in a web page",
    provoke: (ctx) => ctx.asShop("GET", "/api/v1/queues", { headers: { Origin: "https://shop.example" } }),
  },
  {
    code: "ORIGIN_NOT_ALLOWED",
    operation: "createGuest",
    needs: ["listed origins"],
    cause: "an origin that is nearly one of the list",
    async provoke(ctx) {
      const { publishableKey } = ctx.need("listed origins");
      const from = (Origin: string) => ctx.send("POST", guest, { publishableKey, headers: { Origin } });
      expectJson(await from("https://shop.example"), 201);
      await from("http://shop.example");
      await from("https://shop.example:8443");
      return from("https://shop.example.evil.example");
    },
  },
];

/** The token of an admission that a status shows. */
export function admissionToken(exchange: Parameters<typeof expectJson>[0]): string {
  const { admission } = expectJson(exchange, 200) as { admission?: { token: string } };
  if (admission === undefined) throw new Error("the set-up failed: the fan is not admitted");
  return admission.token;
}
