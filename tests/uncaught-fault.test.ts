import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createOrganization } from "../packages/server/src/identity/index.ts";
import {
  countLockWaiters,
  createTestDatabase,
  holdLock,
  type TestDatabase,
  testLine,
} from "../packages/server/src/testing/index.ts";
import { makeGuests, makeQueue, startServerProcess, until } from "./server-process.ts";

/** What a bug anywhere could do: loaded before the server, it does so when the process gets the signal. */
const faults = {
  uncaughtException: "throw new Error('a fault of the test')",
  unhandledRejection: "Promise.reject(new Error('a fault of the test'))",
};

describe("a fault that nobody has caught", () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await createTestDatabase();
  });
  afterAll(() => db.drop());

  it.each(Object.entries(faults))(
    "%s: is logged with its stack, what is under way is answered, and the process ends with 1",
    async (fault, code) => {
      const preload = `data:text/javascript,process.on("SIGUSR2",()=>setImmediate(()=>{${code}}))`;
      const server = await startServerProcess("start", {
        databaseUrl: db.url,
        nodeArguments: ["--import", preload],
      });
      const findFault = (): string | undefined =>
        server.logged().find((text) => text.includes("of the test"));
      try {
        const shop = await createOrganization(db.database, { name: `Shop ${fault}` });
        const queueId = await makeQueue(server.url, shop.secretKey, { admitRate: 60 });
        const [guest] = await makeGuests(server.url, shop.publishableKey, 1);
        const line = testLine(db, queueId);
        const held = await holdLock(db, "select 1 from lines where queue_id = $1 for update", [line.queueId]);
        const joining = guest?.call(server.url, "POST", `/api/v1/queues/${queueId}/enter`);
        await until(
          () => countLockWaiters(db),
          (waiters) => waiters > 0,
        );
        server.child.kill("SIGUSR2");
        const logged = await until(
          async () => findFault(),
          (text) => text !== undefined,
        );
        await held.release();
        expect((await joining)?.status).toBe(201);
        expect(await server.exited).toBe(1);
        expect(JSON.parse(logged ?? "{}")).toMatchObject({
          level: "fatal",
          fault,
          err: { stack: expect.stringContaining("Immediate") },
        });
      } finally {
        server.child.kill("SIGKILL");
      }
    },
  );
});
