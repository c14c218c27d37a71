/** What the host has bounded for one organization. */
import { type CaseContext, expectJson } from "../case-context.ts";
import type { ConformanceCase } from "../conformance-case.ts";

const queues = "/api/v1/queues";

function newQueue(ctx: CaseContext) {
  return { name: ctx.uniqueName("Night drop"), admitRate: 60 };
}

function newEmail(ctx: CaseContext): string {
  return `${ctx.uniqueName("person").replace(" ", "-")}@example.org`;
}

export const quotaCases: readonly ConformanceCase[] = [
  {
    code: "QUOTA_EXCEEDED",
    operation: "createQueue",
    needs: ["small quotas"],
    cause: "a second open queue where one is allowed",
    async provoke(ctx) {
      const { secretKey: bearer } = await ctx.need("small quotas")({ openQueues: 1 });
      expectJson(await ctx.send("POST", queues, { bearer, body: newQueue(ctx) }), 201);
      return ctx.send("POST", queues, { bearer, body: newQueue(ctx) });
    },
  },
  {
    code: "QUOTA_EXCEEDED",
    operation: "createDraw",
    needs: ["small quotas"],
    cause: "a draw beside a queue where one of both may be open",
    async provoke(ctx) {
      const { secretKey: bearer } = await ctx.need("small quotas")({ openQueues: 1 });
      expectJson(await ctx.send("POST", queues, { bearer, body: newQueue(ctx) }), 201);
      const closeAt = new Date(ctx.nowMs() + 3_600_000).toISOString();
      const body = { name: ctx.uniqueName("Front row"), winnerCount: 1, closeAt, drawAt: closeAt };
      return ctx.send("POST", "/api/v1/draws", { bearer, body });
    },
  },
  {
    code: "QUOTA_EXCEEDED",
    operation: "requestCode",
    needs: ["small quotas"],
    cause: "a second mail where one a day is allowed",
    async provoke(ctx) {
      const { publishableKey } = await ctx.need("small quotas")({ deliveries: 1 });
      const ask = () =>
        ctx.send("POST", "/api/v1/auth/otp/request", { publishableKey, body: { email: newEmail(ctx) } });
      expectJson(await ask(), 200);
      return ask();
    },
  },
  {
    code: "QUOTA_EXCEEDED",
    operation: "createInvitation",
    needs: ["small quotas"],
    cause: "an invitation where no mail may go out",
    async provoke(ctx) {
      const { secretKey: bearer } = await ctx.need("small quotas")({ deliveries: 0 });
      const body = { email: newEmail(ctx), role: "viewer" };
      return ctx.send("POST", "/api/v1/invitations", { bearer, body });
    },
  },
  {
    code: "QUEUE_FULL",
    operation: "enterQueue",
    needs: ["small quotas"],
    cause: "a second person in line where the organization may have one",
    async provoke(ctx) {
      const { publishableKey, secretKey } = await ctx.need("small quotas")({ people: 1 });
      const create = () => ctx.send("POST", queues, { bearer: secretKey, body: newQueue(ctx) });
      const enter = async () => {
        const { id } = expectJson(await create(), 201);
        const { bearer } = await ctx.freshSession(publishableKey);
        return ctx.send("POST", `${queues}/${id}/enter`, { publishableKey, bearer });
      };
      expectJson(await enter(), 201);
      return enter();
    },
  },
];
