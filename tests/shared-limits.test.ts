/** Rate limits of server processes that share a store, as the operating system sees them: nothing else is between them. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createOrganization } from "../packages/server/src/identity/index.ts";
import {
  createTestDatabase,
  limitStoreUrl,
  type TestDatabase,
  whyNoLimitStore,
} from "../packages/server/src/testing/index.ts";
import { makeGuests, makeQueue, type ServerProcess, startServerProcess } from "./server-process.ts";

const processCount = 3;
const whyNot = await whyNoLimitStore();

interface Counted {
  readonly status: number;
  readonly remaining: number;
  readonly reset: string | null;
}

describe.skipIf(whyNot !== null)(
  `rate limits of processes that share VALKEY_URL${whyNot === null ? "" : ` (${whyNot})`}`,
  () => {
    let db: TestDatabase;
    let processes: ServerProcess[];
    // A secret of this run: its keys are its own, whoever else uses the store.
    const env = {
      RATE_LIMITS: "",
      VALKEY_URL: limitStoreUrl,
      STANCHION_SECRET: `of this run ${randomUUID()}`,
      LOG_LEVEL: "warn",
    };
    const start = () => startServerProcess("api", { databaseUrl: db.url, env });

    beforeAll(async () => {
      db = await createTestDatabase();
      // The first brings the database to its version, so that the others find it there.
      processes = [await start()];
      processes.push(...(await Promise.all(Array.from({ length: processCount - 1 }, start))));
    }, 120_000);
    afterAll(async () => {
      for (const one of processes) await one.kill("SIGKILL");
      await db.drop();
    });

    const urlOf = (index: number): string => processes[index % processes.length]?.url ?? "";
    const ask = async (
      index: number,
      headers: Record<string, string>,
      path = "/api/v1/experiences",
      method = "GET",
    ): Promise<Counted> => {
      const answer = await fetch(urlOf(index) + path, { method, headers });
      await answer.arrayBuffer();
      return {
        status: answer.status,
        remaining: Number(answer.headers.get("x-ratelimit-remaining")),
        reset: answer.headers.get("x-ratelimit-reset"),
      };
    };
    const times = (count: number, one: (index: number) => Promise<Counted>): Promise<Counted[]> =>
      Promise.all(Array.from({ length: count }, (_, index) => one(index)));
    const passed = (answers: readonly Counted[]) => answers.filter(({ status }) => status !== 429);
    const shopOf = () => createOrganization(db.database, { name: "Shop" });

    it("run apart and count together: nothing in their logs says otherwise", () => {
      expect(new Set(processes.map(({ child }) => child.pid)).size).toBe(processCount);
      expect(
        processes.flatMap(({ logged }) => logged()).filter((line) => /limit|valkey/i.test(line)),
      ).toEqual([]);
    });

    it("let exactly 100 of 400 simultaneous calls of a secret key pass, in one window, each counted once", async () => {
      const { secretKey } = await shopOf();
      const answers = await times(400, (index) => ask(index, { Authorization: `Bearer ${secretKey}` }));
      expect(passed(answers).length).toBe(100);
      expect(
        passed(answers)
          .map(({ remaining }) => remaining)
          .sort((a, b) => a - b),
      ).toEqual(Array.from({ length: 100 }, (_, index) => index));
      expect(new Set(answers.map(({ reset }) => reset)).size).toBe(1);
    });

    it("let exactly 120 of 300 simultaneous guests of an address pass", async () => {
      const { publishableKey } = await shopOf();
      const headers = { "X-Publishable-Key": publishableKey, "X-Forwarded-For": "203.0.113.9" };
      const answers = await times(300, (index) => ask(index, headers, "/api/v1/auth/guest", "POST"));
      expect(passed(answers).length).toBe(120);
    });

    it("let exactly five of 60 simultaneous entries of a consumer pass", async () => {
      const { publishableKey, secretKey } = await shopOf();
      const queueId = await makeQueue(urlOf(0), secretKey, { admitRate: 60 });
      const [guest] = await makeGuests(urlOf(1), publishableKey, 1);
      const answers = await times(60, (index) =>
        ask(index, { ...guest?.credentials }, `/api/v1/queues/${queueId}/enter`, "POST"),
      );
      expect(
        passed(answers)
          .map(({ status }) => status)
          .sort(),
      ).toEqual([201, 409, 409, 409, 409]);
    });

    it("go on in the others, and in one that is started anew, when a process is killed", async () => {
      const { secretKey } = await shopOf();
      const headers = { Authorization: `Bearer ${secretKey}` };
      expect(passed(await times(60, (index) => ask(index, headers))).length).toBe(60);
      await processes.pop()?.kill("SIGKILL");
      expect(passed(await times(30, (index) => ask(index, headers))).length).toBe(30);
      processes.push(await start());
      expect(passed(await times(90, (index) => ask(index, headers))).length).toBe(10);
    }, 90_000);
  },
);
