import type { Board } from "@stanchion/contract";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { QueueWatch } from "./queues.ts";
import { rankTicket } from "./shuffle.ts";
import type { Stanchion } from "./stanchion.ts";
import {
  boardWith,
  clientOf,
  entryWith,
  FakeServer,
  json,
  MemoryStorage,
  queueId,
} from "./testing/fake-server.ts";
import { pass, useFakeTime } from "./testing/fake-time.ts";

const statusRoute = `GET /queues/${queueId}/status`;
const undrawn = { rank: null, position: null, ahead: null, estimatedWaitSeconds: null };
const shuffle = { count: 150, seed: "5e".repeat(32) };
const rank = rankTicket(100, shuffle.count, shuffle.seed);

let server: FakeServer;
let storage: MemoryStorage;
let watches: QueueWatch[];
beforeEach(() => {
  useFakeTime();
  storage = new MemoryStorage();
  watches = [];
  server = new FakeServer()
    .on(`POST /queues/${queueId}/enter`, () => json(201, entryWith(undrawn)))
    .on(statusRoute, () => json(200, entryWith(undrawn)));
});
afterEach(() => {
  for (const watch of watches) watch.stop();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function startWatch(client: Stanchion): QueueWatch {
  const watch = client.queues.watch(queueId);
  watches.push(watch);
  return watch;
}

async function showBoard(members: Partial<Board>): Promise<void> {
  server.stream.send("board", boardWith({ asOf: new Date().toISOString(), ...members }));
  await pass(0);
}

/** A fan who joined before the opening, and a board of that time: two have left since, by their tickets. */
async function joinEarly(client = clientOf(server, { storage })): Promise<QueueWatch> {
  await client.queues.enter(queueId);
  const watch = startWatch(client);
  await pass(0);
  await showBoard({ version: 1, status: "SCHEDULED", departed: [2] });
  return watch;
}

it("has no position before the order is drawn, though the fan waits", async () => {
  const watch = await joinEarly();
  const nowhere = {
    phase: "waiting",
    position: null,
    ahead: null,
    estimatedWaitSeconds: null,
    progress: null,
  };
  expect(watch.snapshot).toMatchObject({ ...nowhere, queueStatus: "SCHEDULED" });
  await showBoard({ version: 2, status: "DRAWING", departed: [2] });
  expect(watch.snapshot).toMatchObject({ ...nowhere, queueStatus: "DRAWING" });
  expect(server.count(`GET /queues/${queueId}/departed/0`)).toBe(0);
});

it("works out the place by itself once the order is drawn, and asks nobody", async () => {
  const watch = await joinEarly();
  await showBoard({ version: 2, status: "OPEN", shuffle });
  expect(watch.snapshot).toMatchObject({ position: rank, ahead: rank - 1, progress: 0, entry: { rank } });
  await showBoard({ version: 3, status: "OPEN", shuffle, nowServing: 5 });
  expect(watch.snapshot).toMatchObject({ position: rank - 5, entry: { rank, ticket: 100 } });
  expect(server.count(statusRoute)).toBe(0);
});

it("counts who has left in the segments before as soon as the order is drawn", async () => {
  const watch = await joinEarly();
  await showBoard({ version: 2, status: "OPEN", shuffle, segment: 8, departed: [1, 2, 0, 3] });
  const before = [1, 2, 0, 3].slice(0, Math.floor(rank / 8)).reduce((sum, count) => sum + count, 0);
  expect(before).toBeGreaterThan(0);
  expect(watch.snapshot.position).toBe(rank - before);
});

it("stands behind everybody who came before the opening when it came while the order was drawn", async () => {
  server.on(`POST /queues/${queueId}/enter`, () => json(201, entryWith({ ...undrawn, ticket: 151 })));
  const watch = await joinEarly();
  await showBoard({ version: 2, status: "DRAWING" });
  await showBoard({ version: 3, status: "OPEN", shuffle });
  expect(watch.snapshot).toMatchObject({ position: 151, entry: { rank: 151 } });
});

it("keeps the rank, the first position and the way since for a reload and other tabs", async () => {
  const watch = await joinEarly();
  await showBoard({ version: 2, status: "OPEN", shuffle });
  await showBoard({ version: 3, status: "OPEN", shuffle, nowServing: 5 });
  const again = startWatch(clientOf(server, { storage }));
  expect(again.snapshot).toMatchObject({ phase: "waiting", entry: { rank } });
  await pass(0);
  await showBoard({ version: 3, status: "OPEN", shuffle, nowServing: 5 });
  const { position, progress } = watch.snapshot;
  expect(again.snapshot).toMatchObject({ position, progress });
  expect(progress).toBeCloseTo(5 / (rank - 1));
});

it("does not lose the place to an answer from before the drawing", async () => {
  const watch = await joinEarly();
  const answer = Promise.withResolvers<Response>();
  server.once(statusRoute, () => answer.promise);
  watch.refresh();
  await pass(1);
  await showBoard({ version: 2, status: "OPEN", shuffle });
  answer.resolve(json(200, entryWith(undrawn)));
  await pass(0);
  expect(watch.snapshot).toMatchObject({ position: rank, entry: { rank } });
});

it("takes no position from a board that counts by tickets when a status has told the rank first", async () => {
  const watch = await joinEarly();
  server.on(statusRoute, () => json(200, entryWith({ rank: 40, position: 38 })));
  watch.refresh();
  await pass(1);
  expect(watch.snapshot).toMatchObject({ queueStatus: "SCHEDULED", position: 38 });
  await showBoard({ version: 2, status: "OPEN", shuffle, nowServing: 3 });
  expect(watch.snapshot.position).toBe(37);
});

it("is asked for when the turn has come, as in every line", async () => {
  const watch = await joinEarly();
  server.on(statusRoute, () =>
    json(200, entryWith({ status: "ADMITTED", rank, position: null, ahead: null })),
  );
  await showBoard({ version: 2, status: "OPEN", shuffle, nowServing: rank });
  await pass(300);
  expect(watch.snapshot.phase).toBe("admitted");
});
