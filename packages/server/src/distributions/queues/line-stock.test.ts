import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLog } from "../../platform/log.ts";
import { createMetrics } from "../../platform/metrics/index.ts";
import {
  errorOf,
  mergedOf,
  openStream,
  startTestServer,
  stocked,
  strangeId,
  type TestFan,
  type TestServer,
  type TestShop,
  testLine,
} from "../../testing/index.ts";
import { startLineController } from "./line-controller.ts";

const leftTokenMs = 66_000;

describe("a line whose admissions hold stock", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
  });
  afterAll(() => server.stop());

  const board = async (queueId: string) =>
    (await server.call("GET", `/api/v1/queues/${queueId}/now-serving`)).body;
  const stockOf = async (queueId: string) => {
    await shop.call("GET", `/api/v1/queues/${queueId}`);
    return server.until(
      async () => (await board(queueId)).stock as Record<string, unknown>,
      (stock) => stock !== undefined,
    );
  };
  const settledStock = (queueId: string, wished: Record<string, unknown>) =>
    server.until(
      () => stockOf(queueId),
      (stock) => Object.entries(wished).every(([name, value]) => stock[name] === value),
    );
  const complete = (queueId: string, fan: TestFan) =>
    shop.call("POST", `/api/v1/queues/${queueId}/complete`, { body: { consumerId: fan.consumerId } });
  const joined = async (queueId: string, count: number) => {
    const fans = await shop.fans(count);
    for (const fan of fans) await fan.enter(queueId);
    return fans;
  };

  it("admits no more than there is, and whoever buys has what was held", async () => {
    const print = await stocked(shop, 2);
    const queue = await shop.queue({ holds: [{ id: print.id }], whenSoldOut: "wait" });
    const [first] = await joined(queue.id, 3);
    const line = testLine(server.db, queue.id);
    expect(await line.tick()).toMatchObject({ admitted: 2 });
    expect(await print.levels()).toEqual({ reserved: 2, sold: 0, available: 0 });
    expect(await line.tick()).toMatchObject({ admitted: 0 });
    expect((await complete(queue.id, first as TestFan)).status).toBe(200);
    expect(await print.levels()).toEqual({ reserved: 1, sold: 1, available: 0 });
    expect(await settledStock(queue.id, { left: 1, free: 0 })).toMatchObject({
      total: 2,
      allHeld: true,
      soldOut: false,
      returnedPercent: null,
    });
  });

  it("gives what was held to the next, after expiry and grace", async () => {
    const print = await stocked(shop, 1);
    const queue = await shop.queue({
      holds: [{ id: print.id }],
      admissionExpirationSeconds: 10,
      completionGraceSeconds: 5,
    });
    await joined(queue.id, 2);
    const line = testLine(server.db, queue.id);
    expect(await line.tick()).toMatchObject({ admitted: 1 });
    await server.advance(14_500);
    expect(await line.tick()).toMatchObject({ admitted: 0, settled: 0 });
    await server.advance(600);
    expect(await line.tick()).toMatchObject({ admitted: 1, settled: 1 });
    expect(await print.levels()).toEqual({ reserved: 1, sold: 0, available: 0 });
  });

  it("frees what the shop denies or the fan gives back once no token for it is good", async () => {
    const print = await stocked(shop, 2);
    const queue = await shop.queue({ holds: [{ id: print.id }] });
    const [first, second] = await joined(queue.id, 2);
    const line = testLine(server.db, queue.id);
    expect(await line.tick()).toMatchObject({ admitted: 2 });
    const body = { consumerId: first?.consumerId, reason: "bot" };
    await shop.call("POST", `/api/v1/queues/${queue.id}/deny`, { body });
    await second?.leave(queue.id);
    expect(await print.levels()).toMatchObject({ reserved: 2 });
    await server.advance(leftTokenMs);
    expect(await line.tick()).toMatchObject({ settled: 2 });
    expect(await print.levels()).toEqual({ reserved: 0, sold: 0, available: 2 });
  });

  it("shares one stock with other lines, and takes several things and several of each", async () => {
    const print = await stocked(shop, 5);
    const frame = await stocked(shop, null);
    const settings = { holds: [{ id: print.id, quantity: 2 }, { id: frame.id }] };
    const [one, other] = [await shop.queue(settings), await shop.queue({ holds: [{ id: print.id }] })];
    await joined(one.id, 2);
    await joined(other.id, 3);
    expect(await testLine(server.db, one.id).tick()).toMatchObject({ admitted: 2 });
    expect(await testLine(server.db, other.id).tick()).toMatchObject({ admitted: 1 });
    expect(await print.levels()).toEqual({ reserved: 5, sold: 0, available: 0 });
    expect(await frame.levels()).toEqual({ reserved: 2, sold: 0, available: null });
  });

  it("refuses an admission by hand for which there is nothing left", async () => {
    const print = await stocked(shop, 1);
    const queue = await shop.queue({ holds: [{ id: print.id }] });
    const [, second] = await joined(queue.id, 2);
    expect(await testLine(server.db, queue.id).tick()).toMatchObject({ admitted: 1 });
    const refusal = await shop.call("POST", `/api/v1/queues/${queue.id}/admit`, {
      body: { consumerId: second?.consumerId },
    });
    expect(errorOf(refusal)).toMatchObject({
      code: "OUT_OF_STOCK",
      details: { items: [{ id: print.id, available: 0 }] },
    });
    expect(await print.setStock(2)).toBe(200);
    const body = { consumerId: second?.consumerId };
    expect((await shop.call("POST", `/api/v1/queues/${queue.id}/admit`, { body })).status).toBe(200);
    expect(await print.levels()).toEqual({ reserved: 2, sold: 0, available: 0 });
  });

  it("ends once everything is sold, so that nobody waits for nothing", async () => {
    const print = await stocked(shop, 1);
    const queue = await shop.queue({ holds: [{ id: print.id }] });
    const [first, second] = await joined(queue.id, 2);
    await withController(async () => {
      await server.until(
        () => (first as TestFan).status(queue.id),
        ({ body }) => body.status === "ADMITTED",
      );
      expect((await complete(queue.id, first as TestFan)).status).toBe(200);
      const denied = await server.until(
        () => (second as TestFan).status(queue.id),
        ({ body }) => body.status === "DENIED",
      );
      expect(denied.body).toMatchObject({ status: "DENIED", endedReason: "SOLD_OUT" });
    });
    expect(await board(queue.id)).toMatchObject({
      status: "CLOSED",
      reason: "SOLD_OUT",
      waiting: 0,
      stock: { total: 1, left: 0, free: 0, allHeld: false, soldOut: true },
    });
    const late = await shop.fan();
    expect(errorOf(await late.enter(queue.id)).code).toBe("QUEUE_CLOSED");
    const { organizationId } = shop;
    const log = await server.call("GET", `/api/v1/organizations/${organizationId}/fairness-log?mode=test`);
    expect(JSON.stringify(log.body)).toContain('"kind":"cancelled"');
  });

  it("does not end over what was never there, nor before it opens, nor while it is paused", async () => {
    const print = await stocked(shop, 0);
    const sold = await stocked(shop, 1);
    await shop.call("POST", "/api/v1/orders", {
      body: { items: [{ id: sold.id, quantity: 1 }], paid: true },
    });
    expect(await sold.levels()).toMatchObject({ sold: 1 });
    const empty = await shop.queue({ holds: [{ id: print.id }] });
    const early = await shop.queue({ holds: [{ id: sold.id }], openAt: "2098-01-01T00:00:00Z" });
    const paused = await shop.queue({ holds: [{ id: sold.id }] });
    await shop.call("POST", `/api/v1/queues/${paused.id}/pause`);
    const open = await shop.queue({ holds: [{ id: sold.id }] });
    const statusOf = async ({ id }: { id: string }) => (await board(id)).status;
    await withController(() =>
      server.until(
        () => statusOf(open),
        (status) => status === "CLOSED",
      ),
    );
    expect([await statusOf(empty), await statusOf(early), await statusOf(paused)]).toEqual([
      "OPEN",
      "SCHEDULED",
      "PAUSED",
    ]);
    const [fan] = await joined(empty.id, 1);
    await print.setStock(1);
    await testLine(server.db, empty.id).tick();
    expect((await (fan as TestFan).status(empty.id)).body.status).toBe("ADMITTED");
  });

  it("tells those who listen of every change of what is left", async () => {
    const print = await stocked(shop, 5);
    const queue = await shop.queue({ holds: [{ id: print.id }] });
    const stream = await openStream(`${server.url}/api/v1/queues/${queue.id}/stream`);
    try {
      await shop.call("POST", "/api/v1/orders", {
        body: { items: [{ id: print.id, quantity: 3 }], paid: true },
      });
      await server.until(
        async () => mergedOf(stream),
        ({ stock }) => (stock as { left?: number } | undefined)?.left === 2,
      );
    } finally {
      await stream.abort();
    }
  });

  it("goes on where those who wait are to wait for what is given back", async () => {
    const print = await stocked(shop, 1);
    const queue = await shop.queue({ holds: [{ id: print.id }], whenSoldOut: "wait" });
    const [first, second] = await joined(queue.id, 2);
    await testLine(server.db, queue.id).tick();
    await complete(queue.id, first as TestFan);
    await withController(() => settledStock(queue.id, { soldOut: true }));
    expect((await (second as TestFan).status(queue.id)).body.status).toBe("QUEUED");
  });

  it("says of how many admissions something came back, once there were enough", async () => {
    const print = await stocked(shop, 20);
    const queue = await shop.queue({ holds: [{ id: print.id }], admissionExpirationSeconds: 10 });
    const fans = await joined(queue.id, 20);
    const line = testLine(server.db, queue.id);
    expect(await line.tick()).toMatchObject({ admitted: 20 });
    for (const fan of fans.slice(0, 15)) await complete(queue.id, fan);
    await server.advance(200_000);
    expect(await line.tick()).toMatchObject({ settled: 20 });
    expect(await settledStock(queue.id, { free: 5 })).toMatchObject({ left: 5, returnedPercent: 25 });
  });

  it("holds only what there is, and once each", async () => {
    const print = await stocked(shop, 1);
    const gone = strangeId("variant");
    const { body: withVariants } = await shop.call("POST", "/api/v1/products", {
      body: { name: "Boot", sku: "boot", variants: [{ name: "42", sku: "boot-42", stock: 3 }] },
    });
    const holds = [{ id: print.id }, { id: gone }, { id: print.id }, { id: withVariants.id }];
    const refusal = errorOf(
      await shop.call("POST", "/api/v1/queues", { body: { name: "Q", admitRate: 60, holds } }),
    );
    expect(refusal.issues?.map(({ type, path }) => [type, path[1]?.key])).toEqual([
      ["reference", 1],
      ["unique", 2],
      ["reference", 3],
    ]);
  });

  it("keeps what its admissions hold from the first join on", async () => {
    const print = await stocked(shop, 1);
    const queue = await shop.queue({ holds: [{ id: print.id, quantity: 2 }] });
    const patch = (holds: unknown) => shop.call("PATCH", `/api/v1/queues/${queue.id}`, { body: { holds } });
    expect((await patch([{ id: print.id }])).body.holds).toEqual([{ id: print.id, quantity: 1 }]);
    await joined(queue.id, 1);
    expect((await patch([{ id: print.id, quantity: 1 }])).status).toBe(200);
    expect(errorOf(await patch(null))).toMatchObject({
      code: "INVALID_STATE",
      details: { field: "holds", lastTicket: 1 },
    });
  });

  it("never lets stock be set below what is taken, nor what it holds be deleted", async () => {
    const print = await stocked(shop, 3);
    const queue = await shop.queue({ holds: [{ id: print.id }] });
    await joined(queue.id, 2);
    await testLine(server.db, queue.id).tick();
    const lower = await shop.call("PATCH", `/api/v1/products/${print.id}`, { body: { stock: 1 } });
    expect(errorOf(lower).issues).toMatchObject([{ type: "min_value", expected: "2", received: "1" }]);
    const removal = await shop.call("DELETE", `/api/v1/products/${print.id}`);
    expect(errorOf(removal)).toMatchObject({
      code: "RESOURCE_IN_USE",
      details: { heldItems: 1, hint: expect.stringMatching("archived") },
    });
    const variants = [{ name: "A2", sku: "a2" }];
    const split = await shop.call("PATCH", `/api/v1/products/${print.id}`, { body: { variants } });
    expect(errorOf(split).issues).toMatchObject([{ type: "enum", received: "3" }]);
  });

  async function withController(act: () => Promise<unknown>): Promise<void> {
    const log = createLog("silent");
    const controller = startLineController({
      database: server.db.database,
      log,
      metrics: createMetrics(),
      isPaused: () => false,
    });
    try {
      await act();
    } finally {
      await controller.stop();
    }
  }
});
