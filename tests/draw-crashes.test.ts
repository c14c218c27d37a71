/** A worker that is killed again and again between the closing of draws and their results. */
import { decodeId } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  checkDrawProof,
  drawProofOf,
  fillDraw,
  startTestServer,
  type TestServer,
  type TestShop,
} from "../packages/server/src/testing/index.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";

const killCount = process.env.FULL === "1" ? 50 : 6;
/** So many that a worker is hardly ever through with all of them before it is killed. */
const drawCount = killCount * 4;
const entryCount = 800;
const winnerCount = 200;
const minuteMs = 60_000;
/** Longer than a lease: what a dead worker held is free. */
const leaseOverMs = 4_000;

describe("draws whose worker is killed again and again", () => {
  let server: TestServer;
  let shop: TestShop;
  let worker: ServerProcess | undefined;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
  });
  afterAll(async () => {
    await worker?.kill("SIGKILL");
    await server.stop();
  });

  const unfinished = async (): Promise<number> => {
    const [row] = await server.db.query<{ count: number }>(
      "select count(*)::int as count from draw_outcomes where published_at is null",
    );
    return row?.count ?? 0;
  };

  it(`come to one result each, with exactly the winners that the rules give, through ${killCount} kills`, {
    timeout: 600_000,
  }, async () => {
    const closeAt = new Date(Date.now() + minuteMs).toISOString();
    const draws: string[] = [];
    for (let made = 0; made < drawCount; made += 1) {
      const { id } = await shop.draw({ closeAt, drawAt: closeAt, winnerCount });
      await fillDraw(server.db, id, entryCount);
      draws.push(id);
    }
    await server.advance(2 * minuteMs);
    let kills = 0;
    while (kills < killCount && (await unfinished()) > 0) {
      worker = await startServerProcess("worker", { databaseUrl: server.db.url });
      // At any moment of its work: what it is in the middle of is left to chance.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 400));
      await worker.kill("SIGKILL");
      kills += 1;
      await server.advance(leaseOverMs);
    }
    const left = await unfinished();
    worker = await startServerProcess("worker", { databaseUrl: server.db.url });
    const deadline = Date.now() + 120_000;
    while ((await unfinished()) > 0 && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 100));
    expect([kills, await unfinished()]).toEqual([killCount, 0]);
    expect(left).toBeGreaterThan(0);

    const log = await server.db.query<{ id: string; kind: string; count: number }>(
      `select distribution_id as id, body::jsonb->>'kind' as kind, count(*)::int as count from fairness_log_entries
       where body::jsonb->>'kind' in ('freeze', 'result') group by 1, 2`,
    );
    expect(log).toHaveLength(2 * drawCount);
    expect(log.every(({ count }) => count === 1)).toBe(true);
    const admitted = await server.db.query<{ count: number; seats: number }>(
      `select count(*)::int as count, count(distinct seat)::int as seats from admissions group by distribution_id`,
    );
    expect(admitted).toEqual(draws.map(() => ({ count: winnerCount, seats: winnerCount })));
    for (const id of draws) {
      const { steps, level } = await checkDrawProof(server, id);
      expect(steps.filter(({ holds }) => !holds)).toEqual([]);
      expect(level).toBe("consistent");
      const { winners, awards } = await drawProofOf(server, id);
      const entered = await server.db.query<{ id: string }>(
        "select entry_id as id from admissions where distribution_id = $1",
        [decodeId("draw", id)],
      );
      expect(new Set(entered.map((one) => one.id))).toEqual(
        new Set((winners as string[]).map((winner) => decodeId("entry", winner))),
      );
      expect(awards).toHaveLength(winnerCount);
    }
  });
});
