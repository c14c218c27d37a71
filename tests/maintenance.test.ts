/** Planned maintenance, announced by the command to an API and a worker that run apart. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { type OperationName, operationNames, operationOf } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Stanchion } from "../packages/sdk/src/index.ts";
import { createOrganization, type NewOrganization } from "../packages/server/src/identity/index.ts";
import { checkAnswer } from "../packages/server/src/testing/check-answer.ts";
import {
  createTestDatabase,
  type TestDatabase,
  type TestLine,
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

const command = join(import.meta.dirname, "../packages/cli/src/main.ts");
const effectMsMax = 2_000;
const notice = "New tickets system <b>& seats</b>: back at 10:30.";

describe("planned maintenance", () => {
  let db: TestDatabase;
  let api: ServerProcess;
  let worker: ServerProcess;
  let shop: NewOrganization;
  let queueId: string;
  let line: TestLine;
  let guests: Guest[];
  beforeAll(async () => {
    db = await createTestDatabase();
    [api, worker] = await Promise.all([
      startServerProcess("api", { databaseUrl: db.url }),
      startServerProcess("worker", { databaseUrl: db.url }),
    ]);
    shop = await createOrganization(db.database, { name: "Shop" });
    queueId = await makeQueue(api.url, shop.secretKey, { admitRate: 600, admissionExpirationSeconds: 60 });
    line = testLine(db, queueId);
    guests = await makeGuests(api.url, shop.publishableKey, 3);
  });
  afterAll(async () => {
    await Promise.all([api.kill("SIGKILL"), worker.kill("SIGKILL")]);
    await db.drop();
  });

  const stanchion = async (...args: string[]): Promise<{ code: number; said: string }> => {
    const env = {
      ...process.env,
      DATABASE_URL: db.url,
      STANCHION_SECRET: "a secret of the tests, long enough to be one",
    };
    const run = promisify(execFile)(process.execPath, [command, ...args], { env });
    return run.then(
      ({ stdout }) => ({ code: 0, said: stdout }),
      ({ code, stderr }: { code: number; stderr: string }) => ({ code, said: stderr }),
    );
  };
  const maintenance = async (...args: string[]): Promise<string> => {
    const { code, said } = await stanchion("maintenance", ...args);
    expect(said).not.toBe("");
    expect(code).toBe(0);
    return said;
  };
  const statusOf = async (): Promise<number> =>
    (await fetch(`${api.url}/api/v1/queues/${queueId}/now-serving`)).status;
  const untilServed = (isServed: boolean) =>
    until(statusOf, (status) => status === (isServed ? 200 : 503), effectMsMax);
  const admittedCount = async (): Promise<number> =>
    (await line.stays()).filter((stay) => stay.admittedAt !== null).length;
  const holdEnds = async (): Promise<number[]> => {
    const rows = await db.query<{ at: Date }>("select expires_at as at from admissions order by admitted_at");
    return rows.map((row) => row.at.getTime());
  };
  /** The answer of an operation to a caller without a credential and with ids of nothing. */
  const ask = async (name: OperationName) => {
    const operation = operationOf(name);
    const path = operation.path.replace("{queueId}", queueId).replace(/\{\w+\}/g, "1");
    // A stream says by itself what is on, to whom it is open.
    const isOwnStream = operation.answerType === "text/event-stream" && operation.access === "secret";
    const headers: Record<string, string> = isOwnStream ? { Authorization: `Bearer ${shop.secretKey}` } : {};
    const answer = await fetch(api.url + path, { method: operation.method, headers });
    const text = await answer.text();
    const isJson = answer.headers.get("content-type")?.includes("json") ?? false;
    const body = (isJson && text !== "" ? JSON.parse(text) : {}) as Record<string, unknown>;
    const read = { status: answer.status, headers: answer.headers, text, body };
    if (name !== "readMetrics") checkAnswer(operation.method, path, read);
    return read;
  };

  it("is off at first, and refuses what it cannot announce", async () => {
    expect(await maintenance()).toMatch(/^Maintenance is off/);
    expect(await maintenance("off")).toMatch(/was not on/);
    const refused = await Promise.all(
      ["--retry-after=0", "--retry-after=1.5", "--message=", "--until=noon"].map((arg) =>
        stanchion("maintenance", "on", arg),
      ),
    );
    expect(refused.map(({ code }) => code)).toEqual([2, 2, 2, 2]);
    expect((await stanchion("maintenance", "perhaps")).code).toBe(2);
    expect(await maintenance()).toMatch(/^Maintenance is off/);
  });

  it("takes effect within two seconds, in every operation but those that stay up", async () => {
    const answer = await guests[0]?.call(api.url, "POST", `/api/v1/queues/${queueId}/enter`);
    expect(answer?.status).toBe(201);
    await until(admittedCount, (count) => count === 1);
    const streamed = fetch(`${api.url}/api/v1/queues/${queueId}/stream`).then((stream) => stream.text());

    await maintenance("on", "--retry-after", "7", "--message", notice);
    await untilServed(false);
    expect(await maintenance()).toContain(notice);
    expect(await streamed).toMatch(/event: board\n[\s\S]*retry: [78]\d{3}\nevent: busy\ndata: \{\}\n\n$/);

    for (const name of operationNames) {
      const { status, headers, body, text } = await ask(name);
      const operation = operationOf(name);
      if (operation.staysUp) expect([name, status]).toEqual([name, 200]);
      else if (operation.answerType === "text/event-stream")
        expect([status, text]).toEqual([
          200,
          expect.stringMatching(/^retry: [78]\d{3}\nevent: busy\ndata: \{\}\n\n$/),
        ]);
      else {
        expect(body).toMatchObject({ error: "service_unavailable", code: "MAINTENANCE", retryable: true });
        expect(body.details).toEqual({ retryAfter: 7, since: expect.any(String), message: notice });
        expect(body.message).toBe(
          "We are closed for planned maintenance. Your place is kept; try again in 7 s.",
        );
        expect(headers.get("retry-after")).toBe("7");
      }
    }
    for (const path of ["/docs", "/docs/errors/MAINTENANCE", `/q/${queueId}`, "/health/ready"])
      expect([path, (await fetch(api.url + path)).status]).toEqual([path, 200]);
    const missed = await fetch(`${api.url}/nowhere`);
    expect(((await missed.json()) as { code: string }).code).toBe("MAINTENANCE");
  });

  it("lets the line stand still, and is changed while it is on", async () => {
    await line.fill(500);
    const databaseClock = async (): Promise<number> => {
      const [row] = await db.query<{ at: Date }>("select stanchion_now() as at");
      return row?.at.getTime() ?? 0;
    };
    const startedAtMs = await databaseClock();
    await until(databaseClock, (atMs) => atMs > startedAtMs + 2_000);
    expect(await admittedCount()).toBe(1);

    await maintenance("on", "--retry-after", "1");
    const announced = await until(
      () => ask("readBoard"),
      ({ headers }) => headers.get("retry-after") === "1",
      effectMsMax,
    );
    expect(announced.body.details).toEqual({ retryAfter: 1, since: expect.any(String) });
  });

  it("serves again within two seconds of its end: the SDK by itself, with the time of every hold given back", async () => {
    const [heldUntilMs] = await holdEnds();
    const [row] = await db.query<{ since: Date }>("select since from maintenance");
    const fan = new Stanchion({ publishableKey: shop.publishableKey, baseUrl: api.url });
    expect(await maintenance("off")).toMatch(/^Maintenance is over/);
    // Most likely still refused: the SDK waits as long as it is told.
    const entering = fan.queues.enter(queueId);
    const endedAtMs = Date.now();
    await untilServed(true);
    expect((await entering).status).toBe("QUEUED");
    const [longerMs] = await holdEnds();
    const lastedMs = endedAtMs - (row?.since.getTime() ?? 0);
    const givenBackMs = (longerMs ?? 0) - (heldUntilMs ?? 0);
    expect(givenBackMs).toBeGreaterThan(lastedMs - 2_000);
    expect(givenBackMs).toBeLessThanOrEqual(lastedMs);
    await until(admittedCount, (count) => count > 1);

    const stays = await line.stays();
    expect(stays.map((stay) => stay.ticket)).toEqual(stays.map((_, index) => index + 1));
  });
});
