/** What is met where things are sold: what there is not enough of, what is held, and tables that cannot be read. */
import { type CaseContext, expectJson } from "../case-context.ts";
import type { ConformanceCase } from "../conformance-case.ts";

const products = "/api/v1/products";
const draws = "/api/v1/draws";

async function oneLeft(ctx: CaseContext): Promise<{ id: string }[]> {
  const sku = ctx.uniqueName("print");
  const { id } = await ctx.make(products, { name: "Print", sku, stock: 1 });
  return [{ id }];
}

export const stockCases: readonly ConformanceCase[] = [
  {
    code: "OUT_OF_STOCK",
    operation: "admitEntry",
    needs: ["publishable key"],
    cause: "a second admission where one thing is left",
    async provoke(ctx) {
      const { queue } = await ctx.queueWithAdmitted({ holds: await oneLeft(ctx) });
      const second = await ctx.fan();
      expectJson(await second.enter(queue.id), 201);
      return ctx.inQueue(queue.id, "admit", { consumerId: second.consumerId });
    },
  },
  {
    code: "OUT_OF_STOCK",
    operation: "createDraw",
    needs: [],
    cause: "two winners of one thing",
    async provoke(ctx) {
      const inAnHour = new Date(ctx.nowMs() + 3_600_000).toISOString();
      const times = { closeAt: inAnHour, drawAt: inAnHour };
      const name = ctx.uniqueName("Draw");
      const body = { name, winnerCount: 2, holds: await oneLeft(ctx), ...times };
      return ctx.asShop("POST", draws, { body });
    },
  },
  {
    code: "OUT_OF_STOCK",
    operation: "updateDraw",
    needs: [],
    cause: "a second winner of one thing",
    async provoke(ctx) {
      const { id } = await ctx.draw({ holds: await oneLeft(ctx) });
      return ctx.asShop("PATCH", `${draws}/${id}`, { body: { winnerCount: 2 } });
    },
  },
  {
    code: "INVALID_CSV",
    operation: "importProducts",
    needs: [],
    cause: "a table with a quote that is never closed",
    provoke: (ctx) =>
      ctx.asShop("POST", `${products}/import`, {
        rawBody: 'sku,name\nprint,"Print\n',
        headers: { "Content-Type": "text/csv" },
      }),
  },
  {
    code: "RESOURCE_IN_USE",
    operation: "deleteProduct",
    needs: [],
    cause: "a product that a queue holds",
    async provoke(ctx) {
      const [held] = await oneLeft(ctx);
      await ctx.queue({ holds: [held] });
      return ctx.asShop("DELETE", `${products}/${held?.id}`);
    },
  },
  {
    code: "RESOURCE_IN_USE",
    operation: "updateProduct",
    needs: [],
    cause: "a product that a queue holds gets variants",
    async provoke(ctx) {
      const { id } = await ctx.make(products, { name: "Print", sku: ctx.uniqueName("print") });
      await ctx.queue({ holds: [{ id }] });
      const variants = [{ name: "A2", sku: ctx.uniqueName("print-a2") }];
      return ctx.asShop("PATCH", `${products}/${id}`, { body: { variants } });
    },
  },
];
