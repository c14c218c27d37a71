import { createHmac } from "node:crypto";
import Stripe from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type CallOptions,
  errorOf,
  standardSigned,
  startTestServer,
  strangeId,
  type TestAnswer,
  type TestFan,
  type TestServer,
  type TestShop,
  testLine,
} from "../testing/index.ts";

const hooks = "/api/v1/hooks";
const orders = "/api/v1/orders";
const json = { "Content-Type": "application/json" };

describe("what shop systems report", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    shop = await server.shop();
  });

  const makeHook = async (body: object) => {
    const made = await shop.call("POST", hooks, { body });
    expect(made.status).toBe(201);
    return made.body as { id: string; secret: string };
  };
  const send = (id: unknown, options: CallOptions): Promise<TestAnswer> =>
    server.call("POST", `${hooks}/${id}`, options);
  const orderOf = async (externalId: string) => {
    const { body } = await shop.call("GET", `${orders}?externalId=${externalId}`);
    return (body.data as Record<string, unknown>[])[0];
  };
  const admitted = async (settings: Record<string, unknown> = {}) => {
    const queue = await shop.queue(settings);
    const fan = await shop.fan();
    await fan.enter(queue.id);
    await testLine(server.db, queue.id).tick();
    const { body } = await server.until(
      () => fan.status(queue.id),
      (answer) => answer.body.status === "ADMITTED",
    );
    return { queue, fan, admissionId: (body.admission as { id: string }).id };
  };
  const entryOf = async (queueId: string, fan: TestFan) => (await fan.status(queueId)).body.status;

  describe("by Standard Webhooks", () => {
    const sender = async () => {
      const { id, secret } = await makeHook({ source: "hmac" });
      return {
        id,
        secret,
        tell: (type: string, data: object, more: { id?: string; sentAt?: Date } = {}) =>
          send(id, standardSigned(secret, JSON.stringify({ type, data }), more)),
      };
    };

    it("completes and cancels the order of its number, with the admission that it names", async () => {
      const { tell } = await sender();
      const { queue, fan, admissionId } = await admitted();
      const paid = await tell("order.paid", {
        externalId: "1001",
        admissionId,
        total: "12.00",
        currency: "EUR",
      });
      const order = await orderOf("1001");
      expect([paid.status, paid.body]).toEqual([200, { result: "COMPLETED", orderId: order?.id }]);
      expect(order).toMatchObject({
        status: "PAID",
        admissionId,
        consumerId: fan.consumerId,
        total: "12.00",
      });
      expect(await entryOf(queue.id, fan)).toBe("COMPLETED");
      const cancelled = await tell("order.cancelled", { externalId: "1001", reason: "Sent back" });
      expect(cancelled.body).toEqual({ result: "CANCELLED", orderId: order?.id });
      expect(await orderOf("1001")).toMatchObject({ status: "CANCELLED", reason: "Sent back" });
      expect((await tell("order.paid", { externalId: "1001" })).body.result).toBe("CANCELLED");
    });

    it("completes an order that the shop's server has made, for whoever is named by it or by the report", async () => {
      const { tell } = await sender();
      const { queue, fan } = await admitted();
      const buyer = { queueId: queue.id, consumerId: fan.consumerId };
      const { body: made } = await shop.call("POST", orders, { body: { externalId: "1001" } });
      expect((await tell("order.paid", { externalId: "1001", ...buyer })).body).toEqual({
        result: "COMPLETED",
        orderId: made.id,
      });
      expect(await entryOf(queue.id, fan)).toBe("COMPLETED");
    });

    it("does what is sent again once, and answers it as before", async () => {
      const { tell } = await sender();
      const { admissionId } = await admitted();
      const report = { externalId: "1001", admissionId };
      const answers = await Promise.all(
        Array.from({ length: 6 }, () => tell("order.paid", report, { id: "evt_1" })),
      );
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      expect(await orderOf("1001")).toMatchObject({ status: "PAID", version: 2 });
      await tell("order.cancelled", { externalId: "1001" });
      expect((await tell("order.paid", report, { id: "evt_1" })).body.result).toBe("COMPLETED");
      expect((await orderOf("1001"))?.status).toBe("CANCELLED");
    });

    it("of one number in two messages at once is one order", async () => {
      const { tell } = await sender();
      const answers = await Promise.all([
        ...Array.from({ length: 4 }, () => tell("order.paid", { externalId: "1001" })),
        ...Array.from({ length: 4 }, () => tell("order.cancelled", { externalId: "1001" })),
      ]);
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
      expect(new Set(answers.map(({ body }) => body.orderId)).size).toBe(1);
    });

    it("of somebody who has paid and cannot be let in is never refused", async () => {
      const { tell } = await sender();
      const { queue, fan, admissionId } = await admitted();
      await tell("order.paid", { externalId: "1001", admissionId });
      const refund = async (externalId: string, more: object) => {
        expect((await tell("order.paid", { externalId, ...more })).body.result).toBe("REFUND_NEEDED");
        return (await orderOf(externalId))?.refundReason;
      };
      expect(await refund("1002", { admissionId })).toBe("ADMISSION_USED");
      expect(await refund("1003", { admissionId: strangeId("admission") })).toBe("ADMISSION_UNKNOWN");
      expect((await orderOf("1003"))?.metadata).toEqual({
        stanchion_admission: expect.stringMatching(/^adm_/),
      });
      const { consumerId } = await shop.fan();
      expect(await refund("1004", { queueId: queue.id, consumerId })).toBe("ADMISSION_UNKNOWN");
      expect(fan.consumerId).not.toBe(consumerId);
      expect((await tell("order.cancelled", { externalId: "1005" })).body.result).toBe("CANCELLED");
      expect(await refund("1005", {})).toBe("ORDER_CANCELLED");
    });

    it("has items by their ids and SKUs; what is not known stays as the shop calls it", async () => {
      const { tell } = await sender();
      const { body: print } = await shop.call("POST", "/api/v1/products", {
        body: { name: "Print", sku: "P-1" },
      });
      const items = [
        { id: print.id, quantity: 1 },
        { sku: "P-1", quantity: 2 },
        { sku: "MUG", quantity: 3 },
      ];
      await tell("order.paid", { externalId: "1001", items, unheardOf: true });
      expect((await orderOf("1001"))?.items).toEqual([
        { id: print.id, sku: "P-1", quantity: 1, price: null },
        { id: print.id, sku: "P-1", quantity: 2, price: null },
        { id: null, sku: "MUG", quantity: 3, price: null },
      ]);
    });

    it("is ignored where its type is none of ours, and refused where it cannot be read", async () => {
      const { id, secret, tell } = await sender();
      expect((await tell("customer.created", {})).body).toEqual({ result: "IGNORED", orderId: null });
      const refused = async (rawBody: string, headers: Record<string, string> = {}) => {
        const signed = standardSigned(secret, rawBody);
        return errorOf(await send(id, { ...signed, headers: { ...signed.headers, ...headers } }));
      };
      expect((await refused("{")).code).toBe("INVALID_JSON");
      expect((await refused("[]")).code).toBe("INVALID_JSON");
      expect((await refused('{"a":1}', { "Content-Type": "text/plain" })).code).toBe(
        "UNSUPPORTED_MEDIA_TYPE",
      );
      expect((await refused('{"type":7}')).code).toBe("INVALID_FIELD_TYPE");
      expect((await refused('{"type":"order.paid","data":{}}')).issues).toMatchObject([
        { type: "required", path: [{ key: "data" }, { key: "externalId" }] },
      ]);
      expect((await refused('{"type":"order.paid","data":{"externalId":"1","total":"x"}}')).code).toBe(
        "VALIDATION_ERROR",
      );
    });

    it("is no one's whose signature does not hold, is of another body, too old or too early", async () => {
      const { id, secret, tell } = await sender();
      const other = await sender();
      const raw = JSON.stringify({ type: "order.paid", data: { externalId: "1001" } });
      const good = standardSigned(secret, raw);
      const minutes = (count: number) => ({ sentAt: new Date(Date.now() + count * 60_000) });
      const bad = [
        await send(id, { rawBody: raw, headers: json }),
        await send(id, standardSigned(other.secret, raw)),
        await send(id, { ...good, rawBody: `${raw} ` }),
        await send(id, { ...good, headers: { ...good.headers, "webhook-signature": "v1" } }),
        await send(id, { ...good, headers: { ...good.headers, "webhook-id": "another" } }),
        await tell("order.paid", { externalId: "1001" }, minutes(-6)),
        await tell("order.paid", { externalId: "1001" }, minutes(6)),
        await send(id, { rawBody: "{", headers: json }),
      ];
      for (const answer of bad) expect([answer.status, errorOf(answer).code]).toEqual([401, "INVALID_TOKEN"]);
      expect(await orderOf("1001")).toBeUndefined();
      expect((await send(id, good)).status).toBe(200);
    });

    it("is taken by the secret of before too while it is rotated, and no longer than that", async () => {
      const { id, secret } = await sender();
      const path = `${hooks}/${id}/rotate-secret`;
      const { body } = await shop.call("POST", path, { body: { overlapSeconds: 3_600 } });
      const raw = JSON.stringify({ type: "order.melted" });
      for (const good of [secret, String(body.secret)])
        expect((await send(id, standardSigned(good, raw))).status).toBe(200);
      await shop.call("POST", path, { body: { overlapSeconds: 0 } });
      for (const past of [secret, String(body.secret)])
        expect((await send(id, standardSigned(past, raw))).status).toBe(401);
    });

    it("goes nowhere where there is no such hook, or none any more", async () => {
      const { id, secret } = await sender();
      const signed = standardSigned(secret, "{}");
      expect(errorOf(await send(strangeId("hook"), signed)).code).toBe("HOOK_NOT_FOUND");
      await shop.call("DELETE", `${hooks}/${id}`);
      expect(errorOf(await send(id, signed)).code).toBe("HOOK_NOT_FOUND");
    });

    it("is on the record as the server's own doing, with the hook that it came by", async () => {
      const { id, tell } = await sender();
      await tell("order.paid", { externalId: "1001" });
      const { body } = await shop.call("GET", "/api/v1/audit-log?action=order.completed");
      expect(body.data).toMatchObject([{ actor: { type: "system" }, related: [id] }]);
    });
  });

  describe("by Shopify", () => {
    const secret = "shpss_of_the_shop";
    let sent = 0;
    const signed = (topic: string, order: object, more: Record<string, string> = {}): CallOptions => {
      sent += 1;
      const rawBody = JSON.stringify(order);
      const signature = createHmac("sha256", secret).update(rawBody, "utf8").digest("base64");
      return {
        rawBody,
        headers: {
          ...json,
          "X-Shopify-Topic": topic,
          "X-Shopify-Hmac-Sha256": signature,
          "X-Shopify-Webhook-Id": `${topic} ${sent}`,
          ...more,
        },
      };
    };
    const shopifyOrder = (admissionId: string | null, more: object = {}) => ({
      id: 5_678_901_234_567,
      name: "#1001",
      email: "grace@example.com",
      total_price: "398.00",
      currency: "EUR",
      cancelled_at: null,
      note_attributes: admissionId === null ? [] : [{ name: "stanchion_admission", value: admissionId }],
      line_items: [
        { sku: "P-1", title: "Print", quantity: 1, price: "199.00" },
        { sku: "", title: "Gift wrapping", quantity: 1, price: "199.00" },
      ],
      ...more,
    });

    it("completes and cancels, with the items that are known by their SKUs", async () => {
      const { id } = await makeHook({ source: "shopify", secret });
      const { body: print } = await shop.call("POST", "/api/v1/products", {
        body: { name: "Print", sku: "P-1" },
      });
      const { queue, fan, admissionId } = await admitted();
      const order = shopifyOrder(admissionId);
      const paid = await send(id, signed("orders/paid", order));
      expect(paid.body.result).toBe("COMPLETED");
      expect(await entryOf(queue.id, fan)).toBe("COMPLETED");
      const made = await orderOf("5678901234567");
      expect(made).toMatchObject({
        status: "PAID",
        admissionId,
        total: "398.00",
        currency: "EUR",
        items: [
          { id: print.id, sku: "P-1", quantity: 1, price: "199.00" },
          { id: null, sku: "Gift wrapping", quantity: 1, price: "199.00" },
        ],
      });
      expect(JSON.stringify(made)).not.toContain("grace");
      const cancelled = { ...order, cancelled_at: "2026-11-27T10:00:00Z", cancel_reason: "customer" };
      expect((await send(id, signed("orders/cancelled", cancelled))).body.result).toBe("CANCELLED");
      expect(await orderOf("5678901234567")).toMatchObject({ status: "CANCELLED", reason: "customer" });
    });

    it("leaves alone what concerns no admission and nothing that is known here, and other topics", async () => {
      const { id } = await makeHook({ source: "shopify", secret });
      const ignored = { result: "IGNORED", orderId: null };
      expect((await send(id, signed("orders/paid", shopifyOrder(null)))).body).toEqual(ignored);
      expect((await send(id, signed("products/update", { id: 1 }))).body).toEqual(ignored);
      expect((await shop.call("GET", orders)).body.data).toEqual([]);
      const strange = await send(id, signed("orders/paid", shopifyOrder("adm_of_nobody")));
      expect(strange.body.result).toBe("REFUND_NEEDED");
    });

    it("believes what was signed, and not the headers beside it", async () => {
      const { id } = await makeHook({ source: "shopify", secret });
      const { admissionId } = await admitted();
      const paid = signed("orders/paid", shopifyOrder(admissionId));
      expect((await send(id, paid)).body.result).toBe("COMPLETED");
      const turned = { "X-Shopify-Topic": "orders/cancelled", "X-Shopify-Webhook-Id": "another" };
      const again = await send(id, { ...paid, headers: { ...paid.headers, ...turned } });
      expect(again.body.result).toBe("IGNORED");
      expect((await orderOf("5678901234567"))?.status).toBe("PAID");
      const forged = { ...paid.headers, "X-Shopify-Hmac-Sha256": Buffer.alloc(32).toString("base64") };
      expect(errorOf(await send(id, { ...paid, headers: forged })).code).toBe("INVALID_TOKEN");
    });
  });

  describe("by Stripe", () => {
    const secret = "whsec_of_the_stripe_account";
    const stripe = new Stripe("sk_test_of_nobody");
    let events = 0;
    const signed = (type: string, object: object, more: { timestamp?: number } = {}): CallOptions => {
      events += 1;
      const payload = JSON.stringify({ id: `evt_${events}`, object: "event", type, data: { object } });
      const signature = stripe.webhooks.generateTestHeaderString({ payload, secret, ...more });
      return { rawBody: payload, headers: { ...json, "Stripe-Signature": signature } };
    };
    const session = (admissionId: string, more: object = {}) => ({
      id: "cs_test_1",
      object: "checkout.session",
      payment_intent: "pi_1",
      payment_status: "paid",
      client_reference_id: null,
      metadata: { stanchion_admission: admissionId },
      amount_total: 19_900,
      currency: "eur",
      ...more,
    });
    const charge = (refunded: boolean) => ({
      id: "ch_1",
      object: "charge",
      payment_intent: "pi_1",
      refunded,
      metadata: {},
    });

    it("completes at the end of a checkout, and cancels what was paid back whole", async () => {
      const { id } = await makeHook({ source: "stripe", secret });
      const { queue, fan, admissionId } = await admitted();
      const paid = await send(id, signed("checkout.session.completed", session(admissionId)));
      expect(paid.body.result).toBe("COMPLETED");
      expect(await orderOf("pi_1")).toMatchObject({ status: "PAID", total: "199.00", currency: "EUR" });
      expect(await entryOf(queue.id, fan)).toBe("COMPLETED");
      expect((await send(id, signed("charge.refunded", charge(false)))).body.result).toBe("IGNORED");
      expect((await send(id, signed("charge.refunded", charge(true)))).body.result).toBe("CANCELLED");
    });

    it("waits for money that comes days later, by the reference where there is no metadata", async () => {
      const { id } = await makeHook({ source: "stripe", secret });
      const { queue, fan, admissionId } = await admitted();
      const later = { metadata: {}, client_reference_id: admissionId, amount_total: 19_900, currency: "jpy" };
      const unpaid = session(admissionId, { ...later, payment_status: "unpaid" });
      const waiting = await send(id, signed("checkout.session.completed", unpaid));
      expect(waiting.body.result).toBe("PENDING");
      expect(await entryOf(queue.id, fan)).toBe("ADMITTED");
      const money = signed("checkout.session.async_payment_succeeded", session(admissionId, later));
      expect((await send(id, money)).body.result).toBe("COMPLETED");
      expect(await orderOf("pi_1")).toMatchObject({ status: "PAID", total: "19900", currency: "JPY" });
      expect(await entryOf(queue.id, fan)).toBe("COMPLETED");
      const nobodys = session("adm_of_nobody", { payment_intent: "pi_2", payment_status: "unpaid" });
      await send(id, signed("checkout.session.completed", nobodys));
      const paid = { ...nobodys, payment_status: "paid" };
      await send(id, signed("checkout.session.async_payment_succeeded", paid));
      expect(await orderOf("pi_2")).toMatchObject({ refundReason: "ADMISSION_UNKNOWN" });
    });

    it("is no one's whose signature does not hold or is five minutes old, and other events are ignored", async () => {
      const { id } = await makeHook({ source: "stripe", secret });
      const good = signed("checkout.session.completed", session(strangeId("admission")));
      const now = Math.floor(Date.now() / 1_000);
      const old = signed("checkout.session.completed", session("adm_1"), { timestamp: now - 301 });
      const bad = [
        old,
        signed("checkout.session.completed", session("adm_1"), { timestamp: now + 301 }),
        { ...good, rawBody: String(good.rawBody).replace("pi_1", "pi_2") },
        { ...good, headers: json },
        { ...good, headers: { ...json, "Stripe-Signature": "t=,v1=" } },
        { ...good, headers: { ...json, "Stripe-Signature": `t=${now},v1=00,v0=00` } },
      ];
      for (const one of bad) expect((await send(id, one)).status).toBe(401);
      expect((await send(id, signed("customer.created", { id: "cus_1" }))).body.result).toBe("IGNORED");
    });
  });
});

describe("a shop system that fails or hurries", () => {
  it("is counted by its address where its signature does not hold, and by the organization where it does", async () => {
    const rateLimits = {
      webhook: { limit: 3, windowSeconds: 60 },
      general: { limit: 1_000, windowSeconds: 60 },
    };
    const server = await startTestServer({
      isWorker: false,
      env: { RATE_LIMITS: JSON.stringify(rateLimits) },
    });
    const shop = await server.shop();
    const { body } = await shop.call("POST", hooks, { body: { source: "hmac" } });
    const { id, secret } = body as { id: string; secret: string };
    const bad = () => server.call("POST", `${hooks}/${id}`, { rawBody: "{}", headers: json });
    const good = () =>
      server.call("POST", `${hooks}/${id}`, standardSigned(secret, JSON.stringify({ type: "order.melted" })));
    expect([(await bad()).status, (await bad()).status]).toEqual([401, 401]);
    const taken = [await good(), await good(), await good(), await good()];
    expect(taken.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(taken[0]?.headers.get("x-ratelimit-limit")).toBe("3");
    expect(taken[3]?.body.details).toMatchObject({ class: "webhook" });
    const order = await shop.call("POST", orders, { body: {} });
    expect(errorOf(order).code).toBe("RATE_LIMITED");
    let last = await bad();
    for (let calls = 0; calls < 100 && last.status !== 429; calls += 1) last = await bad();
    expect(last.status).toBe(429);
    expect((await bad()).status).toBe(429);
    await server.stop();
  });
});
