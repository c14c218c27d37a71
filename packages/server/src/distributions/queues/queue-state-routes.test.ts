import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  errorOf,
  holdLock,
  startTestServer,
  strangeId,
  type TestServer,
  type TestShop,
  testLine,
} from "../../testing/index.ts";

describe("changing a queue's state", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
  });
  afterAll(() => server.stop());

  const change = (queueId: string, verb: string, body?: unknown) =>
    shop.call("POST", `/api/v1/queues/${queueId}/${verb}`, body === undefined ? {} : { body });
  const board = async (queueId: string) =>
    (await server.call("GET", `/api/v1/queues/${queueId}/now-serving`)).body;
  const later = () => new Date(Date.now() + 3_600_000).toISOString();

  it("opens a scheduled queue now", async () => {
    const queue = await shop.queue({ openAt: later() });
    expect((await board(queue.id)).status).toBe("SCHEDULED");
    const opened = await change(queue.id, "open");
    expect(opened.body).toMatchObject({ status: "OPEN", version: Number(queue.version) + 1 });
    expect((await (await shop.fan()).enter(queue.id)).status).toBe(201);
  });

  it("tells an operator that a queue is paused before it opens, and the fan's page what its times say", async () => {
    const queue = await shop.queue({ openAt: later() });
    const paused = await change(queue.id, "pause");
    expect(paused.body).toMatchObject({ status: "SCHEDULED", isPaused: true });
    const { publishableKey } = shop;
    const seen = await server.call("GET", `/api/v1/queues/${queue.id}`, { publishableKey });
    expect(seen.body).not.toHaveProperty("isPaused");
    expect((await change(queue.id, "open")).body).toMatchObject({ status: "PAUSED", isPaused: true });
    expect((await change(queue.id, "resume")).body).toMatchObject({ status: "OPEN", isPaused: false });
  });

  it("pauses the admissions, not the joins, and tells the board why", async () => {
    const queue = await shop.queue();
    const line = testLine(server.db, queue.id);
    await (await shop.fan()).enter(queue.id);
    expect((await change(queue.id, "pause")).body.status).toBe("PAUSED");
    expect(await board(queue.id)).toMatchObject({ status: "PAUSED", reason: "PAUSED_BY_OPERATOR" });
    await (await shop.fan()).enter(queue.id);
    expect(await line.tick()).toMatchObject({ admitted: 0 });
    expect((await change(queue.id, "resume")).body.status).toBe("OPEN");
    expect(await board(queue.id)).not.toHaveProperty("reason");
    expect(await line.tick()).toMatchObject({ admitted: 2 });
  });

  it("admits nobody any more once a pause has answered, whatever tick was under way", async () => {
    const queue = await shop.queue();
    const line = testLine(server.db, queue.id);
    for (const fan of await shop.fans(3)) await fan.enter(queue.id);
    const tick = await holdLock(server.db, "select 1");
    await line.tick({ on: tick.client, most: 1 });
    let isPaused = false;
    const pausing = change(queue.id, "pause").then(() => {
      isPaused = true;
    });
    const waiting = line.tick();
    expect(isPaused).toBe(false);
    await tick.release();
    await pausing;
    const { admitted } = await waiting;
    const after = (await line.stays()).filter((stay) => stay.status === "ADMITTED").length;
    expect(after).toBe(1 + admitted);
    expect(await line.tick()).toMatchObject({ admitted: 0 });
  });

  it("closes for joins and still serves those in line", async () => {
    const queue = await shop.queue();
    const fan = await shop.fan();
    await fan.enter(queue.id);
    expect((await change(queue.id, "close")).body).toMatchObject({ status: "CLOSED", waiting: 1 });
    expect(await board(queue.id)).toMatchObject({ status: "CLOSED", reason: "CLOSED", waiting: 1 });
    expect(await testLine(server.db, queue.id).tick()).toMatchObject({ admitted: 1 });
    expect((await fan.status(queue.id)).body.status).toBe("ADMITTED");
  });

  it("ends the line for all who wait, keeps the admissions, and admits nobody after", async () => {
    const queue = await shop.queue();
    const line = testLine(server.db, queue.id);
    const [admitted, waiting] = [await shop.fan(), await shop.fan()];
    await admitted.enter(queue.id);
    await line.tick();
    await waiting.enter(queue.id);
    expect((await change(queue.id, "close", { drain: false })).body).toMatchObject({
      status: "CLOSED",
      waiting: 0,
    });
    expect(await board(queue.id)).toMatchObject({
      status: "CLOSED",
      reason: "ENDED_BY_OPERATOR",
      waiting: 0,
    });
    expect((await waiting.status(queue.id)).body.status).toBe("DENIED");
    expect((await admitted.status(queue.id)).body.status).toBe("ADMITTED");
    expect(await line.tick()).toMatchObject({ admitted: 0 });
    const completed = await change(queue.id, "complete", { consumerId: admitted.consumerId });
    expect(completed.body.status).toBe("COMPLETED");
  });

  it("ends a line also after it was closed, and does not take that back", async () => {
    const queue = await shop.queue();
    const fan = await shop.fan();
    await fan.enter(queue.id);
    await change(queue.id, "close");
    expect((await fan.status(queue.id)).body.status).toBe("QUEUED");
    await change(queue.id, "close", { drain: false });
    await change(queue.id, "close", { drain: true });
    expect((await fan.status(queue.id)).body.status).toBe("DENIED");
  });

  it("closes a scheduled queue before it ever opened", async () => {
    const queue = await shop.queue({ openAt: later() });
    expect((await change(queue.id, "close")).body.status).toBe("CLOSED");
    expect(errorOf(await (await shop.fan()).enter(queue.id)).code).toBe("QUEUE_CLOSED");
  });

  it.each(["open", "pause", "resume", "close"])("answers a repeated %s unchanged", async (verb) => {
    const queue = await shop.queue(verb === "open" ? { openAt: later() } : {});
    if (verb === "resume") await change(queue.id, "pause");
    const first = await change(queue.id, verb);
    const again = await change(queue.id, verb);
    expect([again.status, again.body]).toEqual([200, first.body]);
    expect(again.headers.get("etag")).toBe(`"${first.body.version}"`);
  });

  it("refuses to open, pause or resume what is closed", async () => {
    const queue = await shop.queue();
    await change(queue.id, "close");
    for (const verb of ["open", "pause", "resume"]) {
      const answer = await change(queue.id, verb);
      expect([answer.status, errorOf(answer).code]).toEqual([409, "INVALID_STATE"]);
      expect(errorOf(answer).details).toEqual({
        state: "CLOSED",
        hint: expect.stringMatching("make another"),
      });
    }
  });

  it("refuses what is no queue of this organization, bodies it does not know, and fans", async () => {
    const queue = await shop.queue();
    const foreign = await (await server.shop()).queue();
    for (const verb of ["open", "pause", "resume", "close"]) {
      expect(errorOf(await change(strangeId("queue"), verb)).code).toBe("QUEUE_NOT_FOUND");
      expect(errorOf(await change(foreign.id, verb)).code).toBe("OTHER_ORGANIZATION");
      expect(errorOf(await change(queue.id, verb, { now: true })).code).toBe("UNKNOWN_FIELD");
      const asFan = await (await shop.fan()).call("POST", `/api/v1/queues/${queue.id}/${verb}`);
      expect(asFan.status).toBe(401);
    }
    expect(errorOf(await change(queue.id, "close", { drain: "no" })).code).toBe("INVALID_FIELD_TYPE");
  });
});
