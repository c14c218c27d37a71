import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  countLockWaiters,
  holdLock,
  startTestServer,
  type TestServer,
  type TestShop,
  testLine,
} from "../../testing/index.ts";

describe("joining again", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
  });
  afterAll(() => server.stop());

  it("after LEFT, DENIED and EXPIRED takes a new ticket at the end, and the history stays", async () => {
    const queue = await shop.queue({ admissionExpirationSeconds: 10, completionGraceSeconds: 0 });
    const line = testLine(server.db, queue.id);
    const [fan, other] = [await shop.fan(), await shop.fan()];
    const first = await fan.enter(queue.id);
    await fan.leave(queue.id);
    await other.enter(queue.id);
    const second = await fan.enter(queue.id);
    expect(second.body).toMatchObject({ ticket: 3, position: 2 });
    expect(second.body.entryId).not.toBe(first.body.entryId);
    await shop.call("POST", `/api/v1/queues/${queue.id}/deny`, {
      body: { consumerId: fan.consumerId, reason: "no" },
    });
    expect((await fan.enter(queue.id)).body).toMatchObject({ ticket: 4, position: 2 });
    await line.tick();
    await server.advance(11_000);
    await line.tick();
    expect((await fan.enter(queue.id)).body).toMatchObject({ ticket: 5, position: 1 });
    expect((await line.stays()).map((stay) => stay.status)).toEqual([
      "LEFT",
      "EXPIRED",
      "DENIED",
      "EXPIRED",
      "QUEUED",
    ]);
    expect((await fan.status(queue.id)).body).toMatchObject({ ticket: 5, status: "QUEUED" });
  });

  it("works as soon as the entry reads EXPIRED, though no tick has written it", async () => {
    const queue = await shop.queue({ admissionExpirationSeconds: 10, completionGraceSeconds: 0 });
    const fan = await shop.fan();
    await fan.enter(queue.id);
    await testLine(server.db, queue.id).tick();
    await server.advance(11_000);
    expect((await fan.status(queue.id)).body.status).toBe("EXPIRED");
    const again = await fan.enter(queue.id);
    expect([again.status, again.body.ticket]).toEqual([201, 2]);
    expect(await testLine(server.db, queue.id).tick()).toMatchObject({ settled: 1 });
    expect((await testLine(server.db, queue.id).stays()).map((stay) => stay.status)).toEqual([
      "EXPIRED",
      "ADMITTED",
    ]);
  });

  it("during a tick strands nobody", async () => {
    const queue = await shop.queue();
    const line = testLine(server.db, queue.id);
    const fans = await shop.fans(5);
    for (const fan of fans) await fan.enter(queue.id);
    const [first, ...others] = fans;
    // The tick waits for the row of the first in line, who leaves and joins again meanwhile.
    const held = await holdLock(
      server.db,
      "select 1 from entries where queue_id = $1 and ticket = 1 for update",
      [line.queueId],
    );
    const ticking = line.tick({ most: 3 });
    await server.until(
      () => countLockWaiters(server.db),
      (waiters) => waiters === 1,
    );
    const leaving = first?.leave(queue.id).then(() => first.enter(queue.id));
    await server.until(
      () => countLockWaiters(server.db),
      (waiters) => waiters === 2,
    );
    await held.release();
    await ticking;
    expect((await leaving)?.body.ticket).toBe(6);
    await line.tick();
    const states = await Promise.all(others.map(async (fan) => (await fan.status(queue.id)).body.status));
    expect(states).toEqual(["ADMITTED", "ADMITTED", "ADMITTED", "ADMITTED"]);
    expect((await first?.status(queue.id))?.body.status).toBe("ADMITTED");
    expect(await line.tick()).toMatchObject({ nowServing: 6 });
  });

  it("under fire of ticks, leaves and joins leaves nobody behind the serving rank", async () => {
    const queue = await shop.queue({ admitRate: 1_000_000 });
    const line = testLine(server.db, queue.id);
    const fans = await shop.fans(40);
    let isOver = false;
    const ticking = (async () => {
      while (!isOver) await line.tick({ most: 2 });
    })();
    await Promise.all(
      fans.map(async (fan) => {
        for (let round = 0; round < 5; round += 1) {
          await fan.enter(queue.id);
          await fan.leave(queue.id);
        }
        await fan.enter(queue.id);
      }),
    );
    await server.until(
      async () => (await line.stays()).filter((stay) => stay.status === "QUEUED").length,
      (waiting) => waiting === 0,
    );
    isOver = true;
    await ticking;
    const stays = await line.stays();
    expect(stays.map((stay) => stay.ticket)).toEqual(stays.map((_, index) => index + 1));
    expect(stays.filter((stay) => stay.status === "ADMITTED")).toHaveLength(40);
    const called = stays.filter((stay) => stay.admittedAt !== null);
    const times = called.map((stay) => stay.admittedAt?.getTime() ?? 0);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });
});
