import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  errorOf,
  startTestServer,
  strangeId,
  type TestServer,
  type TestShop,
  testLine,
} from "../../testing/index.ts";

describe("entering a queue", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
  });
  afterAll(() => server.stop());

  it("gives tickets in the order of arrival", async () => {
    const queue = await shop.queue();
    for (const [index, fan] of (await shop.fans(3)).entries()) {
      const answer = await fan.enter(queue.id);
      expect(answer.status).toBe(201);
      expect(answer.body).toMatchObject({
        ticket: index + 1,
        rank: index + 1,
        position: index + 1,
        ahead: index,
        status: "QUEUED",
      });
    }
  });

  it("gives 200 simultaneous calls of one consumer one 201 and 199 times the entry it already has", async () => {
    const queue = await shop.queue();
    const fan = await shop.fan();
    const answers = await Promise.all(Array.from({ length: 200 }, () => fan.enter(queue.id)));
    const joined = answers.filter((answer) => answer.status === 201);
    expect(joined).toHaveLength(1);
    const refused = answers.filter((answer) => errorOf(answer).error === "already_in_queue");
    expect(refused).toHaveLength(199);
    for (const answer of refused) expect(errorOf(answer).details.entryId).toBe(joined[0]?.body.entryId);
  });

  it("replays the first answer byte for byte under one idempotency key", async () => {
    const queue = await shop.queue();
    const fan = await shop.fan();
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => fan.enter(queue.id, { "Idempotency-Key": "once" })),
    );
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([201]));
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
    expect(new Set(answers.map((answer) => answer.headers.get("x-request-id"))).size).toBe(1);
    expect(answers.filter((answer) => answer.headers.get("idempotent-replayed") === "true")).toHaveLength(
      199,
    );
  });

  it("replays the 201 that was, after the entry has left", async () => {
    const queue = await shop.queue();
    const fan = await shop.fan();
    const first = await fan.enter(queue.id, { "Idempotency-Key": "once" });
    await fan.leave(queue.id);
    const again = await fan.enter(queue.id, { "Idempotency-Key": "once" });
    expect([again.status, again.text]).toEqual([201, first.text]);
    expect(again.headers.get("x-request-id")).toBe(first.headers.get("x-request-id"));
  });

  it("names the entry's address and its request in headers", async () => {
    const queue = await shop.queue();
    const answer = await (await shop.fan()).enter(queue.id, { "X-Request-Id": "mine-1" });
    expect(answer.headers.get("location")).toBe(`/api/v1/queues/${queue.id}/status`);
    expect(answer.headers.get("x-request-id")).toBe("mine-1");
    expect(answer.headers.get("cache-control")).toBe("no-store");
  });

  it("keeps the consumer from the first join on", async () => {
    const queue = await shop.queue();
    const fan = await shop.fan();
    await fan.enter(queue.id);
    const [{ consumerId } = { consumerId: "" }] = await testLine(server.db, queue.id).stays();
    const rows = await server.db.query("select is_live from consumers where id = $1", [consumerId]);
    expect(rows).toEqual([{ is_live: false }]);
  });

  it("takes joins while the queue is paused", async () => {
    const queue = await shop.queue();
    await shop.call("POST", `/api/v1/queues/${queue.id}/pause`);
    const answer = await (await shop.fan()).enter(queue.id);
    expect([answer.status, answer.body.estimatedWaitSeconds]).toEqual([201, null]);
  });

  describe("refuses", () => {
    it("more than wait at once by the capacity, and takes the next when someone leaves", async () => {
      const queue = await shop.queue({ capacity: 2 });
      const [first, second, third] = [await shop.fan(), await shop.fan(), await shop.fan()];
      await first.enter(queue.id);
      await second.enter(queue.id);
      const refused = await third.enter(queue.id);
      expect([refused.status, errorOf(refused).code]).toEqual([409, "QUEUE_FULL"]);
      expect(errorOf(refused).details).toMatchObject({ capacity: 2, limit: 2 });
      await first.leave(queue.id);
      expect((await third.enter(queue.id)).body).toMatchObject({ ticket: 3, position: 2 });
    });

    it("over the capacity until someone is admitted", async () => {
      const queue = await shop.queue({ capacity: 1 });
      const [first, second] = [await shop.fan(), await shop.fan()];
      await first.enter(queue.id);
      expect(errorOf(await second.enter(queue.id)).code).toBe("QUEUE_FULL");
      expect(await testLine(server.db, queue.id).tick()).toMatchObject({ admitted: 1 });
      expect((await second.enter(queue.id)).status).toBe(201);
    });

    it("exactly those beyond the capacity when 50 come at once", async () => {
      const queue = await shop.queue({ capacity: 20 });
      const answers = await Promise.all((await shop.fans(50)).map((fan) => fan.enter(queue.id)));
      expect(answers.filter((answer) => answer.status === 201)).toHaveLength(20);
      expect(answers.filter((answer) => errorOf(answer).code === "QUEUE_FULL")).toHaveLength(30);
    });

    it("everybody after the close", async () => {
      const queue = await shop.queue();
      await shop.call("POST", `/api/v1/queues/${queue.id}/close`);
      const answer = await (await shop.fan()).enter(queue.id);
      expect([answer.status, errorOf(answer).code]).toEqual([409, "QUEUE_CLOSED"]);
    });

    it("with what is true of the consumer first: already in before closed, closed before full", async () => {
      const queue = await shop.queue({ capacity: 1 });
      const [inside, outside] = [await shop.fan(), await shop.fan()];
      await inside.enter(queue.id);
      expect(errorOf(await inside.enter(queue.id)).code).toBe("ALREADY_IN_QUEUE");
      expect(errorOf(await outside.enter(queue.id)).code).toBe("QUEUE_FULL");
      await shop.call("POST", `/api/v1/queues/${queue.id}/close`);
      expect(errorOf(await inside.enter(queue.id)).code).toBe("ALREADY_IN_QUEUE");
      expect(errorOf(await outside.enter(queue.id)).code).toBe("QUEUE_CLOSED");
    });

    it("who has completed, also after the close", async () => {
      const queue = await shop.queue();
      const fan = await shop.fan();
      await fan.enter(queue.id);
      await testLine(server.db, queue.id).tick();
      await shop.call("POST", `/api/v1/queues/${queue.id}/complete`, {
        body: { consumerId: fan.consumerId },
      });
      expect(errorOf(await fan.enter(queue.id)).code).toBe("ALREADY_COMPLETED");
      await shop.call("POST", `/api/v1/queues/${queue.id}/close`);
      expect(errorOf(await fan.enter(queue.id)).code).toBe("ALREADY_COMPLETED");
    });

    it("who is in already, with the entry as details, admitted or not", async () => {
      const queue = await shop.queue();
      const fan = await shop.fan();
      const joined = await fan.enter(queue.id);
      expect(errorOf(await fan.enter(queue.id)).details).toMatchObject({
        entryId: joined.body.entryId,
        status: "QUEUED",
        position: 1,
        lineToken: joined.body.lineToken,
      });
      await testLine(server.db, queue.id).tick();
      expect(errorOf(await fan.enter(queue.id)).details).toMatchObject({
        entryId: joined.body.entryId,
        status: "ADMITTED",
        admission: { token: expect.any(String) },
      });
    });

    it("before the opening, and says when it is", async () => {
      const openAt = new Date(Date.now() + 90_000).toISOString();
      const queue = await shop.queue({ openAt });
      const answer = await (await shop.fan()).enter(queue.id);
      expect([answer.status, errorOf(answer).code]).toEqual([423, "QUEUE_NOT_OPEN"]);
      expect(errorOf(answer).details).toMatchObject({ openAt });
      expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(85);
      expect(Number(answer.headers.get("retry-after"))).toBeLessThanOrEqual(90);
    });

    it("in the second before the opening too, by the database's clock", async () => {
      const openAt = new Date(Date.now() + 60_000).toISOString();
      const queue = await shop.queue({ openAt });
      const fan = await shop.fan();
      await fan.enter(queue.id);
      await server.db.query(
        "update queues set open_at = stanchion_now() + interval '900 milliseconds' where name = $1",
        [queue.name],
      );
      const answer = await server.until(
        () => fan.enter(queue.id),
        (asked) => asked.headers.get("retry-after") === "1" || asked.status === 201,
      );
      expect(answer.status).toBe(423);
      expect(
        (
          await server.until(
            () => fan.enter(queue.id),
            (asked) => asked.status !== 423,
          )
        ).status,
      ).toBe(201);
    });

    it("a closed queue as closed, though it would open later", async () => {
      const experience = await shop.call("POST", "/api/v1/experiences", {
        body: { name: `Closed early ${Date.now()}`, closeAt: new Date(Date.now() + 60_000).toISOString() },
      });
      const sequence = await shop.call("POST", "/api/v1/sequences", {
        body: { name: "Only", experienceId: experience.body.id },
      });
      const openAt = new Date(Date.now() + 120_000).toISOString();
      const queue = await shop.queue({ sequenceId: sequence.body.id, openAt });
      const fan = await shop.fan();
      expect(errorOf(await fan.enter(queue.id)).code).toBe("QUEUE_NOT_OPEN");
      await shop.call("PATCH", `/api/v1/experiences/${experience.body.id}`, {
        body: { closeAt: new Date(Date.now() - 1_000).toISOString() },
      });
      const answer = await server.until(
        () => fan.enter(queue.id),
        (asked) => errorOf(asked).code !== "QUEUE_NOT_OPEN",
      );
      expect(errorOf(answer).code).toBe("QUEUE_CLOSED");
    });

    it("who was blocked", async () => {
      const queue = await shop.queue();
      const fan = await shop.fan();
      await fan.enter(queue.id);
      await shop.call("POST", `/api/v1/queues/${queue.id}/deny`, {
        body: { consumerId: fan.consumerId, reason: "a bot", block: true },
      });
      const answer = await fan.enter(queue.id);
      expect([answer.status, errorOf(answer).code]).toEqual([403, "RESOURCE_RESTRICTED"]);
      await shop.call("POST", `/api/v1/queues/${queue.id}/close`);
      expect((await fan.enter(queue.id)).status).toBe(403);
    });

    it.each(["confirmed", "external"])("a guest where the entry level is %s", async (entryLevel) => {
      const queue = await shop.queue({ entryLevel });
      const answer = await (await shop.fan()).enter(queue.id);
      expect([answer.status, errorOf(answer).code]).toEqual([403, "RESOURCE_RESTRICTED"]);
      expect(errorOf(answer).details).toEqual({ entryLevel });
    });

    it("a queue that is none, another organization's, the other mode's, or deleted", async () => {
      const fan = await shop.fan();
      expect(errorOf(await fan.enter("queue_1")).code).toBe("QUEUE_NOT_FOUND");
      expect(errorOf(await fan.enter(strangeId("queue"))).code).toBe("QUEUE_NOT_FOUND");
      const foreign = await (await server.shop()).queue();
      const answer = await fan.enter(foreign.id);
      expect([answer.status, errorOf(answer).code]).toEqual([403, "OTHER_ORGANIZATION"]);
      const deleted = await shop.queue();
      await shop.call("DELETE", `/api/v1/queues/${deleted.id}`);
      const gone = await fan.enter(deleted.id);
      expect([gone.status, errorOf(gone).details]).toEqual([404, { deleted: true }]);
    });

    it("a call without or with a wrong credential, in the contract's words", async () => {
      const queue = await shop.queue();
      const path = `/api/v1/queues/${queue.id}/enter`;
      const { publishableKey } = shop;
      const codeOf = async (options: Parameters<TestShop["call"]>[2]) =>
        errorOf(await server.call("POST", path, options)).code;
      expect(await codeOf({})).toBe("PUBLISHABLE_KEY_REQUIRED");
      expect(await codeOf({ publishableKey })).toBe("AUTHENTICATION_REQUIRED");
      expect(await codeOf({ publishableKey, bearer: "not.a.token" })).toBe("INVALID_TOKEN");
    });

    it("a body with members, and a malformed idempotency key", async () => {
      const queue = await shop.queue();
      const fan = await shop.fan();
      const withBody = await fan.call("POST", `/api/v1/queues/${queue.id}/enter`, { body: { seat: 1 } });
      expect(errorOf(withBody).code).toBe("UNKNOWN_FIELD");
      const spaced = await fan.enter(queue.id, { "Idempotency-Key": "with space" });
      expect(errorOf(spaced).code).toBe("INVALID_IDEMPOTENCY_KEY");
      expect((await fan.enter(queue.id)).body.ticket).toBe(1);
    });
  });

  it("answer a repeat under its key with the very receipt of the first, whatever came between", async () => {
    const queue = await shop.queue();
    const [fan, neighbour] = await shop.fans(2);
    const headers = { "Idempotency-Key": "kept" };
    const [first] = await Promise.all([fan?.enter(queue.id, headers), neighbour?.enter(queue.id)]);
    expect(first?.body.receipt).toMatchObject({ body: { ticket: first?.body.ticket } });
    expect((await fan?.enter(queue.id, headers))?.text).toBe(first?.text);
    await fan?.leave(queue.id);
    await fan?.enter(queue.id);
    expect((await fan?.enter(queue.id, headers))?.text).toBe(first?.text);
  });
});
