import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createLog } from "../platform/log.ts";
import {
  drawAmong,
  errorOf,
  startTestServer,
  type TestFan,
  type TestServer,
  type TestShop,
  testLine,
} from "../testing/index.ts";
import { startHoldWatch } from "./release-stale-orders.ts";

const orders = "/api/v1/orders";

describe("the stock of orders", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    shop = await server.shop();
  });

  let made = 0;
  const product = async (stock: number): Promise<string> => {
    made += 1;
    const body = { name: "Print", sku: `P-${made}`, stock };
    return String((await shop.call("POST", "/api/v1/products", { body })).body.id);
  };
  const levelOf = async (id: string) => {
    const { body } = await shop.call("GET", `/api/v1/products/${id}`);
    const [level] = body.stockLevels as { reserved: number; sold: number; available: number }[];
    return [level?.reserved, level?.sold, level?.available];
  };
  const create = (body: object) => shop.call("POST", orders, { body });
  const of = (id: string, quantity = 1) => [{ id, quantity }];
  const complete = (id: unknown) => shop.call("POST", `${orders}/${id}/complete`);
  const cancel = (id: unknown) => shop.call("POST", `${orders}/${id}/cancel`);
  const admittedTo = async (queueId: string): Promise<TestFan> => {
    const fan = await shop.fan();
    await fan.enter(queueId);
    await testLine(server.db, queueId).tick();
    return fan;
  };

  it("is given back by an order that nobody pays in time, and can be sold to it later as long as it is there", async () => {
    const print = await product(2);
    const { body: order } = await create({ items: of(print, 2), holdSeconds: 60 });
    expect(typeof order.heldUntil).toBe("string");
    const { body: patient } = await create({ items: [] });
    expect(patient.heldUntil).toBeNull();
    const watch = startHoldWatch({
      database: server.db.database,
      log: createLog("silent"),
      isPaused: () => false,
    });
    try {
      await server.advance(59_000);
      expect(await levelOf(print)).toEqual([2, 0, 0]);
      await server.advance(2_000);
      await server.until(
        () => levelOf(print),
        ([reserved]) => reserved === 0,
      );
    } finally {
      await watch.stop();
    }
    const { body: read } = await shop.call("GET", `${orders}/${order.id}`);
    expect(read).toMatchObject({ status: "PENDING", heldUntil: null, version: 2 });
    expect((await complete(order.id)).body).toMatchObject({ status: "PAID", heldUntil: null });
    expect(await levelOf(print)).toEqual([0, 2, 0]);
  });

  it("is held while nobody has paid, sold when somebody has, and there again when the order is cancelled", async () => {
    const print = await product(5);
    const { body: order } = await create({ items: [...of(print, 2), ...of(print)] });
    expect(await levelOf(print)).toEqual([3, 0, 2]);
    await complete(order.id);
    await complete(order.id);
    expect(await levelOf(print)).toEqual([0, 3, 2]);
    await cancel(order.id);
    await cancel(order.id);
    expect(await levelOf(print)).toEqual([0, 0, 5]);
    const { body: other } = await create({ items: of(print, 5) });
    await cancel(other.id);
    expect(await levelOf(print)).toEqual([0, 0, 5]);
  });

  it("that is not there is refused before anybody pays, and needs a refund once somebody has", async () => {
    const [print, frame] = [await product(1), await product(5)];
    const items = [...of(print, 2), ...of(frame)];
    expect(errorOf(await create({ items }))).toMatchObject({
      code: "OUT_OF_STOCK",
      details: { items: [{ id: print, available: 1 }] },
    });
    const { body: paid } = await create({ items, paid: true });
    expect(paid).toMatchObject({ status: "REFUND_NEEDED", refundReason: "OUT_OF_STOCK" });
    for (const [id, free] of [
      [print, 1],
      [frame, 5],
    ] as const)
      expect(await levelOf(id)).toEqual([0, 0, free]);
  });

  it("that the admission holds is the order's, and what it holds beyond that is free", async () => {
    const [print, frame] = [await product(1), await product(3)];
    const queue = await shop.queue({ holds: [{ id: print }, { id: frame, quantity: 2 }] });
    const { consumerId } = await admittedTo(queue.id);
    expect([await levelOf(print), await levelOf(frame)]).toEqual([
      [1, 0, 0],
      [2, 0, 1],
    ]);
    const { body: order } = await create({
      queueId: queue.id,
      consumerId,
      items: [...of(print), ...of(frame)],
    });
    expect([await levelOf(print), await levelOf(frame)]).toEqual([
      [1, 0, 0],
      [2, 0, 1],
    ]);
    expect((await complete(order.id)).body.status).toBe("PAID");
    expect([await levelOf(print), await levelOf(frame)]).toEqual([
      [0, 1, 0],
      [0, 1, 2],
    ]);
    await cancel(order.id);
    expect([await levelOf(print), await levelOf(frame)]).toEqual([
      [0, 0, 1],
      [0, 0, 3],
    ]);
  });

  it("beyond what the admission holds is held by the order itself", async () => {
    const print = await product(3);
    const queue = await shop.queue({ holds: [{ id: print }] });
    const { consumerId } = await admittedTo(queue.id);
    const buyer = { queueId: queue.id, consumerId };
    expect(errorOf(await create({ ...buyer, items: of(print, 4) })).code).toBe("OUT_OF_STOCK");
    const { body: order } = await create({ ...buyer, items: of(print, 3) });
    expect(await levelOf(print)).toEqual([3, 0, 0]);
    await complete(order.id);
    expect(await levelOf(print)).toEqual([0, 3, 0]);
  });

  it("of an order that names nothing is what the admission holds, in lines and draws, also where it was completed before", async () => {
    const print = await product(3);
    const holds = [{ id: print }];
    const [queue, fan] = [await shop.queue({ holds }), await shop.fan()];
    const { consumerId } = await admittedTo(queue.id);
    const drawId = await drawAmong(server, shop, [fan], { holds });
    const inLine = await create({ queueId: queue.id, consumerId, paid: true });
    const inDraw = await create({ drawId, consumerId: fan.consumerId, paid: true });
    expect(await levelOf(print)).toEqual([0, 2, 1]);
    for (const { body } of [inLine, inDraw]) await cancel(body.id);
    expect(await levelOf(print)).toEqual([0, 0, 3]);
    const late = await admittedTo(queue.id);
    const done = { consumerId: late.consumerId, orderId: "1001" };
    await shop.call("POST", `/api/v1/queues/${queue.id}/complete`, { body: done });
    const buyer = { queueId: queue.id, consumerId: late.consumerId };
    const { body: order } = await create({ ...buyer, externalId: "1001", items: of(print), paid: true });
    expect([order.status, await levelOf(print)]).toEqual(["PAID", [0, 1, 2]]);
    await cancel(order.id);
    expect(await levelOf(print)).toEqual([0, 0, 3]);
  });

  it("of an admission that was completed for the order comes back with it, paid or not, beyond what it names too", async () => {
    const print = await product(4);
    const queue = await shop.queue({ holds: [{ id: print, quantity: 2 }] });
    const usedUp = async (name: (orderId: string) => string, externalId: string) => {
      const { consumerId } = await admittedTo(queue.id);
      const made = await create({ queueId: queue.id, consumerId, externalId, items: of(print) });
      const body = { consumerId, orderId: name(String(made.body.id)) };
      expect((await shop.call("POST", `/api/v1/queues/${queue.id}/complete`, { body })).status).toBe(200);
      expect(await levelOf(print)).toEqual([0, 2, 2]);
      return made.body.id;
    };
    await cancel(await usedUp((id) => id, "X2"));
    expect(await levelOf(print)).toEqual([0, 0, 4]);
    await cancel(await usedUp(() => "X3", "X3"));
    expect(await levelOf(print)).toEqual([0, 0, 4]);
    const paid = await usedUp(() => "X4", "X4");
    expect((await complete(paid)).body.status).toBe("PAID");
    expect(await levelOf(print)).toEqual([0, 1, 3]);
    await cancel(paid);
    expect(await levelOf(print)).toEqual([0, 0, 4]);
  });

  it("that a late buyer held is free for others, and so is what the order held besides", async () => {
    const print = await product(2);
    const brief = { admissionExpirationSeconds: 10, completionGraceSeconds: 0 };
    const queue = await shop.queue({ holds: [{ id: print }], ...brief });
    const { consumerId } = await admittedTo(queue.id);
    const { body: order } = await create({ queueId: queue.id, consumerId, items: of(print, 2) });
    await server.advance(11_000);
    await testLine(server.db, queue.id).tick();
    expect(await levelOf(print)).toEqual([1, 0, 1]);
    expect((await complete(order.id)).body).toMatchObject({ refundReason: "ADMISSION_EXPIRED" });
    expect(await levelOf(print)).toEqual([0, 0, 2]);
  });

  it("is never oversold by orders that come at once, in whatever order they name their items", async () => {
    const [print, frame] = [await product(6), await product(6)];
    const bodies = Array.from({ length: 20 }, (_, n) => ({
      items: n % 2 === 0 ? [...of(print), ...of(frame)] : [...of(frame), ...of(print)],
      paid: n % 4 < 2,
    }));
    const answers = await Promise.all(bodies.map(create));
    const states = answers.map((answer) =>
      String(answer.status === 201 ? answer.body.status : errorOf(answer).code),
    );
    const pending = states.filter((state) => state === "PENDING").length;
    const paid = states.filter((state) => state === "PAID").length;
    expect(pending + paid).toBe(6);
    const known = ["PENDING", "PAID", "REFUND_NEEDED", "OUT_OF_STOCK"];
    expect(states.filter((state) => !known.includes(state))).toEqual([]);
    for (const id of [print, frame]) expect(await levelOf(id)).toEqual([pending, paid, 0]);
    const waiting = answers.filter(({ body }) => body.status === "PENDING").map(({ body }) => body.id);
    await Promise.all(
      waiting.flatMap((id, n) => (n % 2 === 0 ? [complete(id)] : [complete(id), cancel(id)])),
    );
    for (const id of [print, frame]) {
      const [reserved, sold, available] = (await levelOf(id)) as number[];
      expect([reserved, (sold ?? 0) + (available ?? 0)]).toEqual([0, 6]);
    }
  });

  it("is sold once to each of many who are admitted and pay at once", async () => {
    const print = await product(6);
    const queue = await shop.queue({ holds: [{ id: print }], whenSoldOut: "wait" });
    const fans = await shop.fans(6);
    for (const fan of fans) await fan.enter(queue.id);
    await testLine(server.db, queue.id).tick();
    const counter = Array.from({ length: 6 }, () => create({ items: of(print), paid: true }));
    const line = fans.flatMap(({ consumerId }) => {
      const body = { queueId: queue.id, consumerId, items: of(print), paid: true };
      return [create(body), create(body)];
    });
    const answers = await Promise.all([...counter, ...line]);
    expect(answers.filter(({ body }) => body.status === "PAID")).toHaveLength(6);
    expect(await levelOf(print)).toEqual([0, 6, 0]);
  });
});
