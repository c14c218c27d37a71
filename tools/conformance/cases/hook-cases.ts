/** Hooks: secrets, and what shop systems send that cannot be taken. */
import { limits } from "@stanchion/contract";
import { expectJson } from "../case-context.ts";
import type { ConformanceCase } from "../conformance-case.ts";
import { sendSigned, signedHook } from "../signed-hook.ts";

const hooks = "/api/v1/hooks";

export const hookCases: readonly ConformanceCase[] = [
  {
    code: "HOOK_NOT_FOUND",
    operation: "readHook",
    needs: [],
    cause: "an id that names nothing",
    provoke: (ctx) => ctx.asShop("GET", `${hooks}/${ctx.unknownId("hook")}`),
  },
  {
    code: "INVALID_TOKEN",
    operation: "deliverHook",
    needs: [],
    cause: "a signature by another secret",
    async provoke(ctx) {
      const { id } = await signedHook(ctx);
      const secret = `whsec_${Buffer.alloc(32).toString("base64")}`;
      return sendSigned(ctx, { id, secret }, { body: { type: "order.paid" } });
    },
  },
  {
    code: "INVALID_FIELD_TYPE",
    operation: "deliverHook",
    needs: [],
    cause: "a number for the type",
    provoke: async (ctx) => sendSigned(ctx, await signedHook(ctx), { body: { type: 7 } }),
  },
  {
    code: "VALIDATION_ERROR",
    operation: "createHook",
    needs: [],
    cause: "a shop system without the secret that it signs with",
    provoke: (ctx) => ctx.asShop("POST", hooks, { body: { source: "stripe" } }),
  },
  {
    code: "VALIDATION_ERROR",
    operation: "rotateHook",
    needs: [],
    cause: "a secret of one's own where it is made",
    async provoke(ctx) {
      const { id } = await ctx.make(hooks, { source: "hmac" });
      return ctx.asShop("POST", `${hooks}/${id}/rotate-secret`, { body: { secret: "my own" } });
    },
  },
  {
    code: "INVALID_STATE",
    operation: "createHook",
    needs: ["new organization"],
    cause: "as many hooks as an organization can have",
    async provoke(ctx) {
      const { secretKey: bearer } = await ctx.need("new organization")();
      const body = { source: "hmac" };
      for (let made = 0; made < limits.hooksMax; made += 1)
        expectJson(await ctx.send("POST", hooks, { bearer, body }), 201);
      return ctx.send("POST", hooks, { bearer, body });
    },
  },
];
