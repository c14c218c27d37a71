import { bytesFromUuid, uuidFromBytes } from "@stanchion/contract";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "../../platform/database/index.ts";
import { createLog } from "../../platform/log.ts";
import {
  countLockWaiters,
  errorOf,
  holdLock,
  startTestServer,
  type TestFan,
  type TestServer,
  type TestShop,
  testEntrant,
  testLine,
} from "../../testing/index.ts";
import { createLineWriter } from "./line-writer.ts";

describe("the line's groups", () => {
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

  const writerOn = (database: Database) =>
    createLineWriter({
      database,
      log: createLog("silent"),
      paceOf: () => null,
      makeReceipts: (entries) => entries.map(() => "null"),
    });
  const enterOn = (server: TestServer, fan: TestFan, queueId: string) =>
    server.call("POST", `/api/v1/queues/${queueId}/enter`, {
      publishableKey: shop.publishableKey,
      bearer: fan.tokens.accessToken,
    });
  const isDense = (tickets: number[]) =>
    tickets.sort((a, b) => a - b).every((ticket, index) => ticket === index + 1);

  it("number on densely from each other, though two processes waited for one lock", async () => {
    const queue = await shop.queue();
    const line = testLine(server.db, queue.id);
    const held = await holdLock(server.db, "select 1 from lines where queue_id = $1 for update", [
      line.queueId,
    ]);
    const fans = await shop.fans(40);
    const joining = fans.map((fan, index) => enterOn(index % 2 === 0 ? server : other, fan, queue.id));
    await server.until(
      () => countLockWaiters(server.db),
      (waiters) => waiters === 2,
    );
    await held.release();
    const answers = await Promise.all(joining);
    expect(answers.map((answer) => answer.status)).toEqual(fans.map(() => 201));
    expect(isDense(answers.map((answer) => Number(answer.body.ticket)))).toBe(true);
    const positions = answers.map((answer) => Number(answer.body.position));
    expect(isDense(positions)).toBe(true);
  });

  it("of two processes give 2,000 consumers at once 2,000 tickets without a gap", async () => {
    const queue = await shop.queue();
    const fans = await shop.fans(2_000);
    const answers = await Promise.all(
      fans.map((fan, index) => enterOn(index % 2 === 0 ? server : other, fan, queue.id)),
    );
    expect(answers.every((answer) => answer.status === 201)).toBe(true);
    expect(isDense(answers.map((answer) => Number(answer.body.ticket)))).toBe(true);
    const stays = await testLine(server.db, queue.id).stays();
    expect(new Set(stays.map((stay) => stay.consumerId)).size).toBe(2_000);
    expect(
      await server.db.query("select last_ticket from lines where queue_id = $1", [
        testLine(server.db, queue.id).queueId,
      ]),
    ).toEqual([{ last_ticket: 2_000 }]);
  });

  it("of two processes take one consumer once", async () => {
    const queue = await shop.queue();
    const fan = await shop.fan();
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) => enterOn(index % 2 === 0 ? server : other, fan, queue.id)),
    );
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1);
    expect(answers.filter((answer) => errorOf(answer).code === "ALREADY_IN_QUEUE")).toHaveLength(99);
    expect(await testLine(server.db, queue.id).stays()).toHaveLength(1);
  });

  it.each([
    ["an entry id that another queue has", "23505"],
    ["a value that the database cannot read", "22021"],
  ])("with %s fail for that item alone", async (fault, code) => {
    const [queue, elsewhere] = [await shop.queue(), await shop.queue()];
    const writer = writerOn(server.db.database);
    const taken = testEntrant();
    await writer.enter(testLine(server.db, elsewhere.id).queueId, taken);
    const bad = testEntrant(
      code === "23505" ? { newEntryBytes: () => taken.entry.bytes } : { requestId: "req_\0" },
    );
    const line = testLine(server.db, queue.id);
    const items = Array.from({ length: 21 }, (_, index) => (index === 13 ? bad : testEntrant()));
    const leaver = testEntrant();
    await writer.enter(line.queueId, leaver);
    const leaving = writer.leave(line.queueId, {
      consumerId: leaver.consumerId,
      device: null,
      scope: null,
      requestHash: null,
      requestId: "req_2",
    });
    const outcomes = await Promise.allSettled(items.map((item) => writer.enter(line.queueId, item)));
    expect(outcomes.map((outcome) => outcome.status)).toEqual(
      items.map((item) => (item === bad ? "rejected" : "fulfilled")),
    );
    const [failed] = outcomes.filter((outcome) => outcome.status === "rejected");
    expect(failed?.reason, fault).toMatchObject({ code });
    expect(await leaving).toMatchObject({ kind: "left", ticket: 1 });
    expect(isDense((await line.stays()).map((stay) => stay.ticket))).toBe(true);
  });

  it("whose connection is cut while they wait are sent again and answered 201 once", async () => {
    const queue = await shop.queue();
    const line = testLine(server.db, queue.id);
    const held = await holdLock(server.db, "select 1 from lines where queue_id = $1 for update", [
      line.queueId,
    ]);
    const fans = await shop.fans(5);
    const joining = fans.map((fan) => fan.enter(queue.id));
    await server.until(
      () => countLockWaiters(server.db),
      (waiters) => waiters === 1,
    );
    await server.db.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    await server.until(
      () => countLockWaiters(server.db),
      (waiters) => waiters === 1,
    );
    await held.release();
    const answers = await Promise.all(joining);
    expect(answers.map((answer) => answer.status)).toEqual([201, 201, 201, 201, 201]);
    expect(await line.stays()).toHaveLength(5);
  });

  it("whose answer is lost after the commit find their own rows and stay one row each", async () => {
    const queue = await shop.queue();
    const line = testLine(server.db, queue.id);
    const writer = writerOn(losingAnswers(server.db.database, 2));
    const items = [testEntrant(), testEntrant(), testEntrant()];
    const outcomes = await Promise.all(items.map((item) => writer.enter(line.queueId, item)));
    expect(outcomes).toEqual(
      items.map(({ entry }) => ({ kind: "replayed", entryId: uuidFromBytes(entry.bytes), isResent: true })),
    );
    const leave = {
      consumerId: items[1]?.consumerId ?? "",
      device: null,
      scope: null,
      requestHash: null,
    };
    await writerOn(losingAnswers(server.db.database, 1)).leave(line.queueId, {
      ...leave,
      requestId: "req_3",
    });
    expect((await line.stays()).map((stay) => stay.status)).toEqual(["QUEUED", "LEFT", "QUEUED"]);
  });

  it("that a lock keeps waiting too long are refused as a clash, and nothing of them stands", async () => {
    const queue = await shop.queue();
    const line = testLine(server.db, queue.id);
    const held = await holdLock(server.db, "select 1 from lines where queue_id = $1 for update", [
      line.queueId,
    ]);
    const answer = await (await shop.fan()).enter(queue.id);
    await held.release();
    expect([answer.status, errorOf(answer).code]).toEqual([409, "CONCURRENT_MODIFICATION"]);
    expect(await line.stays()).toEqual([]);
  });

  it("keep the order of one consumer's calls: leave, join, leave", async () => {
    const queue = await shop.queue();
    const fan = await shop.fan();
    await fan.enter(queue.id);
    const writer = writerOn(server.db.database);
    const line = testLine(server.db, queue.id);
    const [{ consumerId } = { consumerId: "" }] = await line.stays();
    expect(bytesFromUuid(consumerId)).toHaveLength(16);
    const leave = { consumerId, device: null, scope: null, requestHash: null, requestId: "req_4" };
    const outcomes = await Promise.all([
      writer.leave(line.queueId, leave),
      writer.enter(line.queueId, testEntrant({ consumerId })),
      writer.enter(line.queueId, testEntrant({ consumerId })),
      writer.leave(line.queueId, leave),
    ]);
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(["left", "joined", "already", "left"]);
    await writer.drained();
  });

  it("count only who is new: 1,000 others are not held up by those who are in already", async () => {
    const queue = await shop.queue({ capacity: 1_000 });
    const line = testLine(server.db, queue.id);
    const writer = writerOn(server.db.database);
    const items = Array.from({ length: 1_100 }, () => testEntrant());
    const outcomes = await Promise.all(items.map((item) => writer.enter(line.queueId, item)));
    expect(outcomes.filter((outcome) => outcome.kind === "joined")).toHaveLength(1_000);
    expect(outcomes.filter((outcome) => outcome.kind === "full")).toHaveLength(100);
    const again = await Promise.all(
      items.slice(0, 500).map(({ consumerId }) => writer.enter(line.queueId, testEntrant({ consumerId }))),
    );
    expect(new Set(again.map((outcome) => outcome.kind))).toEqual(new Set(["already"]));
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
