/** What the shop meets with its resources: clashes, rules, versions and idempotency keys. */
import { type CaseContext, expectJson, type Made } from "../case-context.ts";
import type { ConformanceCase } from "../conformance-case.ts";
import type { Exchange } from "../exchange.ts";

const queues = "/api/v1/queues";
const experiences = "/api/v1/experiences";
const sequences = "/api/v1/sequences";
const products = "/api/v1/products";
const inProgressTriesMax = 30;
const callsAtOnce = 10;

async function closedQueue(ctx: CaseContext): Promise<Made> {
  const queue = await ctx.queue();
  expectJson(await ctx.inQueue(queue.id, "close"), 200);
  return queue;
}

function product(ctx: CaseContext, more: Record<string, unknown> = {}): Promise<Made> {
  const name = ctx.uniqueName("Shirt");
  return ctx.make(products, { name, sku: name.replaceAll(" ", "-"), ...more });
}

async function makeTwice(ctx: CaseContext, path: string, body: Record<string, unknown>): Promise<Exchange> {
  await ctx.make(path, { ...body, name: ctx.uniqueName("First") });
  return ctx.asShop("POST", path, { body: { ...body, name: ctx.uniqueName("Second") } });
}

function freshKey(ctx: CaseContext): Record<string, string> {
  return { "Idempotency-Key": ctx.uniqueName("create").replaceAll(" ", "-") };
}

export const resourceCases: readonly ConformanceCase[] = [
  {
    code: "EXPERIENCE_NOT_FOUND",
    operation: "readExperience",
    needs: [],
    cause: "one that was deleted",
    async provoke(ctx) {
      const { id } = await ctx.experience();
      await ctx.asShop("DELETE", `${experiences}/${id}`);
      return ctx.asShop("GET", `${experiences}/${id}`);
    },
  },
  {
    code: "SEQUENCE_NOT_FOUND",
    operation: "readSequence",
    needs: [],
    cause: "one that never was",
    provoke: (ctx) => ctx.asShop("GET", `${sequences}/${ctx.unknownId("sequence")}`),
  },
  {
    code: "QUEUE_NOT_FOUND",
    operation: "readQueue",
    needs: [],
    cause: "an id that is none",
    provoke: (ctx) => ctx.asShop("GET", `${queues}/nonsense`),
  },
  {
    code: "CONSUMER_NOT_FOUND",
    operation: "readConsumer",
    needs: ["publishable key"],
    cause: "a consumer whom the shop has deleted",
    async provoke(ctx) {
      const { queue, fan } = await ctx.queueWithFan();
      expectJson(await fan.leave(queue.id), 200);
      await ctx.asShop("DELETE", `/api/v1/consumers/${fan.consumerId}`);
      return ctx.asShop("GET", `/api/v1/consumers/${fan.consumerId}`);
    },
  },
  {
    code: "PRODUCT_NOT_FOUND",
    operation: "readProduct",
    needs: [],
    cause: "one that never was",
    provoke: (ctx) => ctx.asShop("GET", `${products}/${ctx.unknownId("product")}`),
  },
  {
    code: "REQUEST_NOT_FOUND",
    operation: "readRequest",
    needs: [],
    cause: "an id that no request had",
    provoke: (ctx) => ctx.asShop("GET", `/api/v1/requests/${ctx.unknownId("request")}`),
  },
  {
    code: "ALREADY_EXISTS",
    operation: "createExperience",
    needs: [],
    cause: "an id that is taken",
    provoke: (ctx) => makeTwice(ctx, experiences, { id: ctx.unknownId("experience") }),
  },
  {
    code: "ALREADY_EXISTS",
    operation: "updateProduct",
    needs: [],
    cause: "a variant with an id that is taken",
    async provoke(ctx) {
      const made = () => ctx.make(products, { name: ctx.uniqueName("Shirt"), sku: ctx.uniqueName("shirt") });
      const [one, other] = [await made(), await made()];
      const id = ctx.unknownId("variant");
      const change = (product: Made) =>
        ctx.asShop("PATCH", `${products}/${product.id}`, {
          body: { variants: [{ id, name: "Large", sku: ctx.uniqueName("large") }] },
        });
      expectJson(await change(one), 200);
      return change(other);
    },
  },
  {
    code: "CONCURRENT_MODIFICATION",
    operation: "updateExperience",
    needs: [],
    cause: "the ETag of an older version",
    async provoke(ctx) {
      const { id } = await ctx.experience();
      const change = () =>
        ctx.asShop("PATCH", `${experiences}/${id}`, {
          body: { name: ctx.uniqueName("Winter tour") },
          headers: { "If-Match": '"1"' },
        });
      expectJson(await change(), 200);
      return change();
    },
  },
  {
    code: "RESOURCE_IN_USE",
    operation: "deleteExperience",
    needs: [],
    cause: "an experience with a sequence",
    async provoke(ctx) {
      const { experienceId } = await ctx.sequence();
      return ctx.asShop("DELETE", `${experiences}/${String(experienceId)}`);
    },
  },
  {
    code: "RESOURCE_IN_USE",
    operation: "deleteProduct",
    needs: [],
    cause: "a product that an experience offers",
    async provoke(ctx) {
      const { id } = await product(ctx);
      await ctx.experience({ products: [id] });
      return ctx.asShop("DELETE", `${products}/${id}`);
    },
  },
  {
    code: "RESOURCE_IN_USE",
    operation: "importProducts",
    needs: [],
    cause: "variants of a product of which a line holds units",
    async provoke(ctx) {
      const { id, sku } = await product(ctx);
      await ctx.queue({ holds: [{ id }] });
      return ctx.asShop("POST", `${products}/import`, {
        rawBody: `sku,variant_sku,variant_name\n${sku},${sku}-L,Large\n`,
        headers: { "Content-Type": "text/csv" },
      });
    },
  },
  {
    code: "INVALID_STATE",
    operation: "createExperience",
    needs: [],
    cause: "an archived product that is to be offered",
    async provoke(ctx) {
      const { id } = await product(ctx, { status: "ARCHIVED" });
      return ctx.asShop("POST", experiences, { body: { name: ctx.uniqueName("Tour"), products: [id] } });
    },
  },
  {
    code: "RESOURCE_IN_USE",
    operation: "deleteSequence",
    needs: [],
    cause: "a sequence with a queue",
    async provoke(ctx) {
      const { id: sequenceId } = await ctx.sequence();
      await ctx.queue({ sequenceId });
      return ctx.asShop("DELETE", `${sequences}/${sequenceId}`);
    },
  },
  {
    code: "RESOURCE_IN_USE",
    operation: "deleteConsumer",
    needs: ["publishable key"],
    cause: "somebody who waits",
    async provoke(ctx) {
      const { fan } = await ctx.queueWithFan();
      return ctx.asShop("DELETE", `/api/v1/consumers/${fan.consumerId}`);
    },
  },
  {
    code: "RESOURCE_IN_USE",
    operation: "eraseConsumer",
    needs: ["publishable key"],
    cause: "somebody who waits",
    async provoke(ctx) {
      const { fan } = await ctx.queueWithFan();
      return ctx.asShop("POST", `/api/v1/consumers/${fan.consumerId}/erase`);
    },
  },
  {
    code: "RESOURCE_IN_USE",
    operation: "deleteQueue",
    needs: ["publishable key"],
    cause: "a queue in which somebody waits",
    async provoke(ctx) {
      const { queue } = await ctx.queueWithFan();
      return ctx.asShop("DELETE", `${queues}/${queue.id}`);
    },
  },
  ...(["open", "pause", "resume"] as const).map(
    (verb): ConformanceCase => ({
      code: "INVALID_STATE",
      operation: ({ open: "openQueue", pause: "pauseQueue", resume: "resumeQueue" } as const)[verb],
      needs: [],
      cause: `${verb} after the close`,
      async provoke(ctx) {
        const queue = await closedQueue(ctx);
        return ctx.inQueue(queue.id, verb);
      },
    }),
  ),
  {
    code: "INVALID_STATE",
    operation: "updateQueue",
    needs: [],
    cause: "another closing time after the close",
    async provoke(ctx) {
      const queue = await closedQueue(ctx);
      const closeAt = new Date(ctx.nowMs() + 3_600_000).toISOString();
      return ctx.asShop("PATCH", `${queues}/${queue.id}`, { body: { closeAt } });
    },
  },
  {
    code: "INVALID_STATE",
    operation: "updateExperience",
    needs: [],
    cause: "another closing time after the close",
    async provoke(ctx) {
      const { id } = await ctx.experience({ closeAt: new Date(ctx.nowMs() - 1_000).toISOString() });
      const closeAt = new Date(ctx.nowMs() + 3_600_000).toISOString();
      return ctx.asShop("PATCH", `${experiences}/${id}`, { body: { closeAt } });
    },
  },
  {
    code: "IDEMPOTENCY_IN_PROGRESS",
    operation: "createExperience",
    needs: [],
    cause: "ten calls at once with one key",
    async provoke(ctx) {
      for (let attempt = 1; ; attempt += 1) {
        const headers = freshKey(ctx);
        const body = { name: ctx.uniqueName("Winter tour") };
        const send = () => ctx.asShop("POST", experiences, { body, headers });
        const exchanges = await Promise.all(Array.from({ length: callsAtOnce }, send));
        const refused = exchanges.find(({ answer }) => answer.text.includes("IDEMPOTENCY_IN_PROGRESS"));
        if (refused !== undefined) return refused;
        const [last] = exchanges.slice(-1);
        if (attempt === inProgressTriesMax && last !== undefined) return last;
      }
    },
  },
  {
    code: "VALIDATION_ERROR",
    operation: "createQueue",
    needs: [],
    cause: "several fields that break a rule",
    async provoke(ctx) {
      const body = { name: "", openAt: "tomorrow", timeZone: "Mars/Olympus", capacity: 0 };
      await ctx.asShop("POST", queues, { body, headers: { Accept: "application/problem+json" } });
      return ctx.asShop("POST", queues, { body });
    },
  },
  {
    code: "VALIDATION_ERROR",
    operation: "createExperience",
    needs: [],
    cause: "a name that is taken",
    async provoke(ctx) {
      const { name } = await ctx.experience();
      return ctx.asShop("POST", experiences, { body: { name } });
    },
  },
  {
    code: "IDEMPOTENCY_KEY_REUSED",
    operation: "createExperience",
    needs: [],
    cause: "one key for two creates",
    async provoke(ctx) {
      const headers = freshKey(ctx);
      const create = (name: string) => ctx.asShop("POST", experiences, { body: { name }, headers });
      const name = ctx.uniqueName("Winter tour");
      const first = expectJson(await create(name), 201);
      if (expectJson(await create(name), 201).id !== first.id) throw new Error("it was not replayed");
      return create(ctx.uniqueName("Summer tour"));
    },
  },
];
