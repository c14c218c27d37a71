import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLog } from "../../platform/log.ts";
import { createMetrics } from "../../platform/metrics/index.ts";
import { newUuid } from "../../platform/randomness.ts";
import {
  startTestServer,
  type TestFan,
  type TestServer,
  type TestShop,
  type TestStay,
  testLine,
} from "../../testing/index.ts";
import { claimLines, releaseLines, tickLine } from "./lease-store.ts";
import { type LineController, startLineController } from "./line-controller.ts";

describe("the admission controller", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
  });
  afterAll(() => server.stop());

  it("admits in the order of tickets, by itself", async () => {
    const queue = await shop.queue();
    const fans = await shop.fans(30);
    await Promise.all(fans.map((fan) => fan.enter(queue.id)));
    await withControllers(1, async () => {
      const stays = await server.until(
        testLine(server.db, queue.id).stays,
        (found) => waitingIn(found) === 0,
      );
      expectInOrder(stays);
    });
  });

  it("serves the line of an unopened queue from its opening on", async () => {
    const queue = await shop.queue({ openAt: new Date(Date.now() + 60_000).toISOString() });
    const line = testLine(server.db, queue.id);
    await line.fill(3);
    expect(await line.tick()).toMatchObject({ admitted: 0 });
    await shop.call("POST", `/api/v1/queues/${queue.id}/open`);
    expect(await line.tick()).toMatchObject({ admitted: 3 });
  });

  it("calls the largest rank with nobody waiting up to it the serving rank", async () => {
    const queue = await shop.queue({ maxConcurrentAdmissions: 1 });
    const line = testLine(server.db, queue.id);
    const [first, second, third] = [await shop.fan(), await shop.fan(), await shop.fan()];
    for (const fan of [first, second, third]) await fan.enter(queue.id);
    await second.leave(queue.id);
    expect(await line.tick()).toMatchObject({ admitted: 1, nowServing: 2 });
    await third.leave(queue.id);
    expect(await line.tick()).toMatchObject({ admitted: 0, nowServing: 3 });
  });

  describe("frees the place of an admission", () => {
    it("that expired only after its end and the grace", async () => {
      const { line } = await fullOfOne({ admissionExpirationSeconds: 10, completionGraceSeconds: 5 });
      await server.advance(14_500);
      expect(await line.tick()).toMatchObject({ admitted: 0, settled: 0 });
      await server.advance(600);
      expect(await line.tick()).toMatchObject({ admitted: 1, settled: 1 });
    });

    it("that was given back only after the last token for it is over", async () => {
      const { line, queueId, first } = await fullOfOne({ admissionExpirationSeconds: 300 });
      await first.leave(queueId);
      await server.advance(64_500);
      expect(await line.tick()).toMatchObject({ admitted: 0, settled: 0 });
      await server.advance(600);
      expect(await line.tick()).toMatchObject({ admitted: 1, settled: 1 });
    });

    it("that is over before its last token could be, when it is over", async () => {
      const { line, queueId, first } = await fullOfOne({ admissionExpirationSeconds: 20 });
      await first.leave(queueId);
      await server.advance(19_500);
      expect(await line.tick()).toMatchObject({ admitted: 0 });
      await server.advance(600);
      expect(await line.tick()).toMatchObject({ admitted: 1, settled: 1 });
    });

    it("also where more ended at once than one tick settles", async () => {
      const queue = await shop.queue({
        admitRate: 1_000_000,
        admissionExpirationSeconds: 10,
        completionGraceSeconds: 0,
      });
      const line = testLine(server.db, queue.id);
      await line.fill(7_000);
      expect(await line.tick()).toMatchObject({ admitted: 7_000 });
      await server.advance(11_000);
      expect([(await line.tick()).settled, (await line.tick()).settled]).toEqual([5_000, 2_000]);
      expect((await line.stays()).every((stay) => stay.status === "EXPIRED")).toBe(true);
    });
  });

  describe("twice, and with operators", () => {
    it("passes neither cap, admits nobody twice and nobody out of turn", async () => {
      const [concurrent, all] = [
        await shop.queue({ admitRate: 1_000_000, maxConcurrentAdmissions: 40 }),
        await shop.queue({ admitRate: 1_000_000, maxAdmissions: 60 }),
      ];
      const fans = await shop.fans(200);
      await Promise.all(fans.flatMap((fan) => [fan.enter(concurrent.id), fan.enter(all.id)]));
      await withControllers(2, async () => {
        for (const [queue, cap] of [
          [concurrent, 40],
          [all, 60],
        ] as const) {
          const line = testLine(server.db, queue.id);
          const byHand = fans
            .slice(-20)
            .map((fan) =>
              shop.call("POST", `/api/v1/queues/${queue.id}/admit`, { body: { consumerId: fan.consumerId } }),
            );
          await Promise.all(byHand);
          const stays = await server.until(line.stays, (found) => admittedIn(found) >= cap);
          expect(admittedIn(stays)).toBe(cap);
          for (const _ of Array.from({ length: 10 })) await line.tick().catch(() => null);
          expect(admittedIn(await line.stays())).toBe(cap);
          expectInOrder(await line.stays());
        }
      });
    });

    it("keeps the caps even where leases are forged and every tick holds a valid one", async () => {
      const queue = await shop.queue({ admitRate: 1_000_000, maxConcurrentAdmissions: 25 });
      const fans = await shop.fans(120);
      await Promise.all(fans.map((fan) => fan.enter(queue.id)));
      const lines = Array.from({ length: 4 }, () => testLine(server.db, queue.id));
      let isOver = false;
      const ticking = lines.map(async (line) => {
        // The lease may be another's by the time of the tick: then that tick does nothing.
        while (!isOver) await line.tick({ most: 7 }).catch(() => null);
      });
      const [line] = lines;
      const buy = async (): Promise<void> => {
        const stays = (await line?.stays()) ?? [];
        expect(admittedIn(stays)).toBeLessThanOrEqual(25);
        const due = stays.filter((stay) => stay.status === "ADMITTED").slice(0, 10);
        await Promise.all(
          fans
            .filter((_, index) => due.some((stay) => stay.ticket === tickets[index]))
            .map((fan) =>
              shop.call("POST", `/api/v1/queues/${queue.id}/complete`, {
                body: { consumerId: fan.consumerId },
              }),
            ),
        );
      };
      const tickets = await Promise.all(fans.map(async (fan) => (await fan.status(queue.id)).body.ticket));
      const stays = await server.until(
        async () => {
          await buy();
          return (await line?.stays()) ?? [];
        },
        (found) => found.every((stay) => stay.status === "COMPLETED"),
      );
      isOver = true;
      await Promise.all(ticking);
      expectInOrder(stays);
      const [peak] = await server.db.query<{ most: number }>(
        `select max(n) as most from (
           select (select count(*) from admissions b where b.distribution_id = a.distribution_id
             and b.admitted_at <= a.admitted_at and b.release_at > a.admitted_at) as n
           from admissions a where a.distribution_id = $1) counts`,
        [testLine(server.db, queue.id).queueId],
      );
      expect(peak?.most).toBeLessThanOrEqual(25);
    });

    it("does nothing under a lease that is another's by now", async () => {
      const queue = await shop.queue();
      const line = testLine(server.db, queue.id);
      await line.fill(1);
      const { pool } = server.db.database;
      const [one, other] = [newUuid(Date.now()), newUuid(Date.now())];
      const lease = (await claimLines(pool, one, 3, 100)).find((held) => held.queueId === line.queueId);
      expect(lease).toBeDefined();
      expect(await claimLines(pool, other, 3, 100)).toEqual([]);
      await releaseLines(pool, one);
      const next = (await claimLines(pool, other, 3, 100)).find((held) => held.queueId === line.queueId);
      expect(next?.epoch).toBe((lease?.epoch ?? 0) + 1);
      expect(lease && (await tickLine(pool, lease, { workerId: one, most: 10, ranks: null }))).toBeNull();
      expect(next && (await tickLine(pool, next, { workerId: other, most: 10, ranks: null }))).toMatchObject({
        admitted: 1,
      });
    });
  });

  it("takes over a line within seconds of its holder's last word, also after the clock was set back", async () => {
    for (const until of ["interval '-1 second'", "interval '1 hour'"]) {
      const queue = await shop.queue();
      const line = testLine(server.db, queue.id);
      await line.fill(1);
      await server.db.query(
        `update line_controls set lease_owner = gen_random_uuid(), lease_until = stanchion_now() + ${until} where queue_id = $1`,
        [line.queueId],
      );
      const held = await claimLines(server.db.database.pool, newUuid(Date.now()), 3, 100);
      expect(held.map((lease) => lease.queueId)).toContain(line.queueId);
    }
  });

  it("goes on with a line that somebody had locked when the leases were renewed", async () => {
    const queue = await shop.queue({ maxConcurrentAdmissions: 1 });
    const line = testLine(server.db, queue.id);
    await line.fill(2);
    let claims = 0;
    const { database } = server.db;
    const query = async (config: pg.QueryConfig) => {
      if (config.name === "claim_lines") claims += 1;
      return config.name === "claim_lines" && claims > 1 ? { rows: [] } : database.pool.query(config);
    };
    await withControllers(
      1,
      async () => {
        await server.until(
          async () => claims,
          (count) => count === 2,
        );
        await shop.call("PATCH", `/api/v1/queues/${queue.id}`, { body: { maxConcurrentAdmissions: 2 } });
        await server.until(line.stays, (stays) => admittedIn(stays) === 2);
      },
      { ...database, pool: { query } as unknown as pg.Pool },
    );
  });

  it("leaves alone the lines that have nothing to do", async () => {
    const queue = await shop.queue();
    const line = testLine(server.db, queue.id);
    await line.fill(1);
    await line.tick();
    await server.db.query("update admissions set is_settled = true where distribution_id = $1", [
      line.queueId,
    ]);
    await releaseLines(server.db.database.pool, newUuid(Date.now()));
    await server.db.query(
      "update line_controls set lease_until = null, logged_serving = now_serving where queue_id = $1",
      [line.queueId],
    );
    const held = await claimLines(server.db.database.pool, newUuid(Date.now()), 3, 1_000);
    expect(held.map((lease) => lease.queueId)).not.toContain(line.queueId);
  });

  async function withControllers(
    count: number,
    work: () => Promise<void>,
    database = server.db.database,
  ): Promise<void> {
    const controllers: LineController[] = [];
    for (let made = 0; made < count; made += 1)
      controllers.push(
        startLineController({
          database,
          log: createLog("silent"),
          metrics: createMetrics(),
          isPaused: () => false,
        }),
      );
    try {
      await work();
    } finally {
      await Promise.all(controllers.map((controller) => controller.stop()));
    }
  }

  /** A queue of one admission at a time, which the first holds while the second waits. */
  async function fullOfOne(settings: Record<string, unknown>) {
    const queue = await shop.queue({ maxConcurrentAdmissions: 1, ...settings });
    const line = testLine(server.db, queue.id);
    const [first, second]: [TestFan, TestFan] = [await shop.fan(), await shop.fan()];
    await first.enter(queue.id);
    await second.enter(queue.id);
    expect(await line.tick()).toMatchObject({ admitted: 1 });
    return { line, queueId: queue.id, first };
  }
});

const waitingIn = (stays: readonly TestStay[]): number =>
  stays.filter((stay) => stay.status === "QUEUED").length;
const admittedIn = (stays: readonly TestStay[]): number =>
  stays.filter((stay) => stay.status === "ADMITTED").length;

/** Of those who were called in order nobody was called before an earlier ticket, and nobody twice. */
function expectInOrder(stays: readonly TestStay[]): void {
  const called = stays.filter((stay) => stay.admittedAt !== null && stay.isByOperator === false);
  const times = called.map((stay) => stay.admittedAt?.getTime() ?? 0);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(new Set(stays.map((stay) => stay.entryId)).size).toBe(stays.length);
}
