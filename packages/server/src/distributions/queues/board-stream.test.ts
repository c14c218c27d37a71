import { request } from "node:http";
import { type Board, limits } from "@stanchion/contract";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { systemClock } from "../../platform/clock.ts";
import { createEventStreams, createHttpServer, type StreamLimits } from "../../platform/http/index.ts";
import { createLog } from "../../platform/log.ts";
import { createMetrics } from "../../platform/metrics/index.ts";
import { createRateLimiter } from "../../platform/rate-limits/index.ts";
import { createSecrets } from "../../platform/secrets.ts";
import { openSigningKeys } from "../../platform/signing-keys/index.ts";
import {
  bringOpeningsOn,
  countLockWaiters,
  errorOf,
  holdLock,
  mergedOf,
  openStream,
  startTestServer,
  strangeId,
  type TestServer,
  type TestShop,
  testLine,
} from "../../testing/index.ts";
import { registerBoardStream } from "./board-stream.ts";
import { createQueueServices } from "./queue-services.ts";

describe("the board's stream", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
  });
  afterAll(() => server.stop());
  afterEach(async () => {
    await server.until(openStreams, (open) => open === 0);
  });

  const openStreams = async () => server.server.api?.streams.open ?? -1;
  const pathOf = (queueId: string) => `/api/v1/queues/${queueId}/stream`;
  const boardOf = async (queueId: string) =>
    (await server.call("GET", `/api/v1/queues/${queueId}/now-serving`)).body as unknown as Board;

  it("begins with the board, and how long to wait before coming back", async () => {
    const queue = await shop.queue();
    const stream = await openStream(server.url + pathOf(queue.id));
    expect(stream.answer.status).toBe(200);
    expect(stream.answer.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(stream.answer.headers.get("cache-control")).toBe("no-store");
    expect(stream.answer.headers.get("access-control-allow-origin")).toBe("*");
    expect(stream.answer.headers.get("x-request-id")).toMatch(/^req_/);
    await server.until(stream.events, (events) => events.length === 1);
    const [first] = await stream.events();
    expect(first).toMatchObject({ event: "board", id: "1" });
    expect({ ...first?.data, asOf: "" }).toEqual({ ...(await boardOf(queue.id)), asOf: "" });
    expect(Number(/retry: (\d+)/.exec(stream.text())?.[1])).toBeGreaterThanOrEqual(1_000);
    await stream.abort();
  });

  it("tells who listens by what the order was drawn, also where nothing else of the board changes", async () => {
    const [row] = await server.db.query<{ now: Date }>("select stanchion_now() as now");
    const openAt = new Date((row?.now.getTime() ?? 0) + 60_000).toISOString();
    const [queue, closed] = [
      await shop.queue({ shuffleBeforeOpen: true, openAt }),
      await shop.queue({ shuffleBeforeOpen: true, openAt }),
    ];
    const fan = await shop.fan();
    for (const { id } of [queue, closed]) await fan.enter(id);
    await shop.call("POST", `/api/v1/queues/${closed.id}/close`, { body: { drain: true } });
    const streams = [];
    for (const { id } of [queue, closed]) streams.push(await openStream(server.url + pathOf(id)));
    for (const stream of streams) await server.until(stream.events, (events) => events.length > 0);
    await server.advance(60_000);
    await bringOpeningsOn(server, async () => {
      const boards = await Promise.all([queue, closed].map(({ id }) => boardOf(id)));
      return boards.every(({ shuffle }) => shuffle !== undefined);
    });
    for (const [index, { id }] of [queue, closed].entries()) {
      const stream = streams[index];
      if (stream === undefined) continue;
      await server.until(stream.events, () => mergedOf(stream).shuffle !== undefined);
      expect({ ...mergedOf(stream), asOf: "" }).toEqual({ ...(await boardOf(id)), asOf: "" });
      await stream.abort();
    }
  });

  it("sends changes that add up to the board, to those who came first and to those who came late", async () => {
    const queue = await shop.queue();
    const line = testLine(server.db, queue.id);
    const path = `/api/v1/queues/${queue.id}`;
    const early = await openStream(server.url + pathOf(queue.id));
    await server.until(early.events, (events) => events.length === 1);
    const fans = await shop.fans(10);
    await Promise.all(fans.map((fan) => fan.enter(queue.id)));
    await server.until(early.events, (events) => events.length > 1);
    const late = await openStream(server.url + pathOf(queue.id));
    await shop.call("POST", `${path}/pause`);
    await server.until(early.events, () => mergedOf(early).reason === "PAUSED_BY_OPERATOR");
    await shop.call("POST", `${path}/resume`);
    await fans[7]?.leave(queue.id);
    await line.tick({ most: 3 });
    await shop.call("PATCH", path, { body: { admitRate: 123 } });
    for (const stream of [early, late]) {
      const { version } = await boardOf(queue.id);
      await server.until(stream.events, () => Number(mergedOf(stream).version) >= version);
      const board = await boardOf(queue.id);
      expect({ ...mergedOf(stream), asOf: "" }).toEqual({ ...board, asOf: "" });
      expect(board).toMatchObject({ admitRate: 123, nowServing: 3, waiting: 6, departed: [1] });
      await stream.abort();
    }
    const versions = early.all.map((event) => Number(event.id));
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
  });

  it("tells that a scheduled queue has opened, which nobody wrote", async () => {
    const openAt = new Date(Date.now() + 60_000).toISOString();
    const queue = await shop.queue({ openAt });
    const stream = await openStream(server.url + pathOf(queue.id));
    await server.until(stream.events, (events) => events.length === 1);
    await server.advance(61_000);
    await server.until(stream.events, () => mergedOf(stream).status === "OPEN");
    await stream.abort();
  });

  it("answers HEAD with the headers, and holds nothing open for it", async () => {
    const queue = await shop.queue();
    const answer = await fetch(server.url + pathOf(queue.id), { method: "HEAD" });
    expect([answer.status, await answer.text()]).toEqual([200, ""]);
    expect(answer.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(await openStreams()).toBe(0);
  });

  it("says 404 for what is no queue", async () => {
    for (const id of ["queue_1", strangeId("queue")]) {
      const answer = await server.call("GET", pathOf(id));
      expect([answer.status, errorOf(answer).code]).toEqual([404, "QUEUE_NOT_FOUND"]);
    }
  });

  it("forgets who goes away", async () => {
    const queue = await shop.queue();
    const streams = await Promise.all([1, 2, 3].map(() => openStream(server.url + pathOf(queue.id))));
    for (const stream of streams) await server.until(stream.events, (events) => events.length === 1);
    expect(await openStreams()).toBe(3);
    for (const stream of streams) await stream.abort();
    await server.until(openStreams, (open) => open === 0);
  });

  it("forgets who goes away before the line was read", async () => {
    const queue = await shop.queue();
    const logged: string[] = [];
    const onLog = (line: string): void => void logged.push(line);
    const other = await startTestServer({ isWorker: false, database: server.db, onLog });
    const held = await holdLock(server.db, "lock table line_controls in access exclusive mode");
    const gone = new Promise((resolve) =>
      other.server.api?.app.server.once("connection", (socket) => socket.once("close", resolve)),
    );
    const asking = request(other.url + pathOf(queue.id), { agent: false }).on("error", () => {});
    asking.end();
    // One is the reading for this stream, one the polling of the server that made the queue.
    await server.until(
      () => countLockWaiters(server.db),
      (waiters) => waiters === 2,
    );
    asking.destroy();
    await gone;
    await held.release();
    const next = await openStream(other.url + pathOf(queue.id));
    await server.until(next.events, (events) => events.length === 1);
    expect(other.server.api?.streams.open).toBe(1);
    expect(logged.filter((line) => line.includes('"level":"error"'))).toEqual([]);
    await next.abort();
    await server.until(
      async () => other.server.api?.streams.open,
      (open) => open === 0,
    );
    await other.stop();
  });

  it("says goodbye when the server stops", async () => {
    const queue = await shop.queue();
    const other = await startTestServer({ isWorker: false, database: server.db });
    const stream = await openStream(other.url + pathOf(queue.id));
    await server.until(stream.events, (events) => events.length === 1);
    await other.stop();
    await stream.ended;
    expect(stream.all.at(-1)).toMatchObject({ event: "goodbye", data: {} });
    expect(stream.text().match(/retry: \d+/g)).toHaveLength(2);
  });

  describe("with few places", () => {
    it("tells those beyond them that it is busy and when to come again, by address and in all", async () => {
      const queue = await shop.queue();
      const few = await startStreams({ streamsMax: 3, streamsPerAddressMax: 2 });
      const from = (address: string) =>
        openStream(few.url + pathOf(queue.id), { "X-Forwarded-For": address });
      const held = [await from("192.0.2.1"), await from("192.0.2.1")];
      for (const stream of held) await server.until(stream.events, (events) => events.length === 1);
      const third = await from("192.0.2.1");
      await third.ended;
      expect(third.answer.status).toBe(200);
      expect(third.all).toEqual([{ event: "busy", id: "", data: {} }]);
      expect(Number(/retry: (\d+)/.exec(third.text())?.[1])).toBeGreaterThanOrEqual(5_000);
      held.push(await from("192.0.2.2"));
      await server.until(
        async () => few.streams.open,
        (open) => open === 3,
      );
      const fourth = await from("192.0.2.3");
      await fourth.ended;
      expect(fourth.all).toMatchObject([{ event: "busy" }]);
      await held[0]?.abort();
      await server.until(
        async () => few.streams.open,
        (open) => open === 2,
      );
      const again = await from("192.0.2.1");
      await server.until(again.events, (events) => events.length === 1);
      expect(again.all[0]?.event).toBe("board");
      for (const stream of [...held.slice(1), again]) await stream.abort();
      await few.stop();
    });

    it("sends a heartbeat every 15 seconds", async () => {
      vi.useFakeTimers({ toFake: ["setInterval"] });
      const queue = await shop.queue();
      const few = await startStreams({ streamsMax: 3, streamsPerAddressMax: 3 });
      const stream = await openStream(few.url + pathOf(queue.id));
      await server.until(stream.events, (events) => events.length === 1);
      expect(stream.text()).not.toContain("\n:\n\n");
      vi.advanceTimersByTime(limits.streamHeartbeatSeconds * 1_000);
      await server.until(
        async () => stream.text(),
        (text) => text.includes("\n:\n\n"),
      );
      vi.useRealTimers();
      await stream.abort();
      await few.stop();
    });
  });

  /** The stream alone, with limits of its own. */
  async function startStreams(most: StreamLimits) {
    const { database } = server.db;
    const log = createLog("silent");
    const secrets = createSecrets("a secret of the tests, long enough to be one");
    const shared = { clock: systemClock, log };
    const app = createHttpServer({
      ...shared,
      metrics: createMetrics(),
      trustProxy: ["loopback"],
      publicUrl: () => null,
      isDraining: () => false,
      maintenance: () => null,
    });
    const keys = await openSigningKeys(database, secrets, log);
    const services = createQueueServices({
      ...shared,
      database,
      secrets,
      keys,
      issuer: () => "",
      chains: [],
    });
    const host = {
      app,
      database,
      publicUrl: () => null,
      secrets,
      rateLimiter: createRateLimiter(systemClock, {}),
      authenticate: () => ({ kind: "anyone" as const }),
    };
    const streams = createEventStreams(host, () => null, most);
    registerBoardStream(streams, services);
    const url = await app.listen({ port: 0, host: "127.0.0.1" });
    return {
      url,
      streams,
      async stop() {
        streams.close();
        services.views.close();
        keys.close();
        await app.close();
      },
    };
  }
});
