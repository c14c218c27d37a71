/** A worker that is killed again and again while it admits people and mails them that it is their turn. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  confirmAddress,
  startMailProvider,
  startTestServer,
  type TestMailProvider,
  type TestServer,
  type TestShop,
} from "../packages/server/src/testing/index.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";

const isFull = process.env.FULL === "1";
const killCount = isFull ? 10 : 3;
const fanCount = isFull ? 300 : 60;
/** So many are under way at once in a worker: of those nobody knows after a kill whether the provider has them. */
const underWayMax = 5;
/** Longer than what a worker has taken is put off: four mails of a second, and half a minute. */
const putOffOverMs = 40_000;

describe("mails about turns whose worker is killed again and again", () => {
  let server: TestServer;
  let shop: TestShop;
  let provider: TestMailProvider;
  let worker: ServerProcess | undefined;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
    // Slow enough to be killed in between.
    provider = await startMailProvider({
      onMailFrom: (_address, _session, accept) => void setTimeout(accept, Math.random() * 100),
    });
  });
  afterAll(async () => {
    await worker?.kill("SIGKILL");
    await provider.stop();
    await server.stop();
  });

  const startWorker = () =>
    startServerProcess("worker", {
      databaseUrl: server.db.url,
      env: {
        SMTP_URL: provider.url,
        MAIL_FROM: "line@shop.example",
        MAIL_TIMEOUT_MS: "1000",
        PUBLIC_URL: "https://line.example",
      },
    });
  const countOf = async (status: string): Promise<number> => {
    const [row] = await server.db.query<{ count: number }>(
      "select count(*)::int as count from turn_mails where status = $1",
      [status],
    );
    return row?.count ?? 0;
  };

  it("reach everybody who asked, and nobody twice but whose mail was under way", async () => {
    const queue = await shop.queue({ admissionExpirationSeconds: 3_600 });
    await shop.call("POST", `/api/v1/queues/${queue.id}/pause`);
    const addresses: string[] = [];
    for (let count = 0; count < fanCount; count += 1) {
      const guest = await shop.fan();
      await guest.enter(queue.id);
      const fan = await confirmAddress(server, shop, guest, `fan${count}@example.com`);
      expect((await fan.call("PUT", `/api/v1/queues/${queue.id}/turn-mail`)).status).toBe(200);
      addresses.push(fan.email);
    }
    await shop.call("POST", `/api/v1/queues/${queue.id}/resume`);
    for (let kills = 1; kills <= killCount; kills += 1) {
      worker = await startWorker();
      // In the middle of it: some have gone out, others are under way.
      await server.until(
        async () => provider.mails.length,
        (mails) => mails >= (kills * fanCount) / (killCount + 2),
      );
      await worker.kill("SIGKILL");
      await server.advance(putOffOverMs);
    }
    worker = await startWorker();
    await server.until(
      () => countOf("SENT"),
      (sent) => sent === fanCount,
    );
    const received = provider.mails.flatMap(({ to }) => to);
    expect(new Set(received)).toEqual(new Set(addresses));
    expect(received.length - fanCount).toBeLessThanOrEqual(killCount * underWayMax);
    const ids = provider.mails.map(({ raw }) => /^Message-ID: (.+)$/im.exec(raw)?.[1]);
    expect(new Set(ids).size).toBe(fanCount);
  }, 120_000);
});
