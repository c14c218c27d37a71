import type { Board } from "@stanchion/contract";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { line } from "./line-place.ts";
import { NewsFeed } from "./news-feed.ts";
import { ServerClock } from "./server-clock.ts";
import type { StanchionError } from "./stanchion-error.ts";
import { waitFor } from "./surroundings.ts";
import { boardWith, FakeServer, json, queueId, refusal, silence } from "./testing/fake-server.ts";
import { pass, useFakeTime } from "./testing/fake-time.ts";
import { Transport } from "./transport.ts";

const streamRoute = `GET /queues/${queueId}/stream`;
const boardRoute = `GET /queues/${queueId}/now-serving`;

let server: FakeServer;
let feed: NewsFeed<Board>;
let boards: Board[];
let connections: string[];
let errors: (StanchionError | null)[];
beforeEach(() => {
  useFakeTime();
  server = new FakeServer().on(boardRoute, () => json(200, boardWith()));
  boards = [];
  connections = [];
  errors = [];
  const settings = {
    baseUrl: "https://line.test",
    credential: { "X-Publishable-Key": "pk" },
    headers: {},
    timeoutMs: 15_000,
  };
  const surroundings = { fetch: server.fetch, random: () => 0.5, now: Date.now, wait: waitFor };
  const transport = new Transport(settings, surroundings, new ServerClock(Date.now));
  feed = new NewsFeed(transport, line.topicOf(queueId, transport), {
    takeNews: (board) => void boards.push(board),
    takeConnection: (connection) => void connections.push(connection),
    takeNewsError: (error) => void errors.push(error),
  });
});
afterEach(() => {
  feed.stop();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function noStream(): void {
  server.on(streamRoute, () => refusal(503, "OVERLOADED", {}, { "retry-after": "600" }));
}

describe("NewsFeed", () => {
  it("does not ask while the stream brings the board", async () => {
    feed.start();
    await pass(0);
    server.stream.send("board", boardWith());
    await pass(30_000);
    expect(boards.length).toBe(1);
    expect(connections).toEqual(["stream"]);
    expect(server.count(boardRoute)).toBe(0);
  });

  it("asks every few seconds while there is no stream", async () => {
    noStream();
    feed.start();
    await pass(20_000);
    expect(new Set(connections)).toEqual(new Set(["polling"]));
    const times = server.seen.filter(({ route }) => route === boardRoute).map(({ atMs }) => atMs);
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(gaps.length).toBeGreaterThan(3);
    for (const gap of gaps) expect(gap).toBe(3_500);
  });

  it("does not ask again while the answer's max-age lasts", async () => {
    noStream();
    server.on(boardRoute, () => json(200, boardWith(), { "cache-control": "public, max-age=9" }));
    feed.start();
    await pass(8_900);
    expect(server.count(boardRoute)).toBe(1);
    await pass(200);
    expect(server.count(boardRoute)).toBe(2);
  });

  it("asks besides when the stream answers nothing for 3 s", async () => {
    server.on(streamRoute, silence);
    feed.start();
    await pass(2_999);
    expect(server.count(boardRoute)).toBe(0);
    await pass(1);
    expect(connections).toEqual(["polling"]);
  });

  it("asks while the server is too full, and tries the stream again when it said", async () => {
    feed.start();
    await pass(0);
    server.stream.send("busy", {}, 20_000);
    await pass(29_900);
    expect(server.count(streamRoute)).toBe(1);
    expect(server.count(boardRoute)).toBeGreaterThan(5);
    await pass(200);
    expect(server.count(streamRoute)).toBe(2);
    server.stream.send("board", boardWith());
    const polls = server.count(boardRoute);
    await pass(10_000);
    expect(connections.at(-1)).toBe("stream");
    expect(server.count(boardRoute)).toBe(polls);
  });

  it("comes back after goodbye when the server said, spread by chance", async () => {
    feed.start();
    await pass(0);
    server.stream.send("board", boardWith());
    server.stream.send("goodbye", {}, 1_000);
    await pass(1_400);
    expect(connections[1]).toBe("polling");
    expect(server.count(streamRoute)).toBe(1);
    await pass(200);
    expect(server.count(streamRoute)).toBe(2);
  });

  it("backs off from a stream that keeps breaking, and soon tries a good one again", async () => {
    feed.start();
    await pass(0);
    for (const waitMs of [750, 1_500, 3_000]) {
      const opened = server.count(streamRoute);
      server.stream.end();
      await pass(waitMs - 10);
      expect(server.count(streamRoute)).toBe(opened);
      await pass(20);
      expect(server.count(streamRoute)).toBe(opened + 1);
    }
    await pass(31_000);
    server.stream.end();
    const opened = server.count(streamRoute);
    await pass(760);
    expect(server.count(streamRoute)).toBe(opened + 1);
  });

  it("is offline when asking fails too, keeps quiet in between, and comes back", async () => {
    const broken = (): never => {
      throw new TypeError("fetch failed");
    };
    server.on(streamRoute, broken).on(boardRoute, broken);
    feed.start();
    await pass(120_000);
    expect(connections.at(-1)).toBe("offline");
    expect(errors.at(-1)?.code).toBe("NETWORK_ERROR");
    expect(server.count(boardRoute)).toBeLessThan(15);
    server.on(boardRoute, () => json(200, boardWith()));
    feed.refresh();
    await pass(10);
    expect(connections.at(-1)).toBe("polling");
    expect(errors.at(-1)).toBeNull();
  });

  it("leaves a stream alone that was heard just now, and replaces one that is quiet, when it is refreshed", async () => {
    feed.start();
    await pass(0);
    server.stream.send("board", boardWith());
    await pass(10_000);
    feed.refresh();
    await pass(0);
    expect(server.count(streamRoute)).toBe(1);
    await pass(15_000);
    const old = server.stream;
    feed.refresh();
    await pass(0);
    expect(server.count(streamRoute)).toBe(2);
    expect(server.count(boardRoute)).toBe(1);
    expect(old.isClosed).toBe(true);
  });

  it("leaves a try alone that is still on its way when it is refreshed", async () => {
    feed.start();
    await pass(10);
    feed.refresh();
    feed.refresh();
    await pass(10);
    expect(server.count(streamRoute)).toBe(1);
  });

  it("does not ask before Retry-After though the stream keeps failing", async () => {
    server
      .on(streamRoute, () => refusal(500, "INTERNAL_ERROR"))
      .on(boardRoute, () => refusal(503, "OVERLOADED", {}, { "retry-after": "50" }));
    feed.start();
    await pass(49_000);
    expect(server.count(streamRoute)).toBeGreaterThan(3);
    expect(server.count(boardRoute)).toBe(1);
  });

  it("can be started again", async () => {
    feed.start();
    await pass(0);
    feed.stop();
    feed.start();
    await pass(0);
    server.stream.send("board", boardWith());
    await pass(0);
    expect(boards.length).toBe(1);
  });
});
