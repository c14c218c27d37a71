/** Webhook endpoints: addresses, states, and what is sent again. */
import { limits } from "@stanchion/contract";
import { type CaseContext, expectJson } from "../case-context.ts";
import type { ConformanceCase } from "../conformance-case.ts";

const hooks = "/api/v1/webhook-endpoints";
const endpoint = { url: "https://hooks.example/stanchion", events: ["queue.paused"] };

async function disabledEndpoint(ctx: CaseContext): Promise<string> {
  const { id } = await ctx.make(hooks, endpoint);
  expectJson(await ctx.asShop("PATCH", `${hooks}/${id}`, { body: { status: "DISABLED" } }), 200);
  return id;
}

export const webhookCases: readonly ConformanceCase[] = [
  {
    code: "WEBHOOK_ENDPOINT_NOT_FOUND",
    operation: "readWebhookEndpoint",
    needs: [],
    cause: "an id that names nothing",
    provoke: (ctx) => ctx.asShop("GET", `${hooks}/${ctx.unknownId("webhookEndpoint")}`),
  },
  {
    code: "INVALID_STATE",
    operation: "createWebhookEndpoint",
    needs: ["new organization"],
    cause: "as many endpoints as an organization can have",
    async provoke(ctx) {
      const { secretKey: bearer } = await ctx.need("new organization")();
      for (let made = 0; made < limits.webhookEndpointsMax; made += 1)
        expectJson(await ctx.send("POST", hooks, { bearer, body: endpoint }), 201);
      return ctx.send("POST", hooks, { bearer, body: endpoint });
    },
  },
  {
    code: "INVALID_STATE",
    operation: "testWebhookEndpoint",
    needs: [],
    cause: "an endpoint that was switched off",
    provoke: async (ctx) => ctx.asShop("POST", `${hooks}/${await disabledEndpoint(ctx)}/test`),
  },
  {
    code: "INVALID_STATE",
    operation: "replayWebhookEndpoint",
    needs: [],
    cause: "an endpoint that was switched off",
    provoke: async (ctx) =>
      ctx.asShop("POST", `${hooks}/${await disabledEndpoint(ctx)}/replay`, {
        body: { from: "2026-01-01T00:00:00Z" },
      }),
  },
  {
    code: "INVALID_STATE",
    operation: "triggerEvent",
    needs: [],
    cause: "an example for an endpoint that was switched off",
    async provoke(ctx) {
      const body = { type: "queue.paused", webhookEndpointId: await disabledEndpoint(ctx) };
      return ctx.asShop("POST", "/api/v1/events/trigger", { body });
    },
  },
  {
    code: "INVALID_STATE",
    operation: "streamEvents",
    needs: ["new organization"],
    cause: "as many streams of events as an organization can have",
    async provoke(ctx) {
      const { secretKey: bearer } = await ctx.need("new organization")();
      for (let opened = 0; opened < limits.eventListenersMax; opened += 1)
        await ctx.send("GET", "/api/v1/events/stream", { bearer });
      return ctx.send("GET", "/api/v1/events/stream", { bearer });
    },
  },
  {
    code: "VALIDATION_ERROR",
    operation: "triggerEvent",
    needs: [],
    cause: "an example of an event that there is not",
    provoke: (ctx) =>
      ctx.asShop("POST", "/api/v1/events/trigger", { body: { type: "queue.consumer.admited" } }),
  },
  {
    code: "VALIDATION_ERROR",
    operation: "createWebhookEndpoint",
    needs: [],
    cause: "an address with a password, an event that there is not, and a limit of none a minute",
    provoke: (ctx) =>
      ctx.asShop("POST", hooks, {
        body: { url: "https://shop:secret@hooks.example/", events: ["queue.melted"], maxPerMinute: 0 },
      }),
  },
  {
    code: "VALIDATION_ERROR",
    operation: "rotateWebhookEndpoint",
    needs: [],
    cause: "an overlap of more than seven days",
    async provoke(ctx) {
      const { id } = await ctx.make(hooks, endpoint);
      return ctx.asShop("POST", `${hooks}/${id}/rotate-secret`, { body: { overlapSeconds: 604_801 } });
    },
  },
  {
    code: "VALIDATION_ERROR",
    operation: "replayWebhookEndpoint",
    needs: [],
    cause: "neither a delivery nor a time",
    async provoke(ctx) {
      const { id } = await ctx.make(hooks, endpoint);
      return ctx.asShop("POST", `${hooks}/${id}/replay`, { body: {} });
    },
  },
  {
    code: "VALIDATION_ERROR",
    operation: "replayWebhookEndpoint",
    needs: [],
    cause: "a delivery of no endpoint of one's own",
    async provoke(ctx) {
      const { id } = await ctx.make(hooks, endpoint);
      const body = { deliveryId: ctx.unknownId("webhookDelivery") };
      return ctx.asShop("POST", `${hooks}/${id}/replay`, { body });
    },
  },
];
