/** A worker that is killed again and again between the opening of lines and their drawn order. */
import { shuffleAll } from "@stanchion/verify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  checkLineProof,
  startTestServer,
  type TestServer,
  type TestShop,
  testLine,
} from "../packages/server/src/testing/index.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";

const killCount = process.env.FULL === "1" ? 50 : 6;
/** So many that a worker is hardly ever through with all of them before it is killed. */
const lineCount = killCount * 8;
const cohortSize = 800;
const minuteMs = 60_000;
/** Longer than a lease: what a dead worker held is free. */
const leaseOverMs = 4_000;

describe("lines whose worker is killed again and again", () => {
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
      "select count(*)::int as count from line_openings where not are_leaves_written",
    );
    return row?.count ?? 0;
  };

  it(`have one order each, that of their rules, and serve in it, through ${killCount} kills`, {
    timeout: 600_000,
  }, async () => {
    const [now] = await server.db.query<{ now: Date }>("select stanchion_now() as now");
    const openAt = new Date((now?.now.getTime() ?? 0) + minuteMs).toISOString();
    const queues: string[] = [];
    for (let made = 0; made < lineCount; made += 1) {
      const { id } = await shop.queue({ shuffleBeforeOpen: true, openAt, maxAdmissions: 40 });
      await testLine(server.db, id).fill(cohortSize);
      queues.push(id);
    }
    await server.advance(2 * minuteMs);
    let kills = 0;
    while (kills < killCount && (await unfinished()) > 0) {
      worker = await startServerProcess("worker", { databaseUrl: server.db.url });
      // At any moment of its work: what it is in the middle of is left to chance.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 300));
      await worker.kill("SIGKILL");
      kills += 1;
      await server.advance(leaseOverMs);
    }
    worker = await startServerProcess("worker", { databaseUrl: server.db.url });
    const admittedOf = async (queueId: string): Promise<number[]> =>
      (await testLine(server.db, queueId).stays())
        .filter(({ status }) => status === "ADMITTED")
        .map(({ ticket }) => ticket);
    const isThrough = async (): Promise<boolean> => {
      if ((await unfinished()) > 0) return false;
      for (const id of queues) if ((await admittedOf(id)).length < 40) return false;
      return true;
    };
    const deadline = Date.now() + 180_000;
    while (!(await isThrough()) && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await isThrough()).toBe(true);
    // A quick machine may be through before the last kill.
    expect(kills).toBeGreaterThanOrEqual(killCount / 2);

    const log = await server.db.query<{ count: number }>(
      `select count(*)::int as count from fairness_log_entries
       where body::jsonb->>'kind' in ('freeze', 'line.opened') group by distribution_id, body::jsonb->>'kind'`,
    );
    expect(log).toEqual(Array.from({ length: 2 * lineCount }, () => ({ count: 1 })));
    for (const id of queues) {
      const { steps } = await checkLineProof(server, id);
      expect(steps.filter(({ holds }) => !holds)).toEqual([]);
      const { count, seed } = (await server.call("GET", `/api/v1/queues/${id}/now-serving`)).body.shuffle as {
        count: number;
        seed: string;
      };
      const ranks = shuffleAll(count, Buffer.from(seed, "hex"));
      const served = (await admittedOf(id)).map((ticket) => (ranks[ticket - 1] ?? 0) + 1);
      expect(served.sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    }
  });
});
