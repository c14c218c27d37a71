import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  drawAmong,
  errorOf,
  startTestReceiver,
  startTestServer,
  strangeId,
  type TestFan,
  type TestServer,
  type TestShop,
  testLine,
} from "../testing/index.ts";

const orders = "/api/v1/orders";
const brief = { admissionExpirationSeconds: 10, completionGraceSeconds: 5 };

describe("orders", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    shop = await server.shop();
  });

  const create = (body: object = {}, by: TestShop = shop) => by.call("POST", orders, { body });
  const read = async (id: unknown) => (await shop.call("GET", `${orders}/${id}`)).body;
  const complete = (id: unknown) => shop.call("POST", `${orders}/${id}/complete`);
  const cancel = (id: unknown, body?: object) =>
    shop.call("POST", `${orders}/${id}/cancel`, body === undefined ? {} : { body });
  const issuesOf = (answer: Parameters<typeof errorOf>[0]) =>
    errorOf(answer).issues?.map(({ type, path }) => [type, ...path.map(({ key }) => key)]);
  const admittedTo = async (queueId: string): Promise<TestFan> => {
    const fan = await shop.fan();
    await fan.enter(queueId);
    await testLine(server.db, queueId).tick();
    return fan;
  };
  const admissionOf = async (queueId: string, fan: TestFan): Promise<string> => {
    const { body } = await server.until(
      () => fan.status(queueId),
      (answer) => answer.body.status === "ADMITTED",
    );
    return (body.admission as { id: string }).id;
  };
  const statusOf = async (queueId: string, fan: TestFan) => {
    const rows = await testLine(server.db, queueId).stays();
    const mine = await shop.call("GET", `${orders}?consumerId=${fan.consumerId}`);
    return { entry: rows.map(({ status }) => status), orders: mine.body.data as { status: string }[] };
  };

  describe("made", () => {
    it("wait for payment, name nobody unless they are told, and have a place and an ETag", async () => {
      const answer = await create();
      const { id, createdAt } = answer.body;
      expect(answer.status).toBe(201);
      expect(answer.body).toEqual({
        id: expect.stringMatching(/^order_[0-9a-z]{26}$/),
        status: "PENDING",
        admissionId: null,
        distributionId: null,
        consumerId: null,
        externalId: null,
        items: [],
        total: null,
        currency: null,
        reason: null,
        refundReason: null,
        metadata: {},
        paidAt: null,
        heldUntil: null,
        cancelledAt: null,
        version: 1,
        createdAt,
        updatedAt: createdAt,
      });
      expect(answer.headers.get("location")).toBe(`${orders}/${id}`);
      expect(answer.headers.get("etag")).toBe('"1"');
      expect(await read(id)).toEqual(answer.body);
    });

    it("hold what was bought, with the SKU of each thing", async () => {
      const product = { name: "Boot", sku: "B", variants: [{ name: "42", sku: "B-42" }] };
      const { body: boot } = await shop.call("POST", "/api/v1/products", { body: product });
      const { body: lace } = await shop.call("POST", "/api/v1/products", {
        body: { name: "Lace", sku: "L" },
      });
      const [variant] = boot.variants as { id: string }[];
      const items = [
        { id: variant?.id, quantity: 2, price: "99.50" },
        { id: lace.id, quantity: 1 },
      ];
      const answer = await create({ items, total: "199.00", currency: "EUR", metadata: { till: "3" } });
      expect(answer.body).toMatchObject({
        items: [
          { id: variant?.id, sku: "B-42", quantity: 2, price: "99.50" },
          { id: lace.id, sku: "L", quantity: 1, price: null },
        ],
        total: "199.00",
        currency: "EUR",
        metadata: { till: "3" },
      });
      expect(issuesOf(await create({ items: [{ id: boot.id, quantity: 1 }] }))).toEqual([
        ["reference", "items", 0, "id"],
      ]);
      const dear = [{ id: lace.id, quantity: 1, price: "1.005" }];
      expect(issuesOf(await create({ items: dear, currency: "EUR" }))).toEqual([
        ["pattern", "items", 0, "price"],
      ]);
    });

    it("take the caller's own id once, and the shop's number once", async () => {
      const id = strangeId("order");
      expect((await create({ id, externalId: "1001" })).body).toMatchObject({ id, externalId: "1001" });
      expect(errorOf(await create({ id })).code).toBe("ALREADY_EXISTS");
      expect(issuesOf(await create({ externalId: "1001" }))).toEqual([["unique", "externalId"]]);
      expect((await create({ externalId: "1001" }, await server.shop())).status).toBe(201);
    });

    it("at once under one number of the shop's are one order", async () => {
      const answers = await Promise.all(Array.from({ length: 8 }, () => create({ externalId: "1001" })));
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
      for (const answer of answers)
        if (answer.status !== 201) expect(issuesOf(answer)).toEqual([["unique", "externalId"]]);
    });

    it.each<[string, Record<string, unknown>, unknown[][]]>([
      ["nobody's admission", { admissionId: strangeId("admission") }, [["reference", "admissionId"]]],
      [
        "nobody's queue",
        { queueId: strangeId("queue"), consumerId: strangeId("consumer") },
        [["reference", "queueId"]],
      ],
      [
        "nobody's draw",
        { drawId: strangeId("draw"), consumerId: strangeId("consumer") },
        [["reference", "drawId"]],
      ],
      ["a queue and nobody in it", { queueId: strangeId("queue") }, [["required", "consumerId"]]],
      ["a consumer who is nowhere", { consumerId: strangeId("consumer") }, [["required", "queueId"]]],
      [
        "an admission and a consumer",
        { admissionId: strangeId("admission"), consumerId: strangeId("consumer") },
        [["pattern", "consumerId"]],
      ],
      ["an amount without its currency", { total: "12.00" }, [["required", "currency"]]],
      ["a part of a yen", { total: "12.50", currency: "JPY" }, [["pattern", "total"]]],
      [
        "nothing of ours",
        { items: [{ id: strangeId("product"), quantity: 1 }] },
        [["reference", "items", 0, "id"]],
      ],
    ])("for %s are refused", async (_, body, expected) => {
      expect(issuesOf(await create(body))).toEqual(expected);
    });

    it("for another organization's queue or admission are refused as if there were none", async () => {
      const stranger = await server.shop();
      const queue = await shop.queue();
      const fan = await admittedTo(queue.id);
      const admissionId = await admissionOf(queue.id, fan);
      const { consumerId } = fan;
      expect(issuesOf(await create({ admissionId }, stranger))).toEqual([["reference", "admissionId"]]);
      expect(issuesOf(await create({ queueId: queue.id, consumerId }, stranger))).toEqual([
        ["reference", "queueId"],
      ]);
    });

    it("for somebody who was never there, or is not admitted, are refused as long as nobody has paid", async () => {
      const queue = await shop.queue();
      const draw = await shop.draw();
      const consumerId = strangeId("consumer");
      expect(errorOf(await create({ queueId: queue.id, consumerId })).code).toBe("NOT_IN_QUEUE");
      expect(errorOf(await create({ drawId: draw.id, consumerId })).code).toBe("NOT_IN_DRAW");
      const fan = await shop.fan();
      await fan.enter(queue.id);
      expect(errorOf(await create({ queueId: queue.id, consumerId: fan.consumerId }))).toMatchObject({
        code: "INVALID_STATE",
        details: { state: "QUEUED" },
      });
    });
  });

  describe("paid", () => {
    it("use up the admission, once, and stay as they are when it is told again", async () => {
      const queue = await shop.queue();
      const fan = await admittedTo(queue.id);
      const admissionId = await admissionOf(queue.id, fan);
      const { body: made } = await create({ admissionId });
      expect(made).toMatchObject({
        status: "PENDING",
        admissionId,
        distributionId: queue.id,
        consumerId: fan.consumerId,
      });
      const paid = await complete(made.id);
      expect(paid.body).toMatchObject({ status: "PAID", version: 2, paidAt: expect.any(String) });
      expect((await statusOf(queue.id, fan)).entry).toEqual(["COMPLETED"]);
      const again = await complete(made.id);
      expect([again.status, again.body]).toEqual([200, paid.body]);
      const rows = await server.db.query("select order_id from admissions where order_id = $1", [made.id]);
      expect(rows).toHaveLength(1);
    });

    it("in one call are made and completed, by a consumer of a queue as well", async () => {
      const queue = await shop.queue();
      const fan = await admittedTo(queue.id);
      const answer = await create({ queueId: queue.id, consumerId: fan.consumerId, paid: true });
      expect([answer.status, answer.body.status, answer.body.version]).toEqual([201, "PAID", 1]);
      expect(answer.body.admissionId).toMatch(/^adm_/);
      expect((await fan.status(queue.id)).body.status).toBe("COMPLETED");
    });

    it("use up a win of a draw", async () => {
      const [one, two] = await shop.fans(2);
      if (one === undefined || two === undefined) throw new Error("no fans");
      const drawId = await drawAmong(server, shop, [one, two]);
      const { id: admissionId } = (await one.drawStatus(drawId)).body.admission as { id: string };
      const { body: made } = await create({ admissionId });
      expect((await complete(made.id)).body).toMatchObject({ status: "PAID", distributionId: drawId });
      const other = await create({ drawId, consumerId: two.consumerId, paid: true });
      expect(other.body).toMatchObject({ status: "PAID", consumerId: two.consumerId });
      for (const fan of [one, two]) expect((await fan.drawStatus(drawId)).body.status).toBe("COMPLETED");
      expect((await create({ admissionId, paid: true })).body).toMatchObject({
        status: "REFUND_NEEDED",
        refundReason: "ADMISSION_USED",
      });
    });

    it("with an admission that another order used need a refund, and with one that the shop completed for them do not", async () => {
      const queue = await shop.queue({ admissionExpirationSeconds: 3_600 });
      const fan = await admittedTo(queue.id);
      const { consumerId } = fan;
      const buyer = { queueId: queue.id, consumerId };
      const { body: first } = await create(buyer);
      await server.advance(901_000);
      const { body: second } = await create(buyer);
      const done = { body: { consumerId, orderId: "1001" } };
      expect((await shop.call("POST", `/api/v1/queues/${queue.id}/complete`, done)).status).toBe(200);
      const late = await complete(first.id);
      expect([late.status, late.body.status, late.body.refundReason]).toEqual([
        200,
        "REFUND_NEEDED",
        "ADMISSION_USED",
      ]);
      await shop.call("PATCH", `${orders}/${second.id}`, { body: { externalId: "1001" } });
      expect((await complete(second.id)).body.status).toBe("PAID");
    });

    it("twice at once with one admission are one before anybody pays, until it is cancelled", async () => {
      const queue = await shop.queue();
      const { consumerId } = await admittedTo(queue.id);
      const buyer = { queueId: queue.id, consumerId };
      const answers = await Promise.all(Array.from({ length: 8 }, () => create(buyer)));
      const [made, ...more] = answers.filter(({ status }) => status === 201);
      expect([made?.body.status, more]).toEqual(["PENDING", []]);
      for (const answer of answers.filter(({ status }) => status !== 201))
        expect(errorOf(answer)).toMatchObject({
          code: "ADMISSION_USED",
          details: { state: "PENDING", orderId: made?.body.id },
        });
      await cancel(made?.body.id);
      const { body: again } = await create(buyer);
      expect((await complete(again.id)).body.status).toBe("PAID");
    });

    it("with an admission that there is not need a refund, and keep its id", async () => {
      const admissionId = strangeId("admission");
      const answer = await create({ admissionId, paid: true, metadata: { till: "3" } });
      expect([answer.status, answer.body]).toMatchObject([
        201,
        {
          status: "REFUND_NEEDED",
          refundReason: "ADMISSION_UNKNOWN",
          admissionId: null,
          metadata: { till: "3", stanchion_admission: admissionId },
        },
      ]);
    });

    it("within the grace are honoured, and after it need a refund, whether a tick has seen the end or not", async () => {
      const queue = await shop.queue(brief);
      const [late, later, latest] = [
        await admittedTo(queue.id),
        await admittedTo(queue.id),
        await admittedTo(queue.id),
      ];
      const made = [];
      for (const { consumerId } of [late, later, latest])
        made.push((await create({ queueId: queue.id, consumerId })).body.id);
      await server.advance(12_000);
      expect((await complete(made[0])).body.status).toBe("PAID");
      await server.advance(4_000);
      const refunded = { status: "REFUND_NEEDED", refundReason: "ADMISSION_EXPIRED" };
      expect((await complete(made[1])).body).toMatchObject({ ...refunded, paidAt: expect.any(String) });
      await testLine(server.db, queue.id).tick();
      expect((await complete(made[2])).body).toMatchObject(refunded);
      expect((await complete(made[2])).body).toMatchObject({ ...refunded, version: 2 });
      const { consumerId } = latest;
      const again = await create({ queueId: queue.id, consumerId, paid: true });
      expect([again.status, again.body.status]).toEqual([201, "REFUND_NEEDED"]);
      expect(errorOf(await create({ queueId: queue.id, consumerId })).code).toBe("ADMISSION_EXPIRED");
    });

    it.each([
      ["left", "ADMISSION_LEFT"],
      ["was denied", "ADMISSION_DENIED"],
      ["still waits", "NOT_ADMITTED"],
      ["was never there", "ADMISSION_UNKNOWN"],
    ])("by somebody who %s need a refund and say why", async (what, refundReason) => {
      const queue = await shop.queue();
      const fan =
        what === "still waits" || what === "was never there" ? await shop.fan() : await admittedTo(queue.id);
      const { consumerId } = fan;
      if (what === "left") await fan.leave(queue.id);
      if (what === "was denied")
        await shop.call("POST", `/api/v1/queues/${queue.id}/deny`, { body: { consumerId, reason: "bot" } });
      if (what === "still waits") await fan.enter(queue.id);
      const { body } = await create({ queueId: queue.id, consumerId, paid: true });
      expect(body).toMatchObject({ status: "REFUND_NEEDED", refundReason, consumerId });
    });

    it("at once for one admission are one purchase", async () => {
      const queue = await shop.queue();
      const { consumerId } = await admittedTo(queue.id);
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => create({ queueId: queue.id, consumerId, paid: true })),
      );
      expect(answers.filter(({ body }) => body.status === "PAID")).toHaveLength(1);
      for (const { status, body } of answers.filter((answer) => answer.body.status !== "PAID"))
        expect([status, body.status, body.refundReason]).toEqual([201, "REFUND_NEEDED", "ADMISSION_USED"]);
      const { body: one } = await create();
      const told = await Promise.all(Array.from({ length: 8 }, () => complete(one.id)));
      expect(new Set(told.map(({ body }) => body.version))).toEqual(new Set([2]));
    });
  });

  describe("cancelled", () => {
    it("say why, leave the completed entry as it is, and stay as they are when it is told again", async () => {
      const queue = await shop.queue();
      const fan = await admittedTo(queue.id);
      const { body: made } = await create({ queueId: queue.id, consumerId: fan.consumerId, paid: true });
      const cancelled = await cancel(made.id, { reason: "Sent back" });
      expect(cancelled.body).toMatchObject({
        status: "CANCELLED",
        reason: "Sent back",
        paidAt: made.paidAt,
        cancelledAt: expect.any(String),
        version: 2,
      });
      expect((await cancel(made.id)).body).toEqual(cancelled.body);
      expect((await fan.status(queue.id)).body.status).toBe("COMPLETED");
      const told = await complete(made.id);
      expect([told.status, told.body]).toEqual([200, cancelled.body]);
    });

    it("before they were paid need a refund when the money comes all the same", async () => {
      const queue = await shop.queue();
      const fan = await admittedTo(queue.id);
      const { body: made } = await create({ queueId: queue.id, consumerId: fan.consumerId });
      await cancel(made.id);
      const paid = await complete(made.id);
      expect(paid.body).toMatchObject({ status: "REFUND_NEEDED", refundReason: "ORDER_CANCELLED" });
      expect((await cancel(made.id, { reason: "Paid back" })).body.status).toBe("CANCELLED");
      expect((await statusOf(queue.id, fan)).entry).toEqual(["ADMITTED"]);
    });
  });

  it("are changed in what the shop notes of them, under their version", async () => {
    const { body: made } = await create({
      externalId: "till-number-1001",
      metadata: { till: "3", note: "gift" },
    });
    const patch = (body: object, headers: Record<string, string> = {}) =>
      shop.call("PATCH", `${orders}/${made.id}`, { body, headers });
    const changed = await patch({ metadata: { note: null, clerk: "7" } });
    expect(changed.body).toMatchObject({
      externalId: "till-number-1001",
      metadata: { till: "3", clerk: "7" },
      version: 2,
    });
    expect(errorOf(await patch({}, { "If-Match": '"1"' })).details).toEqual({ version: 2 });
    await create({ externalId: "1002" });
    expect(issuesOf(await patch({ externalId: "1002" }))).toEqual([["unique", "externalId"]]);
    expect((await patch({ externalId: null })).body.externalId).toBeNull();
    expect(errorOf(await patch({ status: "PAID" })).code).toBe("UNKNOWN_FIELD");
    const log = await shop.call("GET", "/api/v1/audit-log?action=order.updated");
    expect(log.text).not.toContain("till-number-1001");
  });

  it("are listed newest first, by state, number, consumer and admission", async () => {
    const queue = await shop.queue();
    const { consumerId } = await admittedTo(queue.id);
    const { body: first } = await create({ externalId: "1001" });
    const { body: second } = await create({ queueId: queue.id, consumerId, paid: true });
    const found = async (query: string) =>
      ((await shop.call("GET", `${orders}?${query}`)).body.data as { id: string }[]).map(({ id }) => id);
    expect(await found("")).toEqual([second.id, first.id]);
    expect(await found("status=PENDING")).toEqual([first.id]);
    expect(await found("externalId=1001")).toEqual([first.id]);
    expect(await found(`consumerId=${consumerId}`)).toEqual([second.id]);
    expect(await found(`admissionId=${second.admissionId}`)).toEqual([second.id]);
    expect(await found("first=1")).toEqual([second.id]);
  });

  it("that are not there are 404, another organization's 403", async () => {
    const { body } = await create();
    const stranger = await server.shop();
    for (const [method, verb] of [
      ["GET", ""],
      ["PATCH", ""],
      ["POST", "/complete"],
      ["POST", "/cancel"],
    ] as const) {
      const ask = (by: TestShop, id: unknown) =>
        by.call(method, `${orders}/${id}${verb}`, method === "PATCH" ? { body: {} } : {});
      expect(errorOf(await ask(stranger, body.id)).code).toBe("OTHER_ORGANIZATION");
      expect(errorOf(await ask(shop, strangeId("order"))).code).toBe("ORDER_NOT_FOUND");
      expect(errorOf(await ask(shop, "order_1")).code).toBe("ORDER_NOT_FOUND");
    }
  });
});

describe("what is told of orders", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());

  it("is their way, with ids and amounts and nothing that could name a person", async () => {
    const shop = await server.shop();
    const receiver = await startTestReceiver();
    const types = ["order.created", "order.completed", "order.cancelled", "order.refund_needed"];
    const hook = { url: receiver.url, events: types };
    expect((await shop.call("POST", "/api/v1/webhook-endpoints", { body: hook })).status).toBe(201);
    const told = (count: number) =>
      server.until(
        async () => receiver.received.map(({ body }) => body),
        (all) => all.length >= count,
      );
    const queue = await shop.queue();
    const fan = await shop.fan();
    await fan.enter(queue.id);
    await server.until(
      () => fan.status(queue.id),
      ({ body }) => body.status === "ADMITTED",
    );
    const buyer = { queueId: queue.id, consumerId: fan.consumerId };
    const bought = { ...buyer, externalId: "for-grace", metadata: { for: "grace" }, paid: true };
    const { body: made } = await shop.call("POST", orders, { body: bought });
    await shop.call("POST", `${orders}/${made.id}/cancel`, {
      body: { reason: "grace has changed her mind" },
    });
    const { body: late } = await shop.call("POST", orders, { body: {} });
    await shop.call("POST", `${orders}/${late.id}/cancel`);
    await shop.call("POST", `${orders}/${late.id}/complete`);
    const all = await told(6);
    const of = (id: unknown) => all.filter(({ data }) => data.id === id);
    expect(of(made.id).map(({ type, data }) => [type, data.sequence, data.status])).toEqual([
      ["order.created", 1, "PAID"],
      ["order.completed", 2, "PAID"],
      ["order.cancelled", 3, "CANCELLED"],
    ]);
    expect(
      of(late.id)
        .map(({ type }) => type)
        .sort(),
    ).toEqual(["order.cancelled", "order.created", "order.refund_needed"]);
    expect(of(made.id)[0]?.data).toMatchObject({ distributionId: queue.id, consumerId: fan.consumerId });
    expect(JSON.stringify(all)).not.toContain("grace");
    await receiver.stop();
  });
});
