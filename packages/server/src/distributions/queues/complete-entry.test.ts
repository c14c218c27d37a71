import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  countLockWaiters,
  errorOf,
  holdLock,
  startTestServer,
  type TestFan,
  type TestServer,
  type TestShop,
  testLine,
} from "../../testing/index.ts";

describe("completing an entry", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
  });
  afterAll(() => server.stop());

  const complete = (queueId: string, fan: TestFan, more: Record<string, unknown> = {}) =>
    shop.call("POST", `/api/v1/queues/${queueId}/complete`, {
      body: { consumerId: fan.consumerId, ...more },
    });
  const brief = { admissionExpirationSeconds: 10, completionGraceSeconds: 5 };

  it("spends the admission, once, and keeps the order's id", async () => {
    const queue = await shop.queue();
    const fan = await admittedTo(queue.id);
    expect((await complete(queue.id, fan, { orderId: "A-1" })).body).toMatchObject({ status: "COMPLETED" });
    const again = await complete(queue.id, fan, { orderId: "A-2" });
    expect([again.status, errorOf(again).code]).toEqual([409, "ADMISSION_USED"]);
    const { queueId } = testLine(server.db, queue.id);
    const rows = await server.db.query("select order_id, status from admissions where distribution_id = $1", [
      queueId,
    ]);
    expect(rows).toEqual([{ order_id: "A-1", status: "COMPLETED" }]);
  });

  it("honours a checkout within the grace after the admission's end", async () => {
    const queue = await shop.queue(brief);
    const fan = await admittedTo(queue.id);
    await server.advance(14_000);
    await testLine(server.db, queue.id).tick();
    expect((await complete(queue.id, fan)).body).toMatchObject({ status: "COMPLETED" });
  });

  it("refuses it after the grace, whether a tick has written the end or not", async () => {
    const queue = await shop.queue(brief);
    const fan = await admittedTo(queue.id);
    await server.advance(16_000);
    expect(errorOf(await complete(queue.id, fan))).toMatchObject({
      code: "ADMISSION_EXPIRED",
      details: { state: "EXPIRED" },
    });
    await testLine(server.db, queue.id).tick();
    expect(errorOf(await complete(queue.id, fan)).code).toBe("ADMISSION_EXPIRED");
  });

  it("frees its place at the next tick, and counts against maxAdmissions for good", async () => {
    const few = await shop.queue({ maxConcurrentAdmissions: 1 });
    const one = await shop.queue({ maxAdmissions: 1 });
    for (const [queue, admitted] of [
      [few, 1],
      [one, 0],
    ] as const) {
      const fan = await admittedTo(queue.id);
      await (await shop.fan()).enter(queue.id);
      expect(await testLine(server.db, queue.id).tick()).toMatchObject({ admitted: 0 });
      await complete(queue.id, fan);
      expect(await testLine(server.db, queue.id).tick()).toMatchObject({ settled: 1, admitted });
    }
  });

  it("is decided once where it meets the tick that ends the admission", async () => {
    const queue = await shop.queue(brief);
    const fan = await admittedTo(queue.id);
    await server.advance(15_500);
    const tick = await holdLock(server.db, "select 1");
    expect(await testLine(server.db, queue.id).tick({ on: tick.client })).toMatchObject({ settled: 1 });
    const completing = complete(queue.id, fan);
    await server.until(
      () => countLockWaiters(server.db),
      (waiters) => waiters > 0,
    );
    await tick.release();
    expect(errorOf(await completing).code).toBe("ADMISSION_EXPIRED");
    expect(await testLine(server.db, queue.id).stays()).toMatchObject([{ status: "EXPIRED" }]);
  });

  it("of 20 at once is taken once", async () => {
    const queue = await shop.queue();
    const fan = await admittedTo(queue.id);
    const answers = await Promise.all(Array.from({ length: 20 }, () => complete(queue.id, fan)));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    expect(answers.filter((answer) => errorOf(answer).code === "ADMISSION_USED")).toHaveLength(19);
  });

  it("refuses who waits, has left, was denied or never came", async () => {
    const queue = await shop.queue();
    const waiting = await shop.fan();
    await waiting.enter(queue.id);
    expect(errorOf(await complete(queue.id, waiting))).toMatchObject({
      code: "INVALID_STATE",
      details: { state: "QUEUED", hint: expect.stringMatching("still waits") },
    });
    await waiting.leave(queue.id);
    expect(errorOf(await complete(queue.id, waiting)).details).toEqual({
      state: "LEFT",
      hint: expect.stringMatching("no admission to complete"),
    });
    const denied = await admittedTo(queue.id);
    await shop.call("POST", `/api/v1/queues/${queue.id}/deny`, {
      body: { consumerId: denied.consumerId, reason: "no" },
    });
    expect(errorOf(await complete(queue.id, denied)).details).toEqual({
      state: "DENIED",
      hint: expect.stringMatching("no admission to complete"),
    });
    const answer = await complete(queue.id, await shop.fan());
    expect([answer.status, errorOf(answer).code]).toEqual([404, "NOT_IN_QUEUE"]);
  });

  async function admittedTo(queueId: string): Promise<TestFan> {
    const fan = await shop.fan();
    await fan.enter(queueId);
    expect(await testLine(server.db, queueId).tick()).toMatchObject({ admitted: 1 });
    return fan;
  }
});
