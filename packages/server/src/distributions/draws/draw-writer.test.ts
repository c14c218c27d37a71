import { decodeId, uuidFromBytes } from "@stanchion/contract";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "../../platform/database/index.ts";
import { createLog } from "../../platform/log.ts";
import {
  countLockWaiters,
  holdLock,
  startTestServer,
  type TestFan,
  type TestServer,
  type TestShop,
  testEntrant,
} from "../../testing/index.ts";
import type { LeaveItem } from "./draw-group-store.ts";
import { createDrawWriter } from "./draw-writer.ts";

describe("a draw's groups", () => {
  let server: TestServer;
  let other: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    other = await startTestServer({ isWorker: false, database: server.db });
    shop = await server.shop();
  });
  afterAll(async () => {
    await other.stop();
    await server.stop();
  });

  const newDraw = async (settings = {}) => decodeId("draw", (await shop.draw(settings)).id) ?? "";
  const leaveOf = (consumerId: string): LeaveItem => ({
    consumerId,
    device: null,
    scope: null,
    requestHash: null,
    requestId: "req_2",
  });
  const writerOn = (database: Database) =>
    createDrawWriter({
      database,
      log: createLog("silent"),
      makeReceipts: (entries) => entries.map(() => "null"),
    });
  const numbersOf = async (drawId: string) =>
    (
      await server.db.query<{ number: number }>(
        "select number from draw_entries where draw_id = $1 order by number",
        [drawId],
      )
    ).map(({ number }) => number);
  const isDense = (numbers: number[]) => numbers.every((number, index) => number === index + 1);

  it("of two processes give 500 consumers at once 500 numbers without a gap", async () => {
    const draw = await shop.draw();
    const fans = await shop.fans(500);
    const enterOn = (at: TestServer, fan: TestFan) =>
      at.call("POST", `/api/v1/draws/${draw.id}/enter`, {
        publishableKey: shop.publishableKey,
        bearer: fan.tokens.accessToken,
      });
    const answers = await Promise.all(
      fans.map((fan, index) => enterOn(index % 2 === 0 ? server : other, fan)),
    );
    expect(answers.filter(({ status }) => status !== 201)).toEqual([]);
    expect(isDense(answers.map(({ body }) => Number(body.number)).sort((a, b) => a - b))).toBe(true);
    const groups = await server.db.query<{ total: number }>(
      "select sum(size)::int as total from draw_groups where draw_id = $1",
      [decodeId("draw", draw.id)],
    );
    expect(groups).toEqual([{ total: 500 }]);
  });

  it("whose answer is lost after the commit find their own rows and stay one row each", async () => {
    const drawId = await newDraw();
    const writer = writerOn(losingAnswers(server.db.database, 1));
    const items = [testEntrant(), testEntrant(), testEntrant()];
    const outcomes = await Promise.all(items.map((item) => writer.enter(drawId, item)));
    expect(outcomes).toEqual(
      items.map(({ entry }) => ({ kind: "replayed", entryId: uuidFromBytes(entry.bytes), isResent: true })),
    );
    expect(await numbersOf(drawId)).toEqual([1, 2, 3]);
  });

  it("with a value that the database cannot read fail for that item alone", async () => {
    const drawId = await newDraw();
    const bad = testEntrant({ requestId: "req_\0" });
    const items = Array.from({ length: 11 }, (_, index) => (index === 6 ? bad : testEntrant()));
    const writer = writerOn(server.db.database);
    const outcomes = await Promise.allSettled(items.map((item) => writer.enter(drawId, item)));
    expect(outcomes.map(({ status }) => status)).toEqual(
      items.map((item) => (item === bad ? "rejected" : "fulfilled")),
    );
    expect(isDense(await numbersOf(drawId))).toBe(true);
  });

  it("keep the order of one consumer's calls: leave, enter, enter, leave", async () => {
    const drawId = await newDraw();
    const writer = writerOn(server.db.database);
    const { consumerId } = testEntrant();
    await writer.enter(drawId, testEntrant({ consumerId }));
    const outcomes = await Promise.all([
      writer.leave(drawId, leaveOf(consumerId)),
      writer.enter(drawId, testEntrant({ consumerId })),
      writer.enter(drawId, testEntrant({ consumerId })),
      writer.leave(drawId, leaveOf(consumerId)),
    ]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(["left", "entered", "already", "left"]);
  });

  it("read the rules under the lock that changes of the rules take", async () => {
    const draw = await shop.draw();
    const drawId = decodeId("draw", draw.id) ?? "";
    const held = await holdLock(server.db, "select 1 from draw_lists where draw_id = $1 for update", [
      drawId,
    ]);
    const changing = shop.call("PATCH", `/api/v1/draws/${draw.id}`, { body: { winnerCount: 9 } });
    await server.until(
      () => countLockWaiters(server.db),
      (waiters) => waiters === 1,
    );
    const entering = (await shop.fan()).enterDraw(draw.id);
    await server.until(
      () => countLockWaiters(server.db),
      (waiters) => waiters === 2,
    );
    await held.release();
    const [changed, entered] = [await changing, await entering];
    expect([changed.status, entered.status]).toEqual([200, 201]);
    expect(entered.body.receipt).toMatchObject({ body: { rulesHash: changed.body.rulesHash } });
    expect(changed.body.rulesHash).not.toBe(draw.rulesHash);
  });
});

/** The same database, which loses the answers of the first so many groups after they have committed. */
function losingAnswers(database: Database, losses: number): Database {
  let left = losses;
  const query = async (config: pg.QueryConfig) => {
    const result = await database.pool.query(config);
    if (left === 0) return result;
    left -= 1;
    throw new Error("Connection terminated unexpectedly");
  };
  return { ...database, pool: { query } as unknown as pg.Pool };
}
