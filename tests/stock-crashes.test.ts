/** Lines and draws that sell from one stock, while the workers that admit are killed again and again. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  RefusedForNow,
  type StockedProduct,
  startTestServer,
  stocked,
  type TestFan,
  type TestServer,
  type TestShop,
} from "../packages/server/src/testing/index.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";

const operationsMin = process.env.FULL === "1" ? 100_000 : 2_000;
const laneCount = process.env.FULL === "1" ? 32 : 12;
const workerCount = 2;
const killEveryMs = 4_000;
const watchEveryMs = 500;
const pollMs = 40;
/** How long somebody waits to be admitted before leaving. */
const patienceMs = 2_000;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const oneOf = <T>(values: readonly T[]): T => values[Math.floor(Math.random() * values.length)] as T;
const busyOrThrow = (error: unknown): null => {
  if (error instanceof RefusedForNow) return null;
  throw error;
};

describe("one stock behind several lines and draws, with workers that are killed", () => {
  let server: TestServer;
  let shop: TestShop;
  const workers: ServerProcess[] = [];
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
  });
  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.kill("SIGKILL")));
    await server.stop();
  });

  /** Where a level and what is held of it do not agree, as of one moment. */
  const contradictions = () =>
    server.db.query(
      `select s.item_id, s.stock, s.reserved, s.sold, h.reserved as held, h.sold as bought
       from stock_levels s cross join lateral (
         select coalesce(sum(quantity) filter (where state = 'RESERVED'), 0) as reserved,
           coalesce(sum(quantity) filter (where state = 'SOLD'), 0) as sold
         from stock_holds where item_id = s.item_id
       ) h
       where s.reserved <> h.reserved or s.sold <> h.sold or s.reserved + s.sold > s.stock`,
    );
  /** Admissions that hold something else than their state says; an order may have taken over what one held, or left it. */
  const strayHolds = () =>
    server.db.query(
      `select a.admission_id, a.status, a.is_settled, h.state from admissions a
       join stock_holds h on h.holder_id = a.admission_id
       where case when a.status = 'COMPLETED' then h.state = 'RESERVED' when a.is_settled then h.state <> 'RELEASED'
         else h.state <> 'RESERVED' end`,
    );

  it(`never oversells and loses no unit, through ${operationsMin} operations`, {
    timeout: 3_600_000,
  }, async () => {
    const prints = [await stocked(shop, 200), await stocked(shop, 100)] as const;
    const [print, frame] = prints;
    const settings = {
      admitRate: 100_000,
      admissionExpirationSeconds: 10,
      completionGraceSeconds: 0,
      whenSoldOut: "wait",
    };
    const queues = await Promise.all([
      shop.queue({ ...settings, holds: [{ id: print.id }] }),
      shop.queue({ ...settings, holds: [{ id: frame.id }, { id: print.id, quantity: 2 }] }),
      shop.queue({ ...settings, maxConcurrentAdmissions: 20, holds: [{ id: print.id }, { id: frame.id }] }),
    ]);
    let operations = 0;
    let kills = 0;
    let refusals = 0;
    let isBroken = false;
    const isOver = () => isBroken || operations >= operationsMin;
    const noted = (lane: Promise<void>): Promise<void> =>
      lane.catch((error: unknown) => {
        isBroken = true;
        console.log(`Broken after ${operations} operations and ${kills} kills.`);
        throw error;
      });
    const counted = async <T>(call: Promise<T>): Promise<T> => {
      operations += 1;
      return call;
    };
    const act = (queueId: string, name: string, fan: TestFan, more: object = {}) =>
      counted(
        shop.call("POST", `/api/v1/queues/${queueId}/${name}`, {
          body: { consumerId: fan.consumerId, ...more },
        }),
      );

    /** Whoever is admitted buys by an order, for what the admission holds and something else, or for nothing of it. */
    const order = async (queueId: string, fan: TestFan): Promise<void> => {
      const { id } = oneOf<StockedProduct>(prints);
      const items = Math.random() < 0.5 ? [] : [{ id, quantity: 1 + Math.floor(Math.random() * 2) }];
      const body = { queueId, consumerId: fan.consumerId, items, paid: Math.random() < 0.5 };
      const made = await counted(shop.call("POST", "/api/v1/orders", { body }));
      if (made.status !== 201) return;
      const verbs = [["complete"], ["complete", "cancel"], ["cancel"], ["cancel", "complete"], []];
      for (const verb of oneOf(verbs))
        await counted(shop.call("POST", `/api/v1/orders/${made.body.id}/${verb}`));
    };

    const live = async (): Promise<void> => {
      while (!isOver()) {
        const fan = await shop.fan();
        const { id } = oneOf(queues);
        await counted(fan.enter(id));
        if (Math.random() < 0.2) await act(id, "admit", fan);
        const until = Date.now() + patienceMs;
        let status = "QUEUED";
        while (status === "QUEUED" && Date.now() < until) {
          status = String((await fan.status(id)).body.status);
          if (status === "QUEUED") await pause(pollMs);
        }
        const chance = Math.random();
        if (status === "QUEUED" || chance < 0.2) await counted(fan.leave(id));
        else if (chance < 0.4) await act(id, "complete", fan);
        else if (chance < 0.7) await order(id, fan);
        else if (chance < 0.8) await act(id, "deny", fan, { reason: "bot" });
        // Else it lets the time pass.
      }
    };
    const operate = async (): Promise<void> => {
      while (!isOver()) {
        const product = oneOf<StockedProduct>(prints);
        const levels = await product.levels().catch(busyOrThrow);
        if (levels === null) {
          refusals += 1;
          await pause(pollMs);
          continue;
        }
        const { reserved, sold } = levels;
        // Now and then more than enough, now and then too little, so that it is refused.
        await counted(product.setStock(Math.max(0, reserved + sold + Math.floor(Math.random() * 60) - 10)));
        const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
        const draw = {
          name: "Draw",
          winnerCount: 5,
          closeAt: inAnHour,
          drawAt: inAnHour,
          holds: [{ id: product.id }],
        };
        const made = await counted(shop.call("POST", "/api/v1/draws", { body: draw }));
        if (made.status === 201) await counted(shop.call("POST", `/api/v1/draws/${made.body.id}/cancel`));
        await pause(pollMs);
      }
    };
    const kill = async (): Promise<void> => {
      while (workers.length < workerCount)
        workers.push(await startServerProcess("worker", { databaseUrl: server.db.url }));
      while (!isOver()) {
        await pause(Math.random() * killEveryMs);
        const [dying] = workers.splice(0, 1);
        await dying?.kill("SIGKILL");
        kills += 1;
        workers.push(await startServerProcess("worker", { databaseUrl: server.db.url }));
      }
    };
    const watch = async (): Promise<void> => {
      while (!isOver()) {
        expect(await contradictions()).toEqual([]);
        await pause(watchEveryMs);
      }
    };
    const lanes = [...Array.from({ length: laneCount }, live), operate(), kill(), watch()];
    await Promise.all(lanes.map(noted));

    // All who were admitted and did not buy are over, and all orders that nobody has paid.
    await server.advance(1_200_000);
    const open = () =>
      server.db.query<{ count: number }>(
        `select (select count(*) from admissions where not is_settled)::int + (select count(*) from orders where held_until is not null)::int as count`,
      );
    const closing = Date.now() + 60_000;
    for (const { id } of queues)
      await shop.call("POST", `/api/v1/queues/${id}/close`, { body: { drain: false } });
    while (((await open())[0]?.count ?? 0) > 0 && Date.now() < closing) await pause(pollMs);
    expect(await open()).toEqual([{ count: 0 }]);
    expect(await contradictions()).toEqual([]);
    expect(await strayHolds()).toEqual([]);
    for (const product of prints) expect((await product.levels()).reserved).toBe(0);
    const [sold] = await server.db.query<{ count: number }>(
      "select count(*)::int as count from admissions where status = 'COMPLETED'",
    );
    console.log(
      `${operations} operations, ${kills} kills, ${sold?.count} bought, ${refusals} reads refused by a busy server`,
    );
  });
});
