import type { Board, Entry } from "@stanchion/contract";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { QueueWatch } from "./queues.ts";
import type { QueueSnapshot } from "./snapshot.ts";
import type { Stanchion } from "./stanchion.ts";
import {
  admissionToken,
  boardWith,
  clientOf,
  entryWith,
  FakeServer,
  json,
  MemoryStorage,
  queueId,
  refusal,
} from "./testing/fake-server.ts";
import { pass, useFakeTime } from "./testing/fake-time.ts";

const enterRoute = `POST /queues/${queueId}/enter`;
const statusRoute = `GET /queues/${queueId}/status`;
const boardRoute = `GET /queues/${queueId}/now-serving`;
const segmentRoute = `GET /queues/${queueId}/departed/0`;

let server: FakeServer;
let storage: MemoryStorage;
let client: Stanchion;
let watches: QueueWatch[];
beforeEach(() => {
  useFakeTime();
  storage = new MemoryStorage();
  watches = [];
  server = new FakeServer()
    .on(enterRoute, () => json(201, entryWith()))
    .on(statusRoute, () => json(200, entryWith()))
    .on(boardRoute, () => json(200, boardWith()));
  client = clientOf(server, { storage });
});
afterEach(() => {
  for (const watch of watches) watch.stop();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Watches, and collects every snapshot that is told. */
function startWatch(by: Stanchion = client): { watch: QueueWatch; told: QueueSnapshot[] } {
  const told: QueueSnapshot[] = [];
  const watch = by.queues.watch(queueId, { onChange: (snapshot) => void told.push(snapshot) });
  watches.push(watch);
  return { watch, told };
}

async function showBoard(members: Partial<Board>): Promise<void> {
  server.stream.send("board", boardWith({ asOf: new Date().toISOString(), ...members }));
  await pass(0);
}

/** A fan in the line, with a stream that has brought the first board. */
async function startWaiting(entry: Partial<Entry> = {}): Promise<QueueWatch> {
  server.on(enterRoute, () => json(201, entryWith(entry)));
  await client.queues.enter(queueId);
  const { watch } = startWatch();
  await pass(0);
  await showBoard({ version: 1 });
  return watch;
}

function admitted(seconds: number, tokenSeconds = Math.min(60, seconds)): Entry {
  const nowSeconds = Math.floor(Date.now() / 1_000);
  const token = admissionToken(nowSeconds, nowSeconds + tokenSeconds);
  const expiresAt = new Date((nowSeconds + seconds) * 1_000).toISOString();
  const gone = { position: null, ahead: null, estimatedWaitSeconds: null };
  return { ...entryWith({ status: "ADMITTED" }), ...gone, admission: { id: "adm_1", token, expiresAt } };
}

function answerBits(...ranks: number[]): void {
  const bytes = new Uint8Array(512);
  for (const rank of ranks) bytes[rank >> 3] = (bytes[rank >> 3] ?? 0) | (1 << (rank & 7));
  const headers = { "content-type": "application/octet-stream" };
  server.on(segmentRoute, () => new Response(bytes, { headers }));
}

describe("the first snapshot", () => {
  it("is outside without a session, and makes none", async () => {
    const { watch, told } = startWatch();
    expect(watch.snapshot).toMatchObject({ phase: "outside", connection: "connecting", position: null });
    await pass(100);
    expect(told.length).toBeGreaterThan(0);
    expect(server.count("POST /auth/guest")).toBe(0);
    expect(server.count(statusRoute)).toBe(0);
  });

  it("is told once the caller holds the watch", async () => {
    const { told } = startWatch();
    expect(told).toEqual([]);
    await Promise.resolve();
    expect(told.map((snapshot) => snapshot.phase)).toEqual(["outside"]);
  });

  it("asks the status once when there is a session but no stored place", async () => {
    await client.auth.guest();
    const { watch } = startWatch();
    expect(watch.snapshot.phase).toBe("loading");
    await pass(1);
    expect(watch.snapshot).toMatchObject({ phase: "waiting", position: 100, ahead: 99 });
    expect(server.count(statusRoute)).toBe(1);
  });

  it("is outside when the server knows no place", async () => {
    await client.auth.guest();
    server.on(statusRoute, () => refusal(404, "NOT_IN_QUEUE"));
    const { watch } = startWatch();
    await pass(100_000);
    expect(watch.snapshot).toMatchObject({ phase: "outside", error: null });
    expect(server.count(statusRoute)).toBe(1);
  });

  it("shows the stored place at once after a reload, without asking for it", async () => {
    await client.queues.enter(queueId);
    const { watch } = startWatch(clientOf(server, { storage }));
    expect(watch.snapshot).toMatchObject({ phase: "waiting", position: 100, progress: 0 });
    await pass(1_000);
    expect(server.count(statusRoute)).toBe(0);
  });

  it("asks anew for a stored admission", async () => {
    server.on(enterRoute, () => json(201, admitted(600)));
    await client.queues.enter(queueId);
    server.on(statusRoute, () => json(200, entryWith({ status: "EXPIRED" })));
    const { watch } = startWatch(clientOf(server, { storage }));
    expect(watch.snapshot.phase).toBe("admitted");
    await pass(1);
    expect(watch.snapshot.phase).toBe("expired");
  });

  it("stays loading with the error while the server cannot be reached, and gets there later", async () => {
    await client.auth.guest();
    server.once(statusRoute, () => refusal(500, "INTERNAL_ERROR"));
    const { watch } = startWatch();
    await pass(1);
    expect(watch.snapshot).toMatchObject({ phase: "loading", error: { code: "INTERNAL_ERROR" } });
    await pass(1_000);
    expect(watch.snapshot).toMatchObject({ phase: "waiting", error: null });
  });
});

describe("the position", () => {
  it("follows the stream", async () => {
    const watch = await startWaiting();
    expect(watch.snapshot).toMatchObject({ connection: "stream", queueStatus: "OPEN", position: 100 });
    server.stream.send("change", { version: 2, nowServing: 40 });
    await pass(0);
    expect(watch.snapshot).toMatchObject({ position: 60, ahead: 59 });
    expect(watch.snapshot.progress).toBeCloseTo(40 / 99);
    expect(watch.snapshot.estimatedWaitSeconds).toBe(360);
  });

  it("counts those who left before, exactly, once the bits are there", async () => {
    const watch = await startWaiting();
    answerBits(50, 60, 150);
    await showBoard({ version: 2, nowServing: 10, departed: [3] });
    expect(watch.snapshot.position).toBe(90);
    await pass(3_000);
    expect(watch.snapshot.position).toBe(88);
  });

  it("counts earlier segments without any bits", async () => {
    const watch = await startWaiting({ rank: 9_000, position: 9_000 });
    await showBoard({ version: 2, nowServing: 100, departed: [1_000, 500, 0] });
    expect(watch.snapshot.position).toBe(9_000 - 100 - 1_500);
    expect(server.count(segmentRoute)).toBe(0);
  });

  it("is never shown to rise", async () => {
    const watch = await startWaiting({ position: 50 });
    const seen: (number | null)[] = [];
    watch.subscribe((snapshot) => void seen.push(snapshot.position));
    await showBoard({ version: 2, nowServing: 20 });
    await showBoard({ version: 3, nowServing: 60 });
    await showBoard({ version: 4, nowServing: 30 });
    expect(new Set(seen)).toEqual(new Set([50, 40]));
    expect(watch.snapshot.position).toBe(40);
  });

  it("starts anew for a new place", async () => {
    const watch = await startWaiting();
    await showBoard({ version: 2, nowServing: 90 });
    expect(watch.snapshot.position).toBe(10);
    const again = entryWith({ entryId: "ent_2", ticket: 300, rank: 300, position: 210 });
    server.on(enterRoute, () => json(201, again));
    await client.queues.enter(queueId);
    expect(watch.snapshot).toMatchObject({ position: 210, progress: 0 });
  });

  it("ignores old boards, and believes a restored server once it writes boards 10 s later", async () => {
    const watch = await startWaiting();
    await showBoard({ version: 20, nowServing: 30 });
    await pass(1_000);
    await showBoard({ version: 5, nowServing: 25 });
    expect(watch.snapshot.board?.version).toBe(20);
    await pass(10_000);
    await showBoard({ version: 6, nowServing: 25 });
    expect(watch.snapshot.board?.version).toBe(6);
    expect(watch.snapshot.position).toBe(70);
  });

  it("gives a wait by what was told and observed, and none while paused", async () => {
    const watch = await startWaiting();
    for (let second = 1; second <= 20; second += 1) {
      await pass(1_000);
      await showBoard({ version: second + 1, nowServing: Math.floor(second / 2) });
    }
    // Ten people in 20 s, and 6 s for each were told.
    expect(watch.snapshot).toMatchObject({ position: 90, estimatedWaitSeconds: 480 });
    expect(watch.snapshot.estimatedWaitFactor).toBeCloseTo(1.58);
    await showBoard({ version: 50, status: "PAUSED", reason: "PAUSED_BY_OPERATOR", nowServing: 10 });
    expect(watch.snapshot).toMatchObject({
      queueStatus: "PAUSED",
      position: 90,
      estimatedWaitSeconds: null,
    });
  });
});

describe("the status", () => {
  it("is asked for when the turn has come, until it is no longer QUEUED", async () => {
    const watch = await startWaiting();
    const admission = admitted(600);
    server.once(statusRoute, () => json(200, entryWith())).once(statusRoute, () => json(200, entryWith()));
    server.on(statusRoute, () => json(200, admission));
    await showBoard({ version: 2, nowServing: 100 });
    expect(watch.snapshot).toMatchObject({ phase: "waiting", position: 1, progress: 1 });
    await pass(300);
    expect(server.count(statusRoute)).toBe(1);
    await pass(1_500);
    expect(server.count(statusRoute)).toBe(3);
    expect(watch.snapshot).toMatchObject({
      phase: "admitted",
      position: null,
      estimatedWaitSeconds: null,
      admission: admission.admission,
    });
  });

  it("is asked for when the own bit is set", async () => {
    const watch = await startWaiting();
    answerBits(100);
    server.on(statusRoute, () => json(200, entryWith({ status: "DENIED" })));
    await showBoard({ version: 2, departed: [1] });
    await pass(3_000);
    expect(watch.snapshot.phase).toBe("denied");
  });

  it("is asked for when the operator has ended the queue", async () => {
    const watch = await startWaiting();
    server.on(statusRoute, () => json(200, entryWith({ status: "DENIED" })));
    await showBoard({ version: 2, status: "CLOSED", reason: "ENDED_BY_OPERATOR" });
    await pass(300);
    expect(watch.snapshot.phase).toBe("denied");
  });

  it("is asked for about once a minute while waiting", async () => {
    await startWaiting();
    for (let heartbeat = 0; heartbeat < 12; heartbeat += 1) {
      await pass(15_000);
      server.stream.write(":\n\n");
    }
    expect(server.count(statusRoute)).toBe(3);
    expect(server.last(statusRoute).headers.get("x-line-token")).toBe("line-1");
  });

  it("waits for Retry-After when there were too many calls, also when refreshed", async () => {
    const watch = await startWaiting();
    server.once(statusRoute, () => refusal(429, "RATE_LIMITED", {}, { "retry-after": "20" }));
    watch.refresh();
    await pass(1);
    expect(watch.snapshot).toMatchObject({
      phase: "waiting",
      position: 100,
      error: { code: "RATE_LIMITED" },
    });
    watch.refresh();
    await pass(19_900);
    expect(server.count(statusRoute)).toBe(1);
    await pass(200);
    expect(server.count(statusRoute)).toBe(2);
    expect(watch.snapshot.error).toBeNull();
  });

  it("is not asked for any more when the place is over, and the stream is closed", async () => {
    const watch = await startWaiting();
    server.on(statusRoute, () => json(200, entryWith({ status: "COMPLETED" })));
    watch.refresh();
    await pass(1);
    expect(watch.snapshot.phase).toBe("completed");
    expect(server.stream.isClosed).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("an admission", () => {
  it("gets a new token before the old one ends, and ends when it expires", async () => {
    server.on(statusRoute, () => json(200, admitted(120)));
    const watch = await startWaiting();
    const endsAt = new Date(Math.floor(Date.now() / 1_000 + 120) * 1_000).toISOString();
    server.on(statusRoute, () => {
      const leftSeconds = Math.floor((Date.parse(endsAt) - Date.now()) / 1_000);
      const entry = leftSeconds > 0 ? admitted(leftSeconds) : entryWith({ status: "EXPIRED" });
      return json(200, entry);
    });
    watch.refresh();
    await pass(1);
    const first = watch.snapshot.admission?.token;
    await pass(46_000);
    expect(watch.snapshot.phase).toBe("admitted");
    expect(watch.snapshot.admission?.token).not.toBe(first);
    const asked = server.count(statusRoute);
    expect(asked).toBe(2);
    await pass(75_000);
    expect(watch.snapshot).toMatchObject({ phase: "expired", admission: null });
    expect(server.count(statusRoute)).toBeLessThanOrEqual(4);
  });

  it("reads the server's clock from the token where the answer does not show it", async () => {
    const watch = await startWaiting();
    const nowSeconds = Math.floor(Date.now() / 1_000) + 900;
    const expiresAt = new Date((nowSeconds + 600) * 1_000).toISOString();
    const admission = { id: "adm_1", token: admissionToken(nowSeconds, nowSeconds + 60), expiresAt };
    server.on(statusRoute, () => json(200, entryWith({ status: "ADMITTED", admission })));
    watch.refresh();
    await pass(1);
    expect(Math.abs(watch.snapshot.clockOffsetMs - 900_000)).toBeLessThan(1_100);
  });

  it("goes by the server's clock", async () => {
    const watch = await startWaiting();
    const aheadMs = 3_600_000;
    const nowSeconds = Math.floor((Date.now() + aheadMs) / 1_000);
    const admission = {
      id: "adm_1",
      token: admissionToken(nowSeconds, nowSeconds + 60),
      expiresAt: new Date((nowSeconds + 600) * 1_000).toISOString(),
    };
    const date = new Date(Date.now() + aheadMs).toUTCString();
    server.on(statusRoute, () => json(200, entryWith({ status: "ADMITTED", admission }), { date }));
    watch.refresh();
    await pass(1);
    expect(Math.abs(watch.snapshot.clockOffsetMs - aheadMs)).toBeLessThan(1_100);
    await pass(40_000);
    expect(server.count(statusRoute)).toBe(1);
    await pass(6_000);
    expect(server.count(statusRoute)).toBe(2);
  });
});

describe("what else happens", () => {
  it("shows enter and leave through the same client at once", async () => {
    const { watch } = startWatch();
    await pass(0);
    await client.queues.enter(queueId);
    expect(watch.snapshot.phase).toBe("waiting");
    server.on(`POST /queues/${queueId}/leave`, () => json(200, entryWith({ status: "LEFT" })));
    await client.queues.leave(queueId);
    expect(watch.snapshot).toMatchObject({ phase: "left", position: null });
    expect(server.count(statusRoute)).toBe(0);
  });

  it("is outside with the error when the session is refused, and asks no more", async () => {
    const watch = await startWaiting();
    server.on(statusRoute, () => refusal(401, "INVALID_TOKEN"));
    watch.refresh();
    await pass(1);
    expect(watch.snapshot).toMatchObject({ phase: "outside", error: { code: "INVALID_TOKEN" } });
    await pass(200_000);
    expect(server.count(statusRoute)).toBe(1);
    expect(server.count("POST /auth/guest")).toBe(1);
  });

  it("keeps what is shown while offline and tells of each error", async () => {
    const onError = vi.fn();
    client = clientOf(server, { storage, onError });
    const watch = await startWaiting();
    const broken = (): never => {
      throw new TypeError("fetch failed");
    };
    server.on(boardRoute, broken).on(`GET /queues/${queueId}/stream`, broken);
    server.stream.end();
    await pass(10_000);
    expect(watch.snapshot).toMatchObject({
      connection: "offline",
      phase: "waiting",
      position: 100,
      error: { code: "NETWORK_ERROR" },
    });
    expect(onError).toHaveBeenCalled();
  });

  it("goes on when a listener throws", async () => {
    const thrown: unknown[] = [];
    const tasks = vi.spyOn(globalThis, "queueMicrotask").mockImplementation((task) => {
      try {
        task();
      } catch (error) {
        thrown.push(error);
      }
    });
    const { watch } = startWatch();
    const heard = vi.fn();
    watch.subscribe(() => {
      throw new Error("the page's fault");
    });
    watch.subscribe(heard);
    await client.queues.enter(queueId);
    tasks.mockRestore();
    expect(heard).toHaveBeenCalled();
    expect(String(thrown[0])).toContain("the page's fault");
  });

  it("does not take the time of a board from long ago for the server's clock", async () => {
    const { watch } = startWatch();
    await pass(0);
    await showBoard({ version: 3, asOf: new Date(Date.now() - 600_000).toISOString() });
    expect(watch.snapshot.clockOffsetMs).toBe(0);
    const ahead = new Date(Date.now() + 5_000).toISOString();
    server.stream.send("change", { version: 4, asOf: ahead });
    await pass(0);
    expect(watch.snapshot.clockOffsetMs).toBeGreaterThan(4_900);
  });

  it("keeps the same snapshot object until something changes", async () => {
    const watch = await startWaiting();
    const before = watch.snapshot;
    server.stream.write(": heartbeat\n\n");
    await pass(1_000);
    expect(watch.snapshot).toBe(before);
  });

  it("tells an unsubscribed listener nothing", async () => {
    const watch = await startWaiting();
    const listener = vi.fn();
    const [one, other] = [watch.subscribe(listener), watch.subscribe(listener)];
    one();
    await showBoard({ version: 2, nowServing: 1 });
    const calls = listener.mock.calls.length;
    expect(calls).toBeGreaterThan(0);
    other();
    await showBoard({ version: 3, nowServing: 2 });
    expect(listener).toHaveBeenCalledTimes(calls);
  });

  it("leaves no timer, stream or request when it is stopped, whatever it was doing", async () => {
    const watch = await startWaiting();
    answerBits(5);
    await showBoard({ version: 2, departed: [1] });
    const held = boardWith({ version: 1, asOf: new Date(Date.now() + 5_000).toISOString() });
    server.stream.send("board", held);
    await pass(10);
    server.on(statusRoute, () => new Promise(() => {}));
    watch.refresh();
    await pass(10);
    const last = watch.snapshot;
    watch.stop();
    watch.stop();
    await pass(0);
    expect(vi.getTimerCount()).toBe(0);
    expect(server.stream.isClosed).toBe(true);
    expect(server.last(statusRoute).init.signal?.aborted).toBe(true);
    const seen = server.seen.length;
    watch.refresh();
    await pass(300_000);
    expect(server.seen.length).toBe(seen);
    expect(watch.snapshot).toBe(last);
  });
});

describe("in a browser", () => {
  /** A page, shared by tabs that share the storage too. */
  function stubPage() {
    const page = new EventTarget();
    const target = Object.assign(new EventTarget(), { visibilityState: "visible" });
    const listening = new Set<unknown>();
    vi.stubGlobal("document", target);
    vi.stubGlobal(
      "addEventListener",
      (type: string, listener: EventListener, options: { readonly signal: AbortSignal }) => {
        listening.add(listener);
        options.signal.addEventListener("abort", () => listening.delete(listener));
        page.addEventListener(type, listener, options);
      },
    );
    const tellStorage = (key: string | null): void => {
      page.dispatchEvent(Object.assign(new Event("storage"), { key }));
    };
    return { target, listening, tellStorage };
  }

  it("asks anew once when the page wakes up", async () => {
    const { target } = stubPage();
    await startWaiting();
    await pass(30_000);
    target.dispatchEvent(new Event("visibilitychange"));
    await pass(1);
    target.dispatchEvent(new Event("visibilitychange"));
    await pass(1);
    expect(server.count(statusRoute)).toBe(1);
    expect(server.streams.length).toBe(2);
  });

  it("shows what another tab did", async () => {
    const { tellStorage } = stubPage();
    const { watch } = startWatch();
    await pass(0);
    const other = clientOf(server, { storage });
    await other.queues.enter(queueId);
    tellStorage("stanchion:session:pk_test_1");
    tellStorage(`stanchion:entry:pk_test_1:${queueId}`);
    expect(watch.snapshot).toMatchObject({ phase: "waiting", position: 100 });
    server.on(`POST /queues/${queueId}/leave`, () => json(200, entryWith({ status: "LEFT" })));
    await other.queues.leave(queueId);
    tellStorage(`stanchion:entry:pk_test_1:${queueId}`);
    expect(watch.snapshot.phase).toBe("left");
    server.on("POST /auth/logout", () => json(204, null));
    await other.auth.logout();
    tellStorage(null);
    expect(watch.snapshot.phase).toBe("outside");
    await pass(5_000);
    expect(server.count(statusRoute)).toBe(0);
  });

  it("asks for the place of who signed in by another tab, also while it asks for the one before", async () => {
    const { tellStorage } = stubPage();
    const watch = await startWaiting();
    server.once(statusRoute, async () => {
      await clientOf(server, { storage }).auth.guest({ fresh: true });
      tellStorage("stanchion:session:pk_test_1");
      return json(200, entryWith());
    });
    const others = entryWith({ entryId: "ent_2", consumerId: "cons_2", position: 7, rank: 7 });
    server.on(statusRoute, () => json(200, others));
    watch.refresh();
    await pass(1);
    expect(watch.snapshot).toMatchObject({ phase: "loading", entry: null, position: null });
    await pass(1_500);
    expect(watch.snapshot).toMatchObject({ phase: "waiting", entry: others });
  });

  it("does not start over when another tab has only renewed the tokens", async () => {
    const { tellStorage } = stubPage();
    const watch = await startWaiting();
    const before = watch.snapshot;
    tellStorage("stanchion:session:pk_test_1");
    await pass(2_000);
    expect(watch.snapshot).toBe(before);
    expect(server.count(statusRoute)).toBe(0);
  });

  it("listens while any watch runs and not longer", () => {
    const { listening } = stubPage();
    const first = startWatch().watch;
    const second = startWatch().watch;
    expect(listening.size).toBe(3);
    first.stop();
    expect(listening.size).toBe(3);
    second.stop();
    expect(listening.size).toBe(0);
    startWatch();
    expect(listening.size).toBe(3);
  });
});

describe("planned maintenance", () => {
  it("is left alone for as long as asked, and the time of an admission that it took is asked for at its end", async () => {
    const before = admitted(300);
    server.on(statusRoute, () => json(200, before));
    const watch = await startWaiting(before);
    const announced = () => refusal(503, "MAINTENANCE", { retryAfter: 50 }, { "retry-after": "50" });
    server.on(boardRoute, announced).on(statusRoute, announced);
    server.on(`GET /queues/${queueId}/stream`, () => {
      const busy = "retry: 50000\nevent: busy\ndata: {}\n\n";
      return new Response(busy, { headers: { "content-type": "text/event-stream" } });
    });
    server.stream.send("busy", {}, 50_000);
    await pass(3_000);
    expect(watch.snapshot).toMatchObject({ phase: "admitted", error: { code: "MAINTENANCE" } });
    const asked = server.seen.length;
    await pass(40_000);
    expect(server.seen.length).toBeLessThanOrEqual(asked + 1);

    const after = admitted(300);
    server.on(boardRoute, () => json(200, boardWith())).on(statusRoute, () => json(200, after));
    await pass(20_000);
    expect(watch.snapshot).toMatchObject({
      error: null,
      admission: { expiresAt: after.admission?.expiresAt },
    });
  });
});
