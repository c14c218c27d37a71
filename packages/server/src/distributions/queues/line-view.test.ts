import { type Board, encodeId } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { positionOf, segmentOf } from "../../../../sdk/src/position.ts";
import { systemClock } from "../../platform/clock.ts";
import { createLog } from "../../platform/log.ts";
import {
  startTestServer,
  type TestLine,
  type TestServer,
  type TestShop,
  testLine,
} from "../../testing/index.ts";
import { statusOf } from "./entry.ts";
import { findLatestEntries } from "./entry-store.ts";
import { writeLineGroup } from "./line-group-store.ts";
import type { LineView } from "./line-view.ts";
import { createLineViews, type LineViews } from "./line-views.ts";

const peopleCount = 100_000;
const leaverCount = 20_000;
const sampleSize = 2_000;
const groupSize = 500;
const endedCount = process.env.FULL === "1" ? 1_000_000 : 100_000;

describe("a line of 100,000 with 20,000 who left", () => {
  let server: TestServer;
  let shop: TestShop;
  let line: TestLine;
  let wireId: string;
  let views: LineViews;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
    wireId = (await shop.queue({ admitRate: 1_000_000 })).id;
    line = testLine(server.db, wireId);
    views = createLineViews({ database: server.db.database, clock: systemClock, log: createLog("silent") });
    await line.fill(peopleCount);
    await views.refresh(line.queueId);
    await leaveAtRandom(leaverCount);
  });
  afterAll(async () => {
    views.close();
    await server.stop();
  });

  it("gives everybody the position that counting gives", async () => {
    await expectPositions(await viewNow(views));
  });

  it("gives the same to who reads the board and the bitmaps and does the sum", async () => {
    await expectBoardPositions();
  });

  it("goes on doing so as the line is served and more leave, for who followed and for who looks first now", async () => {
    for (const _ of [1, 2]) {
      await line.tick({ most: 7_001 });
      await leaveAtRandom(3_000);
      const followed = await viewNow(views);
      const fresh = createLineViews({
        database: server.db.database,
        clock: systemClock,
        log: createLog("silent"),
      });
      const first = await viewNow(fresh);
      fresh.close();
      expect(first.boardOf(0)).toEqual({ ...followed.boardOf(0), asOf: expect.any(String) });
      await expectPositions(followed);
      await expectBoardPositions();
    }
  });

  async function viewNow(from: LineViews): Promise<LineView> {
    const view = await from.refresh(line.queueId);
    if (view === null) throw new Error("the line is gone");
    return view;
  }

  async function leaveAtRandom(count: number): Promise<void> {
    const leavers = await server.db.query<{ consumerId: string }>(
      `select consumer_id as "consumerId" from entries where queue_id = $1 and status = 'QUEUED' order by random() limit $2`,
      [line.queueId, count],
    );
    const nothing = { device: null, scope: null, requestHash: null, requestId: "req_1" };
    for (let at = 0; at < leavers.length; at += groupSize) {
      const items = leavers.slice(at, at + groupSize).map(({ consumerId }) => ({ consumerId, ...nothing }));
      const result = await writeLineGroup(server.db.database.pool, line.queueId, null, [], items);
      expect(result.leaveOutcomes).toBe("L".repeat(items.length));
    }
  }

  /** Waiting tickets drawn at random, each with the position that counting rows gives. */
  async function sample(): Promise<{ ticket: number; position: number }[]> {
    const drawn = await server.db.query<{ ticket: number; position: number }>(
      `select * from (select ticket, row_number() over (order by ticket) as position from entries
         where queue_id = $1 and status = 'QUEUED') counted order by random() limit $2`,
      [line.queueId, sampleSize],
    );
    const [one] = drawn;
    const [counted] = await server.db.query<{ ahead: number }>(
      "select count(*) as ahead from entries where queue_id = $1 and status = 'QUEUED' and ticket < $2",
      [line.queueId, one?.ticket],
    );
    expect(drawn).toHaveLength(sampleSize);
    expect((counted?.ahead ?? 0) + 1).toBe(one?.position);
    return drawn;
  }

  async function expectPositions(view: LineView): Promise<void> {
    for (const { ticket, position } of await sample()) {
      if (view.ahead(ticket) + 1 !== position)
        expect.fail(`ticket ${ticket}: ${view.ahead(ticket) + 1}, not ${position}`);
      expect(view.isWaiting(ticket)).toBe(true);
    }
    const [counted] = await server.db.query<{ waiting: number }>(
      "select count(*) as waiting from entries where queue_id = $1 and status = 'QUEUED'",
      [line.queueId],
    );
    expect(view.waiting).toBe(counted?.waiting);
  }

  async function expectBoardPositions(): Promise<void> {
    const view = await viewNow(views);
    const board = await server.until(
      async () => (await server.call("GET", `/api/v1/queues/${wireId}/now-serving`)).body as unknown as Board,
      (shown) => shown.version === view.version,
    );
    const segments = new Map<number, Uint8Array>();
    for (const { ticket, position } of await sample()) {
      const segment = segmentOf(board, ticket);
      if (!segments.has(segment)) segments.set(segment, await readSegment(segment));
      const bits = { segment, bytes: segments.get(segment) ?? new Uint8Array() };
      if (positionOf(board, ticket, bits) !== position)
        expect.fail(`ticket ${ticket}: ${positionOf(board, ticket, bits)}, not ${position}`);
    }
  }

  async function readSegment(segment: number): Promise<Uint8Array> {
    const answer = await fetch(`${server.url}/api/v1/queues/${wireId}/departed/${segment}`);
    expect(answer.headers.get("content-type")).toBe("application/octet-stream");
    return new Uint8Array(await answer.arrayBuffer());
  }
});

describe("a line that the operator ends", () => {
  it(`is over for all ${endedCount.toLocaleString("en")} who wait with one call`, async () => {
    const server = await startTestServer({ isWorker: false });
    const shop = await server.shop();
    const { id } = await shop.queue();
    const line = testLine(server.db, id);
    await fillInParts(line, endedCount);
    const startedAtMs = performance.now();
    const answer = await shop.call("POST", `/api/v1/queues/${id}/close`, { body: { drain: false } });
    console.info(`ending a line of ${endedCount} took ${Math.round(performance.now() - startedAtMs)} ms`);
    expect(answer.body).toMatchObject({ status: "CLOSED", waiting: 0 });
    const views = createLineViews({
      database: server.db.database,
      clock: systemClock,
      log: createLog("silent"),
    });
    const view = await views.refresh(line.queueId);
    views.close();
    const consumers = await server.db.query<{ consumerId: string }>(
      `select consumer_id as "consumerId" from entries where queue_id = $1 order by random() limit $2`,
      [line.queueId, sampleSize],
    );
    const organizationId = view?.row.organizationId ?? "";
    const rows = await findLatestEntries(
      server.db.database.pool,
      consumers.map(({ consumerId }) => ({
        queueId: line.queueId,
        consumerId,
        organizationId,
      })),
    );
    expect(new Set(rows.map((row) => row && view && statusOf(row, view)))).toEqual(new Set(["DENIED"]));
    expect(view?.isWaiting(1) || view?.isWaiting(endedCount)).toBe(false);
    expect(view?.wireId).toBe(encodeId("queue", line.queueId));
    await server.stop();
  });

  async function fillInParts(line: TestLine, count: number): Promise<void> {
    for (let left = count; left > 0; left -= 100_000) await line.fill(Math.min(left, 100_000));
  }
});
