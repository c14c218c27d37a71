/** Orders: what stands in the way of one that nobody has paid yet, and of a second order of one admission. */
import type { CaseContext } from "../case-context.ts";
import { expectJson } from "../case-context.ts";
import type { ConformanceCase } from "../conformance-case.ts";

const orders = "/api/v1/orders";

/** Somebody who is admitted, as an order names the buyer. */
async function buyer(ctx: CaseContext, settings: object = {}) {
  const { queue, fan } = await ctx.queueWithAdmitted({ ...settings });
  return { queueId: queue.id, consumerId: fan.consumerId };
}

const newOrder = (ctx: CaseContext, body: object = {}) => ctx.asShop("POST", orders, { body });

async function orderId(ctx: CaseContext, body: object = {}): Promise<unknown> {
  return expectJson(await newOrder(ctx, body), 201).id;
}

export const orderCases: readonly ConformanceCase[] = [
  {
    code: "ORDER_NOT_FOUND",
    operation: "readOrder",
    needs: [],
    cause: "an id that names nothing",
    provoke: (ctx) => ctx.asShop("GET", `${orders}/${ctx.unknownId("order")}`),
  },
  {
    code: "NOT_IN_QUEUE",
    operation: "createOrder",
    needs: [],
    cause: "a buyer who never came to the line",
    async provoke(ctx) {
      const queue = await ctx.queue();
      return newOrder(ctx, { queueId: queue.id, consumerId: ctx.unknownId("consumer") });
    },
  },
  {
    code: "NOT_IN_DRAW",
    operation: "createOrder",
    needs: [],
    cause: "a buyer who is not in the draw",
    async provoke(ctx) {
      const draw = await ctx.draw();
      return newOrder(ctx, { drawId: draw.id, consumerId: ctx.unknownId("consumer") });
    },
  },
  {
    code: "ADMISSION_EXPIRED",
    operation: "createOrder",
    needs: ["publishable key"],
    cause: "an unpaid order after the admission's grace",
    async provoke(ctx) {
      const bought = await buyer(ctx, { admissionExpirationSeconds: 10, completionGraceSeconds: 0 });
      await ctx.pass(11);
      return newOrder(ctx, bought);
    },
  },
  {
    code: "ADMISSION_USED",
    operation: "createOrder",
    needs: ["publishable key"],
    cause: "a second order while the first of the admission is being paid",
    async provoke(ctx) {
      const bought = await buyer(ctx);
      await orderId(ctx, bought);
      return newOrder(ctx, bought);
    },
  },
  {
    code: "INVALID_STATE",
    operation: "createOrder",
    needs: ["publishable key"],
    cause: "an unpaid order of somebody who still waits",
    async provoke(ctx) {
      const { queue, fan } = await ctx.queueWithFan();
      return newOrder(ctx, { queueId: queue.id, consumerId: fan.consumerId });
    },
  },
  {
    code: "VALIDATION_ERROR",
    operation: "createOrder",
    needs: [],
    cause: "nobody's admission, nothing of the shop's, and an amount without a currency",
    provoke: (ctx) =>
      newOrder(ctx, {
        admissionId: ctx.unknownId("admission"),
        items: [{ id: ctx.unknownId("product"), quantity: 1 }],
        total: "12.00",
      }),
  },
  {
    code: "OUT_OF_STOCK",
    operation: "createOrder",
    needs: [],
    cause: "an unpaid order of more than there is",
    async provoke(ctx) {
      const product = { name: "Print", sku: ctx.uniqueName("print"), stock: 1 };
      const { id } = await ctx.make("/api/v1/products", product);
      return newOrder(ctx, { items: [{ id, quantity: 2 }] });
    },
  },
  {
    code: "VALIDATION_ERROR",
    operation: "cancelOrder",
    needs: [],
    cause: "a reason that is too long",
    provoke: async (ctx) =>
      ctx.asShop("POST", `${orders}/${await orderId(ctx)}/cancel`, { body: { reason: "x".repeat(201) } }),
  },
];
