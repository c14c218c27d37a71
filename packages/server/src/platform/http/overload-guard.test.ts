import { afterEach, describe, expect, it } from "vitest";
import { errorOf, holdLock, startTestServer, type TestServer } from "../../testing/index.ts";
import { createLog } from "../log.ts";
import { createOverloadGuard, type WaitingWork } from "./overload-guard.ts";

const nothing: WaitingWork = { joins: 0, database: 0 };

function guardWith(options: { waiting?: WaitingWork; onLog?: (line: string) => void } = {}) {
  return createOverloadGuard({
    limits: { delayMs: 100, joinsMax: 10, databaseMax: 5 },
    waiting: options.waiting ?? nothing,
    log: options.onLog === undefined ? createLog("silent") : createLog("warn", options.onLog),
  });
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

describe("the guard against overload", () => {
  it("takes what comes within the delay of one turn, refuses the rest of it, and begins anew with the next", async () => {
    const guard = guardWith();
    expect([0, 50, 100, 101, 5_000].map((atMs) => guard.refuses("readEntry", atMs, false))).toEqual([
      false,
      false,
      false,
      true,
      true,
    ]);
    await nextTurn();
    expect(guard.refuses("readEntry", 5_001, false)).toBe(false);
  });

  it("keeps for longest what those who are admitted need", () => {
    const guard = guardWith();
    expect(guard.refuses("completeEntry", 0, true)).toBe(false);
    expect([101, 300, 301].map((atMs) => guard.refuses("completeEntry", atMs, true))).toEqual([
      false,
      false,
      true,
    ]);
  });

  it("refuses joins by those who wait for a group, the others by those who wait for the database, and reads from memory by neither", () => {
    const joins = guardWith({ waiting: { joins: 11, database: 0 } });
    expect(joins.refuses("enterQueue", 0, false)).toBe(true);
    expect(joins.refuses("createQueue", 0, false)).toBe(false);
    const database = guardWith({ waiting: { joins: 0, database: 6 } });
    expect(database.refuses("enterQueue", 0, false)).toBe(false);
    expect(database.refuses("createQueue", 0, false)).toBe(true);
    expect(database.refuses("completeEntry", 0, true)).toBe(false);
    for (const guard of [joins, database])
      for (const name of ["readEntry", "readBoard", "createGuest"] as const)
        expect(guard.refuses(name, 0, false)).toBe(false);
  });

  it("says so once a second, however much it refuses", () => {
    const lines: string[] = [];
    const guard = guardWith({ waiting: { joins: 0, database: 6 }, onLog: (line) => lines.push(line) });
    for (let count = 0; count < 500; count += 1) guard.refuses("createQueue", count, false);
    expect(lines).toHaveLength(1);
    guard.refuses("createQueue", 1_001, false);
    expect(JSON.parse(lines[1] ?? "")).toMatchObject({ refused: 500, database: 6 });
  });
});

describe("a server with too much to do", () => {
  let server: TestServer;
  afterEach(() => server.stop());

  it("refuses before it looks at a credential, with a wait; health and what memory answers go on", async () => {
    server = await startTestServer({ isWorker: false, env: { OVERLOAD_DATABASE_MAX: "1" } });
    const shop = await server.shop();
    const queue = await shop.queue();
    const held = await holdLock(server.db, "lock table experiences in exclusive mode");
    const names = Array.from({ length: 16 }, (_, index) => `Held up ${index}`);
    const creates = names.map((name) => shop.call("POST", "/api/v1/experiences", { body: { name } }));
    const refused = await server.until(
      () => server.call("POST", "/api/v1/experiences"),
      (answer) => answer.status === 503,
    );
    expect(errorOf(refused)).toMatchObject({ code: "OVERLOADED", retryable: true });
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThanOrEqual(2);
    expect((await server.call("GET", `/api/v1/queues/${queue.id}/now-serving`)).status).toBe(200);
    expect((await server.call("GET", "/health/live")).status).toBe(200);
    await held.release();
    await Promise.all(creates);
    expect((await shop.call("POST", "/api/v1/experiences", { body: { name: "After" } })).status).toBe(201);
  });
});
