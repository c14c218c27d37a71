import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Clock, systemClock } from "../../platform/clock.ts";
import type { Database } from "../../platform/database/index.ts";
import { createLog } from "../../platform/log.ts";
import { startTestServer, type TestServer, type TestShop, testLine } from "../../testing/index.ts";
import { createLineViews } from "./line-views.ts";

describe("what a process knows of its lines", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
  });
  afterAll(() => server.stop());

  const viewsOn = (database: Database, clock: Clock = systemClock) =>
    createLineViews({ database, clock, log: createLog("silent") });

  it("is not put back by a read that crossed a newer one on the way, whatever clock it brings", async () => {
    const queue = await shop.queue();
    const line = testLine(server.db, queue.id);
    const slow = delayingReads(server.db.database);
    const views = viewsOn(slow.database);
    await views.refresh(line.queueId);
    // Its clock is read when the row is put together, which may be long after the snapshot was taken.
    slow.delayNext({ clockAheadMs: 60_000 });
    const crossing = views.refresh(line.queueId);
    await slow.hasRead();
    await line.fill(3);
    expect((await views.refresh(line.queueId))?.row.lastTicket).toBe(3);
    slow.deliver();
    expect((await crossing)?.row.lastTicket).toBe(3);
    expect((await views.get(line.queueId))?.row.lastTicket).toBe(3);
    views.close();
  });

  it("has the database's time right, however long a read was on its way", async () => {
    const queue = await shop.queue();
    const { queueId } = testLine(server.db, queue.id);
    const slow = delayingReads(server.db.database);
    let passedMs = 0;
    const clock = { now: () => Date.now() + passedMs };
    const views = viewsOn(slow.database, clock);
    const first = await views.refresh(queueId);
    const behindMs = (first?.nowMs(clock.now()) ?? 0) - clock.now();
    slow.delayNext({ clockAheadMs: behindMs });
    const underWay = views.refresh(queueId);
    await slow.hasRead();
    passedMs = 60_000;
    slow.deliver();
    const view = await underWay;
    expect(Math.abs((view?.nowMs(clock.now()) ?? 0) - clock.now() - behindMs)).toBeLessThan(10_000);
    views.close();
  });

  it("goes back with a line that went back, as after a failover, and counts its departures anew", async () => {
    const queue = await shop.queue();
    const line = testLine(server.db, queue.id);
    const views = viewsOn(server.db.database);
    const fans = await shop.fans(4);
    for (const fan of fans) await fan.enter(queue.id);
    await fans[1]?.leave(queue.id);
    await fans[2]?.leave(queue.id);
    expect((await views.refresh(line.queueId))?.ahead(4)).toBe(1);
    await server.db.query("update entries set status = 'QUEUED', departure = null where departure = 2");
    await server.db.query("update lines set departed = 1 where queue_id = $1", [line.queueId]);
    const view = await views.refresh(line.queueId);
    expect([view?.row.departed, view?.ahead(4)]).toEqual([1, 2]);
    views.close();
  });

  it("tells who watches of every poll until they stop", async () => {
    const queue = await shop.queue();
    const line = testLine(server.db, queue.id);
    const views = viewsOn(server.db.database);
    await views.refresh(line.queueId);
    const seen: number[] = [];
    const stop = views.watch(line.queueId, (view) => seen.push(view.row.lastTicket));
    await line.fill(2);
    await server.until(
      async () => seen.at(-1),
      (ticket) => ticket === 2,
    );
    stop();
    const { length } = seen;
    await line.fill(2);
    await server.until(
      async () => (await views.get(line.queueId))?.row.lastTicket,
      (ticket) => ticket === 4,
    );
    expect(seen).toHaveLength(length);
    views.close();
  });
});

/** The same database, of which one reading of lines can be held back after it was made. */
function delayingReads(database: Database) {
  let delay: { readonly clockAheadMs: number } | null = null;
  let deliver = (): void => {};
  let noteRead = (): void => {};
  const delivered = new Promise<void>((resolve) => {
    deliver = resolve;
  });
  const read = new Promise<void>((resolve) => {
    noteRead = resolve;
  });
  const query = async (config: pg.QueryConfig) => {
    const result = await database.viewsPool.query(config);
    if (config.name !== "read_lines" || delay === null) return result;
    const databaseNowMs = Date.now() + delay.clockAheadMs;
    delay = null;
    noteRead();
    await delivered;
    return { ...result, rows: result.rows.map((row) => ({ ...row, databaseNowMs })) };
  };
  return {
    database: { ...database, viewsPool: { query } as unknown as pg.Pool },
    delayNext: (next: { readonly clockAheadMs: number }) => {
      delay = next;
    },
    hasRead: () => read,
    deliver: () => deliver(),
  };
}
