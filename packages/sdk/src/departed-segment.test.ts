import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Alarm } from "./alarm.ts";
import { DepartedSegment } from "./departed-segment.ts";
import { demandedWaitMs } from "./retry.ts";
import { ServerClock } from "./server-clock.ts";
import { StanchionError } from "./stanchion-error.ts";
import { waitFor } from "./surroundings.ts";
import { boardWith, FakeServer, queueId, refusal } from "./testing/fake-server.ts";
import { pass, useFakeTime } from "./testing/fake-time.ts";
import { pathOf, Transport } from "./transport.ts";

const route = `GET /queues/${queueId}/departed/0`;

let server: FakeServer;
let departed: DepartedSegment;
let heard: number;
beforeEach(() => {
  useFakeTime();
  server = new FakeServer();
  heard = 0;
  const settings = {
    baseUrl: "https://line.test",
    credential: { "X-Publishable-Key": "pk" },
    headers: {},
    timeoutMs: 15_000,
  };
  const surroundings = { fetch: server.fetch, random: () => 0.5, now: Date.now, wait: waitFor };
  const transport = new Transport(settings, surroundings, new ServerClock(Date.now));
  departed = new DepartedSegment({
    transport,
    alarm: new Alarm(surroundings),
    path: (segment) => pathOf("queue", queueId, `/departed/${segment}`),
    waitAfterMs: (error) => (error instanceof StanchionError ? demandedWaitMs(error) : 0),
    onBits: () => {
      heard += 1;
    },
  });
});
afterEach(() => {
  departed.clear();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function answerBits(...ranks: number[]): void {
  const bytes = new Uint8Array(512);
  for (const rank of ranks) bytes[rank >> 3] = (bytes[rank >> 3] ?? 0) | (1 << (rank & 7));
  const headers = { "content-type": "application/octet-stream" };
  server.on(route, () => new Response(bytes, { headers }));
}

describe("DepartedSegment", () => {
  it("asks for nothing while nobody departed in the segment", async () => {
    departed.follow(boardWith({ departed: [0, 7] }), 100);
    await pass(10_000);
    expect(server.seen).toEqual([]);
    expect(departed.bits).toBeNull();
  });

  it("asks when the count is higher than what is known, and not again", async () => {
    answerBits(3, 5);
    const board = boardWith({ departed: [2] });
    departed.follow(board, 100);
    await pass(1_000);
    expect(heard).toBe(1);
    expect(departed.bits?.segment).toBe(0);
    departed.follow(board, 100);
    departed.follow(boardWith({ departed: [1], nowServing: 4 }), 100);
    await pass(10_000);
    expect(server.count(route)).toBe(1);
  });

  it("asks at most once in two seconds", async () => {
    answerBits(3);
    departed.follow(boardWith({ departed: [1] }), 100);
    await pass(1_000);
    answerBits(3, 4);
    departed.follow(boardWith({ departed: [2] }), 100);
    await pass(1_900);
    expect(server.count(route)).toBe(1);
    await pass(1_100);
    expect(server.count(route)).toBe(2);
    expect(departed.bits?.bytes[0]).toBe(0b11000);
  });

  it("asks a few times past an old copy, then waits for a new count", async () => {
    answerBits(3);
    for (let board = 0; board < 20; board += 1) {
      departed.follow(boardWith({ departed: [2] }), 100);
      await pass(3_100);
    }
    expect(server.count(route)).toBe(3);
    departed.follow(boardWith({ departed: [3] }), 100);
    await pass(3_100);
    expect(server.count(route)).toBe(4);
  });

  it("keeps what it knows when asking fails, and asks later", async () => {
    answerBits(3);
    departed.follow(boardWith({ departed: [1] }), 100);
    await pass(1_000);
    server.once(route, () => refusal(503, "OVERLOADED", {}, { "retry-after": "20" }));
    departed.follow(boardWith({ departed: [2] }), 100);
    await pass(3_100);
    expect(departed.bits?.bytes[0]).toBe(0b1000);
    answerBits(3, 4);
    departed.follow(boardWith({ departed: [2] }), 100);
    await pass(15_000);
    expect(server.count(route)).toBe(2);
    await pass(10_000);
    expect(departed.bits?.bytes[0]).toBe(0b11000);
  });
});
