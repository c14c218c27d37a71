import type { DrawEntry, DrawNews } from "@stanchion/contract";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { DrawWatch } from "./draws.ts";
import type { DrawSnapshot } from "./snapshot.ts";
import type { Stanchion } from "./stanchion.ts";
import {
  admissionToken,
  clientOf,
  drawEntryWith,
  drawId,
  drawNewsWith,
  FakeServer,
  json,
  MemoryStorage,
  publicDrawWith,
  receipt,
  refusal,
  silence,
} from "./testing/fake-server.ts";
import { FakeTabs } from "./testing/fake-tabs.ts";
import { pass, useFakeTime } from "./testing/fake-time.ts";

const enterRoute = `POST /draws/${drawId}/enter`;
const statusRoute = `GET /draws/${drawId}/status`;
const leaveRoute = `POST /draws/${drawId}/leave`;
const drawRoute = `GET /draws/${drawId}`;
const streamRoute = `GET /draws/${drawId}/stream`;

let server: FakeServer;
let storage: MemoryStorage;
let client: Stanchion;
let watches: DrawWatch[];
beforeEach(() => {
  useFakeTime();
  storage = new MemoryStorage();
  watches = [];
  server = new FakeServer()
    .on(enterRoute, () => json(201, drawEntryWith()))
    .on(statusRoute, () => json(200, drawEntryWith()))
    .on(leaveRoute, () => json(200, drawEntryWith({ status: "LEFT" })))
    .on(drawRoute, () => json(200, publicDrawWith()));
  client = clientOf(server, { storage });
});
afterEach(() => {
  for (const watch of watches) watch.stop();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function startWatch(by: Stanchion = client): { watch: DrawWatch; told: DrawSnapshot[] } {
  const told: DrawSnapshot[] = [];
  const watch = by.draws.watch(drawId, { onChange: (snapshot) => void told.push(snapshot) });
  watches.push(watch);
  return { watch, told };
}

async function change(members: Partial<DrawNews>): Promise<void> {
  server.stream.send("change", { version: 2, asOf: new Date().toISOString(), ...members });
  await pass(0);
}

/** An entrant, with a stream that has said that the draw is open. */
async function startEntered(): Promise<DrawWatch> {
  await client.draws.enter(drawId);
  const { watch } = startWatch();
  await pass(0);
  server.stream.send("draw", drawNewsWith());
  await pass(0);
  return watch;
}

function wonFor(seconds: number): DrawEntry {
  const nowSeconds = Math.floor(Date.now() / 1_000);
  const token = admissionToken(nowSeconds, nowSeconds + Math.min(60, seconds));
  const expiresAt = new Date((nowSeconds + seconds) * 1_000).toISOString();
  return drawEntryWith({
    status: "WON",
    drawStatus: "COMPLETED",
    admission: { id: "adm_1", token, expiresAt },
  });
}

const answerWith = (entry: DrawEntry): unknown => server.on(statusRoute, () => json(200, entry));

describe.each(["get", "enter", "status", "leave"] as const)("%s without a draw's id", (call) => {
  it("says so, and asks nobody", async () => {
    const failure = await client.draws[call]("").catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "INVALID_ARGUMENT", details: { argument: "drawId" } });
    expect(server.seen).toEqual([]);
  });
});

describe("the calls of draws", () => {
  it("read what is public of one, with the key", async () => {
    expect(await client.draws.get(drawId)).toMatchObject({ name: "Friday draw", winnerCount: 3 });
    expect(server.last(drawRoute).headers.get("x-publishable-key")).toBe("pk_test_1");
  });

  it("enter as a guest, once, and answer the entry of who is in it already", async () => {
    const entry = drawEntryWith({ number: 3 });
    expect(await client.draws.enter(drawId)).toMatchObject({ number: 7 });
    server.on(enterRoute, () => refusal(409, "ALREADY_REGISTERED", { ...entry }));
    expect(await client.draws.enter(drawId, { idempotencyKey: "mine" })).toMatchObject({ number: 3 });
    expect(server.last(enterRoute).headers.get("idempotency-key")).toBe("mine");
    expect(server.count("POST /auth/guest")).toBe(1);
  });

  it("wait for the opening where that is wanted", async () => {
    server.once(enterRoute, () => refusal(423, "DRAW_NOT_OPEN", {}, { "retry-after": "30" }));
    await expect(client.draws.enter(drawId)).rejects.toMatchObject({ code: "DRAW_NOT_OPEN" });
    server.once(enterRoute, () => refusal(423, "DRAW_NOT_OPEN", {}, { "retry-after": "30" }));
    const entered = client.draws.enter(drawId, { waitForOpening: true });
    await pass(30_000);
    expect(await entered).toMatchObject({ status: "ENTERED" });
  });

  it("read one's own entry, and keep the receipt where an answer does not tell it", async () => {
    server.on(enterRoute, () => json(201, drawEntryWith({ receipt: receipt as never })));
    await client.draws.enter(drawId);
    expect(await client.draws.status(drawId)).toMatchObject({ receipt });
    expect(await client.draws.leave(drawId)).toMatchObject({ status: "LEFT", receipt });
    expect(server.last(statusRoute).headers.has("x-line-token")).toBe(false);
    expect(await client.draws.status(drawId)).not.toHaveProperty("rank");
  });

  it("read an entry's leaf in the list, without a key", async () => {
    const proof = { leaf: "0a", index: 2, path: ["0b"] };
    const route = `GET /draws/${drawId}/proof/entries/ent_1`;
    server.on(route, () => json(200, proof));
    expect(await client.draws.entryProof(drawId, "ent_1")).toEqual(proof);
    expect(server.last(route).headers.has("x-publishable-key")).toBe(false);
    const failure = await client.draws.entryProof(drawId, "").catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "INVALID_ARGUMENT", details: { argument: "entryId" } });
  });

  it("end by their signal", async () => {
    server.on(drawRoute, silence).on(enterRoute, silence).on(statusRoute, silence).on(leaveRoute, silence);
    await client.auth.guest();
    for (const call of ["get", "enter", "status", "leave"] as const) {
      const controller = new AbortController();
      const failure = client.draws[call](drawId, { signal: controller.signal }).catch((error) => error);
      await pass(0);
      controller.abort();
      expect(await failure).toMatchObject({ code: "ABORTED" });
    }
  });
});

describe("a watch of a draw", () => {
  it("shows how far it has come to who is outside, and asks nobody else", async () => {
    const { watch, told } = startWatch();
    expect(watch.snapshot).toMatchObject({ drawId, phase: "outside", draw: null, connection: "connecting" });
    await pass(0);
    server.stream.send("draw", drawNewsWith({ status: "SCHEDULED", openAt: "2026-01-01T00:10:00.000Z" }));
    await pass(0);
    expect(watch.snapshot).toMatchObject({ drawStatus: "SCHEDULED", connection: "stream" });
    await change({ status: "OPEN", openAt: null, entries: 11 });
    expect(watch.snapshot.draw).toEqual(
      drawNewsWith({ version: 2, entries: 11, asOf: watch.snapshot.draw?.asOf ?? "" }),
    );
    expect(told.at(-1)).toBe(watch.snapshot);
    expect(server.seen.map(({ route }) => route)).toEqual([streamRoute]);
  });

  it("goes from entered to drawing, and asks for the own result within the time that was told", async () => {
    const watch = await startEntered();
    expect(watch.snapshot).toMatchObject({ phase: "entered", entry: { number: 7 } });
    await change({ status: "CLOSED" });
    expect(watch.snapshot.phase).toBe("drawing");
    expect(server.count(statusRoute)).toBe(0);
    answerWith(wonFor(600));
    await change({
      status: "COMPLETED",
      drawnAt: "2026-01-01T01:05:01.000Z",
      readAfterSecondsMax: 10,
      version: 3,
    });
    await pass(4_999);
    expect([watch.snapshot.phase, server.count(statusRoute)]).toEqual(["drawing", 0]);
    await pass(1);
    expect(watch.snapshot).toMatchObject({ phase: "admitted", admission: { id: "adm_1" } });
    expect(server.stream.isClosed).toBe(true);
  });

  it("asks again, later and later, while the result is not told yet", async () => {
    const watch = await startEntered();
    await change({ status: "COMPLETED", readAfterSecondsMax: 2 });
    await pass(1_000);
    expect([watch.snapshot.phase, server.count(statusRoute)]).toEqual(["drawing", 1]);
    await pass(750);
    expect(server.count(statusRoute)).toBe(2);
    answerWith(drawEntryWith({ status: "LOST" }));
    await pass(1_500);
    expect(watch.snapshot).toMatchObject({ phase: "lost", mayStillWin: false });
    await pass(3_600_000);
    expect(server.count(statusRoute)).toBe(3);
  });

  it("hears within seconds that the operator has taken the entry out, and asks nobody while it was others'", async () => {
    const watch = await startEntered();
    await change({ entries: 9, removed: [6, 8, 70] });
    await pass(10_000);
    expect(server.count(statusRoute)).toBe(0);
    answerWith(drawEntryWith({ status: "DENIED", reason: "BOT" }));
    await change({ entries: 8, removed: [7], version: 3 });
    await pass(2_499);
    expect([watch.snapshot.phase, server.count(statusRoute)]).toEqual(["entered", 0]);
    await pass(1);
    expect([watch.snapshot.phase, server.count(statusRoute)]).toEqual(["denied", 1]);
    await pass(3_600_000);
    expect(server.count(statusRoute)).toBe(1);
  });

  it("waits for a winner's turn, renews the token, and shows the end", async () => {
    const watch = await startEntered();
    const turnAtMs = Date.now() + 120_000;
    answerWith(drawEntryWith({ status: "WON", admissionAt: new Date(turnAtMs).toISOString() }));
    await change({ status: "COMPLETED", readAfterSecondsMax: 2 });
    await pass(1_000);
    expect(watch.snapshot).toMatchObject({ phase: "won", admission: null });
    expect(watch.snapshot.admissionAt).toBe(new Date(turnAtMs).toISOString());
    await pass(100_000);
    expect(server.count(statusRoute)).toBe(1);
    answerWith(wonFor(100));
    await pass(20_000);
    expect(watch.snapshot).toMatchObject({ phase: "admitted", admissionAt: null });
    const { token } = watch.snapshot.admission ?? {};
    answerWith(wonFor(60));
    await pass(50_000);
    expect(watch.snapshot.admission?.token).not.toBe(token);
    answerWith(drawEntryWith({ status: "EXPIRED" }));
    await pass(60_000);
    expect(watch.snapshot).toMatchObject({ phase: "expired", admission: null });
  });

  it("hears of a seat that comes free for who has lost, asking rarer and rarer", async () => {
    server.on(drawRoute, () => json(200, publicDrawWith({ backfill: true })));
    const watch = await startEntered();
    answerWith(drawEntryWith({ status: "LOST" }));
    await change({ status: "COMPLETED", readAfterSecondsMax: 2 });
    await pass(1_000);
    expect(watch.snapshot).toMatchObject({ phase: "lost", mayStillWin: true });
    await pass(600_000);
    expect(server.count(statusRoute)).toBeGreaterThan(3);
    expect(server.count(statusRoute)).toBeLessThan(9);
    answerWith(wonFor(600));
    await pass(600_000);
    expect(watch.snapshot.phase).toBe("admitted");
    expect(server.count(drawRoute)).toBe(1);
  });

  it.each([
    ["CANCELLED", "cancelled"],
    ["VOID", "void"],
  ] as const)("says that a draw came to nothing: %s", async (status, phase) => {
    const watch = await startEntered();
    await change({ status });
    expect(watch.snapshot.phase).toBe(phase);
    expect(server.stream.isClosed).toBe(true);
    await pass(3_600_000);
    expect(server.count(statusRoute)).toBeLessThanOrEqual(1);
  });

  it("asks for the draw while there is no stream, and is offline where nothing answers", async () => {
    server.on(streamRoute, () => refusal(503, "OVERLOADED", {}, { "retry-after": "6000" }));
    const { watch } = startWatch();
    await pass(0);
    expect(watch.snapshot).toMatchObject({ connection: "polling", drawStatus: "OPEN", phase: "outside" });
    server.on(drawRoute, () => json(200, publicDrawWith({ status: "CLOSED", entries: 12 })));
    await pass(21_000);
    expect(watch.snapshot).toMatchObject({ drawStatus: "CLOSED", draw: { entries: 12, drawId } });
    server.on(drawRoute, () => Promise.reject(new TypeError("no network")));
    await pass(21_000);
    expect(watch.snapshot).toMatchObject({ connection: "offline", error: { code: "NETWORK_ERROR" } });
    server.on(streamRoute, (request) => server.openStream(request));
    watch.refresh();
    await pass(0);
    server.stream.send("draw", drawNewsWith({ status: "COMPLETED" }));
    await pass(0);
    expect(watch.snapshot).toMatchObject({ connection: "stream", error: null, drawStatus: "COMPLETED" });
  });

  it("shares one stream with the other tabs of the browser, and goes on when the tab that has it is closed", async () => {
    new FakeTabs().install();
    await client.draws.enter(drawId);
    const one = startWatch().watch;
    await pass(0);
    const two = startWatch(clientOf(server, { storage })).watch;
    await pass(0);
    server.stream.send("draw", drawNewsWith());
    await pass(0);
    expect([one.snapshot, two.snapshot]).toMatchObject(
      Array(2).fill({ connection: "stream", phase: "entered" }),
    );
    expect(server.count(streamRoute)).toBe(1);
    one.stop();
    await pass(0);
    expect(server.count(streamRoute)).toBe(2);
    server.stream.send("draw", drawNewsWith({ version: 2, status: "CLOSED" }));
    await pass(0);
    expect(two.snapshot).toMatchObject({ connection: "stream", phase: "drawing" });
  });

  it("keeps the entry over a reload, and asks nobody for it while the draw is open", async () => {
    await client.draws.enter(drawId);
    const { watch } = startWatch(clientOf(server, { storage }));
    expect(watch.snapshot).toMatchObject({ phase: "entered", entry: { number: 7 } });
    await pass(0);
    server.stream.send("draw", drawNewsWith());
    await pass(60_000);
    expect(server.count(statusRoute)).toBe(0);
  });

  it("asks at once for an entry that may have changed while nobody looked", async () => {
    server.on(enterRoute, () => json(201, wonFor(600)));
    await client.draws.enter(drawId);
    answerWith(drawEntryWith({ status: "COMPLETED" }));
    const { watch } = startWatch(clientOf(server, { storage }));
    expect(watch.snapshot.phase).toBe("admitted");
    await pass(0);
    expect(watch.snapshot).toMatchObject({ phase: "completed", admission: null });
  });

  it("lets who has left enter again", async () => {
    const watch = await startEntered();
    await client.draws.leave(drawId);
    expect(watch.snapshot.phase).toBe("left");
    expect(server.stream.isClosed).toBe(false);
    await client.draws.enter(drawId);
    expect(watch.snapshot.phase).toBe("entered");
  });

  it("shows nobody another's entry", async () => {
    const watch = await startEntered();
    await client.auth.guest({ fresh: true });
    expect(watch.snapshot).toMatchObject({ phase: "outside", entry: null });
  });

  it("tells onError of what it meets in the background", async () => {
    const heard: unknown[] = [];
    client = clientOf(server, { storage, onError: (error, call) => heard.push([error.code, call]) });
    server.on(statusRoute, () => refusal(429, "RATE_LIMITED", {}, { "retry-after": "5" }));
    await client.auth.guest();
    startWatch();
    await pass(0);
    expect(heard).toEqual([["RATE_LIMITED", "draws.watch"]]);
  });
});
