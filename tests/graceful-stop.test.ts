import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createOrganization } from "../packages/server/src/identity/index.ts";
import {
  countLockWaiters,
  createTestDatabase,
  holdLock,
  type TestDatabase,
  testLine,
} from "../packages/server/src/testing/index.ts";
import {
  type Guest,
  makeGuests,
  makeQueue,
  type ServerProcess,
  startServerProcess,
  until,
} from "./server-process.ts";

const stopMsMax = 8_000;

describe("a server that is told to stop", () => {
  let db: TestDatabase;
  let server: ServerProcess;
  beforeAll(async () => {
    db = await createTestDatabase();
    server = await startServerProcess("start", { databaseUrl: db.url });
  });
  afterAll(async () => {
    await server.kill("SIGKILL");
    await db.drop();
  });

  it("answers what is under way, sends new work away, says goodbye to its streams and ends with 0", async () => {
    const { publishableKey, secretKey } = await createOrganization(db.database, { name: "Shop" });
    const queueId = await makeQueue(server.url, secretKey, { admitRate: 6_000 });
    const line = testLine(db, queueId);
    const enter = `/api/v1/queues/${queueId}/enter`;
    const guests = await makeGuests(server.url, publishableKey, 301);
    const stream = await fetch(`${server.url}/api/v1/queues/${queueId}/stream`);
    const streamed = stream.text();

    const acknowledged: number[] = [];
    const join = async (guest: Guest): Promise<number> => {
      const answer = await guest.call(server.url, "POST", enter);
      if (answer?.status === 201) acknowledged.push(Number(answer.body.ticket));
      return answer?.status ?? 0;
    };
    for (const status of await Promise.all(guests.slice(0, 200).map(join))) expect(status).toBe(201);

    const held = await holdLock(db, "select 1 from lines where queue_id = $1 for update", [line.queueId]);
    const underWay = guests.slice(200, 300).map(join);
    await until(
      () => countLockWaiters(db),
      (waiters) => waiters > 0,
    );
    const exit = server.kill("SIGTERM");
    const toldAtMs = Date.now();
    await until(
      async () => (await fetch(`${server.url}/health/ready`)).status,
      (status) => status === 503,
    );
    const sentAway = await guests[300]?.call(server.url, "POST", enter);
    expect(sentAway?.status).toBe(503);
    expect(sentAway?.body).toMatchObject({
      error: "service_unavailable",
      code: "DEPLOYING",
      retryable: true,
    });
    expect(Number(sentAway?.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    expect(sentAway?.headers.get("connection")).toBe("close");
    expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
    await held.release();

    expect(await Promise.all(underWay)).toEqual(underWay.map(() => 201));
    expect(await exit).toBe(0);
    expect(Date.now() - toldAtMs).toBeLessThan(stopMsMax);
    expect(await streamed).toMatch(/event: goodbye\ndata: \{\}\n\n$/);
    const tickets = (await line.stays()).map((stay) => stay.ticket);
    expect(new Set(tickets)).toEqual(new Set(acknowledged));
    expect(acknowledged).toHaveLength(300);
  });
});
