import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  errorOf,
  startTestServer,
  strangeId,
  type TestFan,
  type TestServer,
  type TestShop,
  testLine,
} from "../../testing/index.ts";

describe("admitting by hand", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
  });
  afterAll(() => server.stop());

  const admit = (queueId: string, fan: TestFan, headers: Record<string, string> = {}) =>
    shop.call("POST", `/api/v1/queues/${queueId}/admit`, { body: { consumerId: fan.consumerId }, headers });

  it("admits out of order, on the record, and moves up who stands behind", async () => {
    const queue = await shop.queue();
    const [first, second, third] = await waiting(queue.id);
    const answer = await admit(queue.id, second);
    expect(answer.body).toMatchObject({
      status: "ADMITTED",
      ticket: 2,
      admission: { token: expect.any(String) },
    });
    expect((await second.status(queue.id)).body.status).toBe("ADMITTED");
    expect((await first.status(queue.id)).body.position).toBe(1);
    expect((await third.status(queue.id)).body.position).toBe(2);
    const stays = await testLine(server.db, queue.id).stays();
    expect(stays.map((stay) => stay.isByOperator)).toEqual([null, true, null]);
  });

  it("does not call again in order whom it has admitted", async () => {
    const queue = await shop.queue();
    const fans = await waiting(queue.id);
    await admit(queue.id, fans[1]);
    const line = testLine(server.db, queue.id);
    expect(await line.tick()).toEqual({ admitted: 2, settled: 0, nowServing: 3 });
    const admissions = await server.db.query("select 1 from admissions where distribution_id = $1", [
      line.queueId,
    ]);
    expect(admissions).toHaveLength(3);
  });

  it("works while the queue is paused and after its close", async () => {
    const queue = await shop.queue();
    const [first, second] = await waiting(queue.id);
    await shop.call("POST", `/api/v1/queues/${queue.id}/pause`);
    expect((await admit(queue.id, first)).status).toBe(200);
    await shop.call("POST", `/api/v1/queues/${queue.id}/close`);
    expect((await admit(queue.id, second)).status).toBe(200);
  });

  it("is free of the rate, and does not use it up", async () => {
    const queue = await shop.queue({ admitRate: 1 });
    const [first, second, third] = await waiting(queue.id);
    expect((await admit(queue.id, first)).status).toBe(200);
    expect((await admit(queue.id, second)).status).toBe(200);
    expect(await testLine(server.db, queue.id).tick()).toMatchObject({ admitted: 1 });
    expect((await third.status(queue.id)).body.status).toBe("ADMITTED");
  });

  it("replays its answer under one idempotency key", async () => {
    const queue = await shop.queue();
    const [fan] = await waiting(queue.id);
    const first = await admit(queue.id, fan, { "Idempotency-Key": "admit-1" });
    const again = await admit(queue.id, fan, { "Idempotency-Key": "admit-1" });
    expect([again.status, again.text]).toEqual([200, first.text]);
    expect(again.headers.get("x-request-id")).toBe(first.headers.get("x-request-id"));
    const [, other] = await waiting(queue.id);
    expect(errorOf(await admit(queue.id, other, { "Idempotency-Key": "admit-1" })).code).toBe(
      "IDEMPOTENCY_KEY_REUSED",
    );
  });

  it.each(["maxConcurrentAdmissions", "maxAdmissions"])("refuses to pass %s", async (cap) => {
    const queue = await shop.queue({ [cap]: 1 });
    const [first, second] = await waiting(queue.id);
    await admit(queue.id, first);
    const refused = await admit(queue.id, second);
    expect([refused.status, errorOf(refused).code]).toEqual([409, "ADMISSIONS_EXHAUSTED"]);
    expect(errorOf(refused).details).toEqual({ cap, limit: 1, state: "EXHAUSTED" });
    expect(await testLine(server.db, queue.id).tick()).toMatchObject({ admitted: 0 });
  });

  it("has a place again at once when one completes, within maxConcurrentAdmissions only", async () => {
    const [few, one] = [
      await shop.queue({ maxConcurrentAdmissions: 1 }),
      await shop.queue({ maxAdmissions: 1 }),
    ];
    for (const [queue, status] of [
      [few, 200],
      [one, 409],
    ] as const) {
      const [first, second] = await waiting(queue.id);
      await admit(queue.id, first);
      await shop.call("POST", `/api/v1/queues/${queue.id}/complete`, {
        body: { consumerId: first.consumerId },
      });
      expect((await admit(queue.id, second)).status).toBe(status);
    }
  });

  it("admits of 20 at once exactly as many as the cap allows", async () => {
    const queue = await shop.queue({ maxConcurrentAdmissions: 7 });
    const fans = await shop.fans(20);
    for (const fan of fans) await fan.enter(queue.id);
    const answers = await Promise.all(fans.map((fan) => admit(queue.id, fan)));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(7);
  });

  it("refuses who has left, was denied, is admitted, has completed or has expired, or never came", async () => {
    const queue = await shop.queue({ admissionExpirationSeconds: 10, completionGraceSeconds: 0 });
    const path = `/api/v1/queues/${queue.id}`;
    const codeOf = async (fan: TestFan) => errorOf(await admit(queue.id, fan)).code;
    const [left, denied, buyer] = await waiting(queue.id);
    const late = await shop.fan();
    await late.enter(queue.id);
    await left.leave(queue.id);
    await shop.call("POST", `${path}/deny`, { body: { consumerId: denied.consumerId, reason: "no" } });
    await admit(queue.id, buyer);
    expect(errorOf(await admit(queue.id, buyer)).details).toEqual({
      state: "ADMITTED",
      hint: expect.stringMatching("turn already"),
    });
    await shop.call("POST", `${path}/complete`, { body: { consumerId: buyer.consumerId } });
    await admit(queue.id, late);
    await server.advance(11_000);
    expect([await codeOf(left), await codeOf(denied), await codeOf(buyer), await codeOf(late)]).toEqual([
      "INVALID_STATE",
      "INVALID_STATE",
      "ALREADY_COMPLETED",
      "ADMISSION_EXPIRED",
    ]);
    expect(await codeOf(await shop.fan())).toBe("NOT_IN_QUEUE");
  });

  it("refuses those of an ended line as DENIED", async () => {
    const queue = await shop.queue();
    const [fan] = await waiting(queue.id);
    await shop.call("POST", `/api/v1/queues/${queue.id}/close`, { body: { drain: false } });
    expect(errorOf(await admit(queue.id, fan))).toMatchObject({
      code: "INVALID_STATE",
      details: { state: "DENIED", hint: expect.stringMatching("out of the line") },
    });
  });

  it("refuses what is no consumer, no queue, or not this organization's", async () => {
    const queue = await shop.queue();
    const path = `/api/v1/queues/${queue.id}/admit`;
    const codeOf = async (body: unknown) => errorOf(await shop.call("POST", path, { body })).code;
    expect(await codeOf(undefined)).toBe("BODY_REQUIRED");
    expect(await codeOf({})).toBe("VALIDATION_ERROR");
    expect(await codeOf({ consumerId: "someone" })).toBe("VALIDATION_ERROR");
    expect(await codeOf({ consumerId: strangeId("consumer") })).toBe("NOT_IN_QUEUE");
    const fan = await shop.fan();
    expect(errorOf(await admit(strangeId("queue"), fan)).code).toBe("QUEUE_NOT_FOUND");
    const foreign = await (await server.shop()).queue();
    expect(errorOf(await admit(foreign.id, fan)).code).toBe("OTHER_ORGANIZATION");
    const asFan = await fan.call("POST", path, { body: { consumerId: fan.consumerId } });
    expect(asFan.status).toBe(401);
  });

  async function waiting(queueId: string): Promise<[TestFan, TestFan, TestFan]> {
    const fans: [TestFan, TestFan, TestFan] = [await shop.fan(), await shop.fan(), await shop.fan()];
    for (const fan of fans) await fan.enter(queueId);
    return fans;
  }
});
