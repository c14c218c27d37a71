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

describe("leaving a queue", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
  });
  afterAll(() => server.stop());

  it("gives up the place, and says so again when asked again", async () => {
    const queue = await shop.queue();
    const [first, second] = [await shop.fan(), await shop.fan()];
    const { body } = await first.enter(queue.id);
    await second.enter(queue.id);
    const left = await first.leave(queue.id);
    expect(left.body).toMatchObject({ entryId: body.entryId, status: "LEFT", ticket: 1, position: null });
    const again = await first.leave(queue.id);
    expect([again.status, again.body]).toEqual([200, left.body]);
    expect((await second.status(queue.id)).body).toMatchObject({ rank: 2, position: 1 });
  });

  it("gives an admission back", async () => {
    const queue = await shop.queue();
    const fan = await admittedTo(queue.id);
    expect((await fan.leave(queue.id)).body).toMatchObject({ status: "LEFT" });
    expect((await fan.leave(queue.id)).body).toMatchObject({ status: "LEFT" });
  });

  it("gives back the admission that a tick was just handing out", async () => {
    const queue = await shop.queue();
    const fan = await shop.fan();
    await fan.enter(queue.id);
    const tick = await holdLock(server.db, "select 1");
    await testLine(server.db, queue.id).tick({ on: tick.client });
    const leaving = fan.leave(queue.id);
    await server.until(
      () => countLockWaiters(server.db),
      (waiters) => waiters > 0,
    );
    await tick.release();
    const answer = await leaving;
    expect([answer.status, answer.body.status]).toEqual([200, "LEFT"]);
    expect(
      await server.db.query("select status from admissions where distribution_id = $1", [
        testLine(server.db, queue.id).queueId,
      ]),
    ).toEqual([{ status: "LEFT" }]);
  });

  describe("under an idempotency key", () => {
    const key = { "Idempotency-Key": "leave-1" };

    it("replays the answer byte for byte, with the first request's id", async () => {
      const queue = await shop.queue();
      const fan = await shop.fan();
      await fan.enter(queue.id);
      const first = await fan.leave(queue.id, key);
      const again = await fan.leave(queue.id, key);
      expect([again.status, again.text]).toEqual([first.status, first.text]);
      expect(again.headers.get("x-request-id")).toBe(first.headers.get("x-request-id"));
      expect(again.headers.get("idempotent-replayed")).toBe("true");
      expect(first.headers.get("idempotent-replayed")).toBeNull();
    });

    it("does not remove a new stay when the first leave is sent again late", async () => {
      const queue = await shop.queue();
      const fan = await shop.fan();
      await fan.enter(queue.id);
      const first = await fan.leave(queue.id, key);
      await fan.enter(queue.id);
      expect((await fan.leave(queue.id, key)).text).toBe(first.text);
      expect((await fan.status(queue.id)).body).toMatchObject({ status: "QUEUED", ticket: 2 });
    });

    it("does not remove a new stay when a leave that changed nothing is sent again late", async () => {
      const queue = await shop.queue();
      const fan = await shop.fan();
      await fan.enter(queue.id);
      await fan.leave(queue.id);
      const repeated = await fan.leave(queue.id, key);
      await fan.enter(queue.id);
      const late = await fan.leave(queue.id, key);
      expect([late.status, late.text]).toEqual([200, repeated.text]);
      expect(late.headers.get("idempotent-replayed")).toBe("true");
      expect((await fan.status(queue.id)).body).toMatchObject({ status: "QUEUED", ticket: 2 });
    });

    it("keeps a refusal of its own for the key, too", async () => {
      const queue = await shop.queue();
      const fan = await shop.fan();
      const refused = await fan.leave(queue.id, key);
      expect(errorOf(refused).code).toBe("NOT_IN_QUEUE");
      await fan.enter(queue.id);
      const late = await fan.leave(queue.id, key);
      expect([late.status, late.text]).toEqual([404, refused.text]);
      expect(late.headers.get("idempotent-replayed")).toBe("true");
      expect((await fan.status(queue.id)).body.status).toBe("QUEUED");
    });

    it("refuses the key for another queue", async () => {
      const [queue, other] = [await shop.queue(), await shop.queue()];
      const fan = await shop.fan();
      await fan.enter(queue.id);
      await fan.enter(other.id);
      await fan.leave(queue.id, key);
      const answer = await fan.leave(other.id, key);
      expect([answer.status, errorOf(answer).code]).toEqual([422, "IDEMPOTENCY_KEY_REUSED"]);
      expect((await fan.status(other.id)).body.status).toBe("QUEUED");
    });

    it("takes the key from two consumers each for itself, and again after a day", async () => {
      const queue = await shop.queue();
      const [fan, other] = [await shop.fan(), await shop.fan()];
      await fan.enter(queue.id);
      await other.enter(queue.id);
      expect((await fan.leave(queue.id, key)).body.ticket).toBe(1);
      expect((await other.leave(queue.id, key)).body.ticket).toBe(2);
      await server.db.query("update idempotency_keys set created_at = created_at - interval '25 hours'");
      await fan.enter(queue.id);
      expect((await fan.leave(queue.id, key)).body.ticket).toBe(3);
    });

    it("gives 50 simultaneous calls of one leave one answer", async () => {
      const queue = await shop.queue();
      const fan = await shop.fan();
      await fan.enter(queue.id);
      const answers = await Promise.all(Array.from({ length: 50 }, () => fan.leave(queue.id, key)));
      expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
      expect(new Set(answers.map((answer) => answer.headers.get("x-request-id"))).size).toBe(1);
    });
  });

  describe("refuses", () => {
    it("who never entered", async () => {
      const queue = await shop.queue();
      const answer = await (await shop.fan()).leave(queue.id);
      expect([answer.status, errorOf(answer).code]).toEqual([404, "NOT_IN_QUEUE"]);
    });

    it("who has completed", async () => {
      const queue = await shop.queue();
      const fan = await admittedTo(queue.id);
      await shop.call("POST", `/api/v1/queues/${queue.id}/complete`, {
        body: { consumerId: fan.consumerId },
      });
      expect(errorOf(await fan.leave(queue.id)).code).toBe("ALREADY_COMPLETED");
    });

    it("whose admission is past its end: in the grace, after it, and once it is settled", async () => {
      const queue = await shop.queue({ admissionExpirationSeconds: 10, completionGraceSeconds: 5 });
      const fan = await admittedTo(queue.id);
      await server.advance(11_000);
      expect(errorOf(await fan.leave(queue.id)).code).toBe("ADMISSION_EXPIRED");
      await server.advance(5_000);
      expect(errorOf(await fan.leave(queue.id)).code).toBe("ADMISSION_EXPIRED");
      await testLine(server.db, queue.id).tick();
      const answer = await fan.leave(queue.id);
      expect([answer.status, errorOf(answer).code]).toEqual([409, "ADMISSION_EXPIRED"]);
      expect(errorOf(answer).details).toEqual({ state: "EXPIRED" });
    });

    it("who was denied, one by one or with the whole line", async () => {
      const queue = await shop.queue();
      const [denied, ended] = [await shop.fan(), await shop.fan()];
      await denied.enter(queue.id);
      await ended.enter(queue.id);
      await shop.call("POST", `/api/v1/queues/${queue.id}/deny`, {
        body: { consumerId: denied.consumerId, reason: "no" },
      });
      await shop.call("POST", `/api/v1/queues/${queue.id}/close`, { body: { drain: false } });
      for (const fan of [denied, ended]) {
        const answer = await fan.leave(queue.id);
        expect([answer.status, errorOf(answer).code]).toEqual([409, "INVALID_STATE"]);
        const outAlready = { state: "DENIED", hint: expect.stringMatching("out of this line already") };
        expect(errorOf(answer).details).toEqual(outAlready);
      }
    });
  });

  async function admittedTo(queueId: string): Promise<TestFan> {
    const fan = await shop.fan();
    await fan.enter(queueId);
    expect(await testLine(server.db, queueId).tick()).toMatchObject({ admitted: 1 });
    return fan;
  }
});
