/** The mail that tells a fan of the turn. */
import type { ErrorCode, OperationName } from "@stanchion/contract";
import { type CaseContext, expectJson, type Fan, type SendOptions } from "../case-context.ts";
import type { ConformanceCase } from "../conformance-case.ts";
import type { Exchange } from "../exchange.ts";

const device = { "X-Fingerprint": "device-of-the-fan" };
const methods = { readTurnMail: "GET", requestTurnMail: "PUT", cancelTurnMail: "DELETE" } as const;
type TurnMailOperation = keyof typeof methods & OperationName;
const operations = Object.keys(methods) as TurnMailOperation[];

function send(
  fan: Pick<Fan, "send">,
  operation: TurnMailOperation,
  queueId: string,
  headers: Record<string, string> = {},
): Promise<Exchange> {
  return fan.send(methods[operation], `/api/v1/queues/${queueId}/turn-mail`, { headers });
}

/** Somebody whom the shop vouches for, with an address that was verified. */
async function knownFan(ctx: CaseContext, keys: { secretKey: string; publishableKey: string }) {
  const { publishableKey } = keys;
  const subject = ctx.uniqueName("subject");
  const claims = { email: `${subject.replace(" ", "-")}@example.org`, email_verified: true };
  const body = { provider: "example", issuer: "https://id.example", subject, claims };
  const bearer = keys.secretKey;
  const authorized = await ctx.send("POST", "/api/v1/auth/external/authorize", { bearer, body });
  const { exchangeCode } = expectJson(authorized, 201);
  const exchanged = await ctx.send("POST", "/api/v1/auth/external/exchange", {
    publishableKey,
    body: { exchangeCode },
  });
  const { accessToken, session } = expectJson(exchanged, 200);
  const consumerId = String(Object(session).consumerId);
  return {
    consumerId,
    send: (method: string, path: string, options: SendOptions = {}) =>
      ctx.send(method, path, { publishableKey, bearer: String(accessToken), ...options }),
  };
}

/** A queue with somebody in it whose address is known. */
async function waiting(ctx: CaseContext, settings: Record<string, unknown> = {}) {
  const queue = await ctx.queue(settings);
  const fan = await knownFan(ctx, ctx);
  expectJson(await fan.send("POST", `/api/v1/queues/${queue.id}/enter`), 201);
  return { queue, fan };
}

async function admitted(ctx: CaseContext, settings: Record<string, unknown> = {}) {
  const { queue, fan } = await waiting(ctx, settings);
  expectJson(await ctx.inQueue(queue.id, "admit", { consumerId: fan.consumerId }), 200);
  return { queue, fan };
}

/** The keys of one's own organization for the other mode, in which no mail goes out where there is no provider. */
async function liveKeys(ctx: CaseContext): Promise<{ secretKey: string; publishableKey: string }> {
  const headers = { ...ctx.need("member").headers, "X-Stanchion-Mode": "live" };
  const make = async (kind: string): Promise<string> => {
    const body = { name: ctx.uniqueName("Live"), kind };
    return String(expectJson(await ctx.send("POST", "/api/v1/api-keys", { headers, body }), 201).key);
  };
  return { secretKey: await make("secret"), publishableKey: await make("publishable") };
}

const request = (
  code: ErrorCode,
  cause: string,
  provoke: ConformanceCase["provoke"],
  needs: ConformanceCase["needs"] = ["publishable key"],
): ConformanceCase => ({ code, operation: "requestTurnMail", needs, cause, provoke });

export const turnMailCases: readonly ConformanceCase[] = [
  ...operations.flatMap((operation): ConformanceCase[] => [
    {
      code: "NOT_IN_QUEUE",
      operation,
      needs: ["publishable key"],
      cause: "a fan who has not entered",
      async provoke(ctx) {
        const queue = await ctx.queue();
        return send(await ctx.fan(), operation, queue.id);
      },
    },
    ...(
      [
        ["FP001", "no fingerprint where the queue asks for one", {}],
        ["FP003", "a fingerprint of two characters", { "X-Fingerprint": "me" }],
        ["FP002", "the fingerprint of another device", { "X-Fingerprint": "device-of-another" }],
      ] as const
    ).map(
      ([code, cause, headers]): ConformanceCase => ({
        code,
        operation,
        needs: ["publishable key"],
        cause,
        async provoke(ctx) {
          const { queue, fan } = await ctx.queueWithFan({ requireFingerprint: true }, device);
          return send(fan, operation, queue.id, headers);
        },
      }),
    ),
  ]),
  ...(["requestTurnMail", "cancelTurnMail"] as const).map(
    (operation): ConformanceCase => ({
      code: "CONCURRENT_MODIFICATION",
      operation,
      needs: ["locked tables", "publishable key"],
      cause: "a lock that cannot be had in time",
      async provoke(ctx) {
        const { queue, fan } = await waiting(ctx);
        await ctx.ready("locked tables");
        return send(fan, operation, queue.id);
      },
    }),
  ),
  request("EMAIL_REQUIRED", "a guest who waits", async (ctx) => {
    const { queue, fan } = await ctx.queueWithFan();
    return send(fan, "requestTurnMail", queue.id);
  }),
  request("INVALID_STATE", "a fan whose turn it is", async (ctx) => {
    const { queue, fan } = await admitted(ctx);
    return send(fan, "requestTurnMail", queue.id);
  }),
  request("ALREADY_COMPLETED", "a fan who has bought", async (ctx) => {
    const { queue, fan } = await admitted(ctx);
    expectJson(await ctx.inQueue(queue.id, "complete", { consumerId: fan.consumerId }), 200);
    return send(fan, "requestTurnMail", queue.id);
  }),
  request("ADMISSION_EXPIRED", "a fan whose time to buy is over", async (ctx) => {
    const times = { admissionExpirationSeconds: 10, completionGraceSeconds: 0 };
    const { queue, fan } = await admitted(ctx, times);
    await ctx.pass(11);
    return send(fan, "requestTurnMail", queue.id);
  }),
  request(
    "MAIL_PROVIDER_FAILED",
    "live keys of a server without a mail provider",
    async (ctx) => {
      const keys = await liveKeys(ctx);
      const body = { name: ctx.uniqueName("Night drop"), admitRate: 1 };
      const made = await ctx.send("POST", "/api/v1/queues", { bearer: keys.secretKey, body });
      const { id } = expectJson(made, 201);
      const bearer = keys.secretKey;
      expectJson(await ctx.send("POST", `/api/v1/queues/${id}/pause`, { bearer }), 200);
      const fan = await knownFan(ctx, keys);
      expectJson(await fan.send("POST", `/api/v1/queues/${id}/enter`), 201);
      return send(fan, "requestTurnMail", String(id));
    },
    ["publishable key", "member", "mailbox"],
  ),
];
