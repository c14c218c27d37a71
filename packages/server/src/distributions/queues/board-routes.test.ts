import { type Board, limits } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  errorOf,
  startTestServer,
  strangeId,
  type TestServer,
  type TestShop,
  testLine,
} from "../../testing/index.ts";

describe("the board", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
  });
  afterAll(() => server.stop());

  const read = (queueId: string, more = "", headers: Record<string, string> = {}) =>
    server.call("GET", `/api/v1/queues/${queueId}/now-serving${more}`, { headers });
  const boardOf = async (queueId: string) => (await read(queueId)).body as unknown as Board;
  const boardWhere = (queueId: string, isWished: (board: Board) => boolean) =>
    server.until(() => boardOf(queueId), isWished);
  /** A board may be older than what was just done: with fewer who have joined yet, as many can wait as when some have left. */
  const boardOnce = (queueId: string, lastTicket: number, waiting: number) =>
    boardWhere(queueId, (board) => board.lastTicket === lastTicket && board.waiting === waiting);
  const readSegment = (queueId: string, segment: string | number, headers: Record<string, string> = {}) =>
    fetch(`${server.url}/api/v1/queues/${queueId}/departed/${segment}`, { headers });

  it("shows the line to anyone, and to any cache for a second", async () => {
    const queue = await shop.queue({ admitRate: 120 });
    const answer = await read(queue.id);
    expect(answer.body).toEqual({
      queueId: queue.id,
      status: "OPEN",
      version: 1,
      nowServing: 0,
      lastTicket: 0,
      waiting: 0,
      admitRate: 120,
      segment: limits.boardSegmentRanks,
      departed: [],
      asOf: expect.any(String),
    });
    expect(answer.headers.get("cache-control")).toBe("public, max-age=1");
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    expect(answer.headers.get("x-ratelimit-limit")).toBeNull();
  });

  it("is the same whatever query, key or token comes along", async () => {
    const queue = await shop.queue();
    const plain = (await read(queue.id)).text;
    expect((await read(queue.id, "?cache-buster=1&x=")).text).toBe(plain);
    expect((await read(queue.id, "", { Authorization: "Bearer nonsense" })).text).toBe(plain);
  });

  it("answers HEAD with the headers alone", async () => {
    const queue = await shop.queue();
    const answer = await server.call("HEAD", `/api/v1/queues/${queue.id}/now-serving`);
    expect([answer.status, answer.text]).toEqual([200, ""]);
    expect(answer.headers.get("cache-control")).toBe("public, max-age=1");
  });

  it("counts who waits, who was served and who left in between", async () => {
    const queue = await shop.queue();
    const fans = await shop.fans(6);
    for (const fan of fans) await fan.enter(queue.id);
    await testLine(server.db, queue.id).tick({ most: 2 });
    await fans[3]?.leave(queue.id);
    const board = await boardOnce(queue.id, 6, 3);
    expect(board).toMatchObject({ nowServing: 2, lastTicket: 6, waiting: 3, departed: [1] });
  });

  it("moves the serving rank when the first in line leaves, before any tick", async () => {
    const queue = await shop.queue();
    const fans = await shop.fans(4);
    for (const fan of fans) await fan.enter(queue.id);
    await fans[1]?.leave(queue.id);
    expect(await boardOnce(queue.id, 4, 3)).toMatchObject({
      nowServing: 0,
      departed: [1],
    });
    await fans[0]?.leave(queue.id);
    const board = await boardOnce(queue.id, 4, 2);
    expect(board.nowServing).toBe(2);
    expect(board.departed.every((count) => count === 0)).toBe(true);
    await fans[2]?.leave(queue.id);
    await fans[3]?.leave(queue.id);
    expect(await boardOnce(queue.id, 4, 0)).toMatchObject({ nowServing: 4 });
    await fans[0]?.enter(queue.id);
    expect(await boardOnce(queue.id, 5, 1)).toMatchObject({
      nowServing: 4,
      lastTicket: 5,
    });
  });

  it("says why nobody moves", async () => {
    const queue = await shop.queue({ maxAdmissions: 1 });
    const fans = await shop.fans(2);
    for (const fan of fans) await fan.enter(queue.id);
    await testLine(server.db, queue.id).tick();
    expect(await boardWhere(queue.id, ({ reason }) => reason !== undefined)).toMatchObject({
      reason: "ALL_ADMITTED",
    });
    await shop.call("POST", `/api/v1/queues/${queue.id}/close`, { body: { drain: false } });
    expect((await boardOf(queue.id)).reason).toBe("ENDED_BY_OPERATOR");
  });

  it("shows the opening and the closing by the clock, without anything being written", async () => {
    const openAt = new Date(Date.now() + 30_000).toISOString();
    const closeAt = new Date(Date.now() + 90_000).toISOString();
    const queue = await shop.queue({ openAt, closeAt });
    expect((await boardOf(queue.id)).status).toBe("SCHEDULED");
    await server.advance(45_000);
    expect((await boardOf(queue.id)).status).toBe("OPEN");
    await server.advance(60_000);
    expect(await boardOf(queue.id)).toMatchObject({ status: "CLOSED", reason: "CLOSED" });
  });

  it("never goes back in version while the line is joined, left, served and changed from all sides", async () => {
    const queue = await shop.queue({ admitRate: 1_000_000 });
    const line = testLine(server.db, queue.id);
    const fans = await shop.fans(60);
    let isOver = false;
    let reads = 0;
    const watching = (async () => {
      let last = 0;
      while (!isOver) {
        const { version } = await boardOf(queue.id);
        expect(version).toBeGreaterThanOrEqual(last);
        last = version;
        reads += 1;
      }
    })();
    await Promise.all(
      fans.map(async (fan, index) => {
        await fan.enter(queue.id);
        const path = `/api/v1/queues/${queue.id}`;
        if (index % 3 === 0) await fan.leave(queue.id);
        if (index % 3 === 1)
          await shop.call("POST", `${path}/deny`, { body: { consumerId: fan.consumerId, reason: "no" } });
        if (index % 3 === 2)
          await shop.call("POST", `${path}/admit`, { body: { consumerId: fan.consumerId } });
        if (index % 10 === 0) await shop.call("PATCH", path, { body: { admitRate: 1_000 + index } });
        if (index % 10 === 5) await line.tick({ most: 2 }).catch(() => null);
      }),
    );
    isOver = true;
    await watching;
    expect(reads).toBeGreaterThan(10);
  });

  it("says 404 for what is no queue, or a deleted one", async () => {
    expect(errorOf(await read("queue_1")).code).toBe("QUEUE_NOT_FOUND");
    expect(errorOf(await read(strangeId("queue"))).code).toBe("QUEUE_NOT_FOUND");
    const queue = await shop.queue();
    await shop.call("DELETE", `/api/v1/queues/${queue.id}`);
    expect(errorOf(await read(queue.id)).code).toBe("QUEUE_NOT_FOUND");
  });

  describe("of departures", () => {
    it("has a bit for each rank above the serving one that waits no more, least significant first", async () => {
      const queue = await shop.queue();
      const fans = await shop.fans(12);
      for (const fan of fans) await fan.enter(queue.id);
      for (const index of [2, 8, 10]) await fans[index]?.leave(queue.id);
      await boardOnce(queue.id, 12, 9);
      const answer = await readSegment(queue.id, 0);
      const bytes = new Uint8Array(await answer.arrayBuffer());
      expect(bytes).toHaveLength(512);
      expect([bytes[0], bytes[1]]).toEqual([0b0000_1000, 0b0000_1010]);
      expect(answer.headers.get("cache-control")).toBe("public, max-age=1");
      await testLine(server.db, queue.id).tick({ most: 3 });
      await boardWhere(queue.id, ({ nowServing }) => nowServing === 4);
      const later = new Uint8Array(await (await readSegment(queue.id, 0)).arrayBuffer());
      expect([later[0], later[1]]).toEqual([0, 0b0000_1010]);
    });

    it("is answered 304 until it changes", async () => {
      const queue = await shop.queue();
      const fans = await shop.fans(3);
      for (const fan of fans) await fan.enter(queue.id);
      await fans[1]?.leave(queue.id);
      await boardOnce(queue.id, 3, 2);
      const etag = (await readSegment(queue.id, 0)).headers.get("etag") ?? "";
      const same = await readSegment(queue.id, 0, { "If-None-Match": etag });
      expect([same.status, await same.text()]).toEqual([304, ""]);
      for (const known of [`W/${etag}`, `"0.0", ${etag}`, "*"])
        expect((await readSegment(queue.id, 0, { "If-None-Match": known })).status).toBe(304);
      expect([same.headers.get("etag"), same.headers.get("cache-control")]).toEqual([
        etag,
        "public, max-age=1",
      ]);
      await fans[2]?.leave(queue.id);
      await boardOnce(queue.id, 3, 1);
      const changed = await readSegment(queue.id, 0, { "If-None-Match": etag });
      expect(changed.status).toBe(200);
      const next = changed.headers.get("etag") ?? "";
      await testLine(server.db, queue.id).tick();
      await boardOnce(queue.id, 3, 0);
      expect((await readSegment(queue.id, 0, { "If-None-Match": next })).status).toBe(200);
    });

    it("gives a segment that was passed another ETag than it had before", async () => {
      const queue = await shop.queue({ admitRate: 1_000_000 });
      const line = testLine(server.db, queue.id);
      await line.fill(4_200);
      const fan = await shop.fan();
      await fan.enter(queue.id);
      await fan.leave(queue.id);
      await boardOnce(queue.id, 4_201, 4_200);
      const ahead = await readSegment(queue.id, 1);
      await line.tick();
      await line.fill(4_096);
      await line.tick();
      await boardOnce(queue.id, 8_297, 0);
      const passed = await readSegment(queue.id, 1);
      expect(await hexOf(passed)).not.toBe(await hexOf(ahead));
      expect(passed.headers.get("etag")).not.toBe(ahead.headers.get("etag"));
    });

    it("is there up to the last ticket's segment, and 404 beyond and for what is no number", async () => {
      const queue = await shop.queue();
      expect((await readSegment(queue.id, 0)).status).toBe(200);
      await testLine(server.db, queue.id).fill(limits.boardSegmentRanks);
      await boardWhere(queue.id, ({ lastTicket }) => lastTicket === limits.boardSegmentRanks);
      expect((await readSegment(queue.id, 1)).status).toBe(200);
      for (const segment of ["2", "-1", "x", "1.5", "99999999999999999999", "1e0", "%00"]) {
        const answer = await server.call("GET", `/api/v1/queues/${queue.id}/departed/${segment}`);
        expect([answer.status, errorOf(answer).code]).toEqual([404, "SEGMENT_NOT_FOUND"]);
      }
      const strange = await server.call("GET", `/api/v1/queues/${strangeId("queue")}/departed/0`);
      expect(errorOf(strange).code).toBe("QUEUE_NOT_FOUND");
    });
  });
});

async function hexOf(answer: Response): Promise<string> {
  return Buffer.from(await answer.arrayBuffer()).toString("hex");
}
