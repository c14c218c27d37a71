import type { Board } from "@stanchion/contract";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { line } from "./line-place.ts";
import { followStream } from "./news-stream.ts";
import { readEvents } from "./read-events.ts";
import { ServerClock } from "./server-clock.ts";
import { waitFor } from "./surroundings.ts";
import { boardWith, FakeServer, queueId, refusal, silence } from "./testing/fake-server.ts";
import { pass, settle, useFakeTime } from "./testing/fake-time.ts";
import { Transport } from "./transport.ts";

const streamRoute = `GET /queues/${queueId}/stream`;

let server: FakeServer;
let boards: Board[];
let controller: AbortController;
beforeEach(() => {
  useFakeTime();
  server = new FakeServer();
  boards = [];
  controller = new AbortController();
});
afterEach(() => void vi.useRealTimers());

function follow() {
  const settings = {
    baseUrl: "https://line.test",
    credential: { "X-Publishable-Key": "pk" },
    headers: {},
    timeoutMs: 15_000,
  };
  const surroundings = { fetch: server.fetch, random: () => 0.5, now: Date.now, wait: waitFor };
  const transport = new Transport(settings, surroundings, new ServerClock(Date.now));
  const observer = { onNews: (board: Board) => void boards.push(board), onAlive: () => {} };
  const end = followStream(
    transport,
    line.topicOf(queueId, transport),
    readEvents,
    observer,
    controller.signal,
  );
  return end.catch((error) => error);
}

describe("followStream", () => {
  it("asks for events, without a key", async () => {
    void follow();
    await settle();
    const { headers } = server.last(streamRoute);
    expect([...headers.entries()]).toEqual([["accept", "text/event-stream"]]);
    controller.abort();
  });

  it("gives whole boards and merges changes into the last", async () => {
    void follow();
    await settle();
    server.stream.send("change", { nowServing: 99 });
    server.stream.send("board", boardWith({ nowServing: 1 }));
    server.stream.send("change", { nowServing: 2, version: 2 });
    server.stream.send("other", { nowServing: 50 });
    await settle();
    expect(boards.map((board) => [board.nowServing, board.version, board.admitRate])).toEqual([
      [1, 1, 60],
      [2, 2, 60],
    ]);
    controller.abort();
  });

  it.each(["busy", "goodbye"] as const)("ends at %s with the time to come back", async (event) => {
    const end = follow();
    await settle();
    server.stream.send(event, {}, 4_000);
    expect(await end).toEqual({ reason: event, retryMs: 4_000 });
    expect(server.stream.isClosed).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("ends when the server ends it", async () => {
    const end = follow();
    await settle();
    server.stream.end();
    expect(await end).toEqual({ reason: "ended", retryMs: null });
  });

  it("lives on heartbeats and dies of 40 s of silence", async () => {
    const end = follow();
    await settle();
    await pass(39_000);
    server.stream.write(": \n\n");
    await pass(39_999);
    expect(server.stream.isClosed).toBe(false);
    await pass(1);
    expect(await end).toMatchObject({ code: "TIMEOUT" });
    expect(server.stream.isClosed).toBe(true);
  });

  it("gives up on a server that does not answer", async () => {
    server.on(streamRoute, silence);
    const end = follow();
    await pass(15_000);
    expect(await end).toMatchObject({ code: "TIMEOUT" });
  });

  it("throws the refusal of the server, and INVALID_RESPONSE for what is no stream", async () => {
    server.once(streamRoute, () => refusal(503, "OVERLOADED", {}, { "retry-after": "3" }));
    expect(await follow()).toMatchObject({ code: "OVERLOADED", retryAfterSeconds: 3 });
    server.once(streamRoute, () => new Response("<html>"));
    expect(await follow()).toMatchObject({ code: "INVALID_RESPONSE" });
  });

  it("closes the connection when its signal fires", async () => {
    const end = follow();
    await settle();
    controller.abort();
    expect(await end).toMatchObject({ code: "ABORTED" });
    expect(server.stream.isClosed).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });
});
