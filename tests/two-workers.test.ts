import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createOrganization } from "../packages/server/src/identity/index.ts";
import {
  createTestDatabase,
  type TestDatabase,
  type TestLine,
  testLine,
} from "../packages/server/src/testing/index.ts";
import { makeGuests, makeQueue, type ServerProcess, startServerProcess, until } from "./server-process.ts";

const admitRate = 600;
const guestCount = 40;
const takeOverMsMax = 5_000;

describe("two workers on one database", () => {
  let db: TestDatabase;
  let api: ServerProcess;
  let line: TestLine;
  const workers: ServerProcess[] = [];
  beforeAll(async () => {
    db = await createTestDatabase();
    api = await startServerProcess("api", { databaseUrl: db.url });
  });
  afterAll(async () => {
    for (const one of [api, ...workers]) await one.kill("SIGKILL");
    await db.drop();
  });

  const lastAdmittedAtMs = async () => {
    const [row] = await db.query<{ at: Date | null }>("select max(admitted_at) as at from admissions");
    return row?.at?.getTime() ?? 0;
  };
  const startWorker = async (): Promise<ServerProcess> => {
    const worker = await startServerProcess("worker", { databaseUrl: db.url });
    workers.push(worker);
    return worker;
  };

  it("take over from each other within five seconds of a kill -9, without admitting anybody twice or too fast", async () => {
    const { publishableKey, secretKey } = await createOrganization(db.database, { name: "Shop" });
    const queueId = await makeQueue(api.url, secretKey, { admitRate });
    line = testLine(db, queueId);
    await line.fill(3_000);
    const guests = await makeGuests(api.url, publishableKey, guestCount);
    for (const guest of guests) await guest.call(api.url, "POST", `/api/v1/queues/${queueId}/enter`);

    let admitting = await startWorker();
    await until(lastAdmittedAtMs, (atMs) => atMs > 0);
    for (let kills = 0; kills < 3; kills += 1) {
      const standby = await startWorker();
      await admitting.kill("SIGKILL");
      const killedAtMs = Date.now();
      const goneOnAtMs = await until(lastAdmittedAtMs, (atMs) => atMs > killedAtMs, takeOverMsMax + 2_000);
      expect(goneOnAtMs - killedAtMs).toBeLessThanOrEqual(takeOverMsMax);
      admitting = standby;
    }
    const steadyUntilMs = (await lastAdmittedAtMs()) + 3_000;
    await until(lastAdmittedAtMs, (atMs) => atMs > steadyUntilMs);

    const stays = await line.stays();
    const times = stays
      .filter((stay) => stay.admittedAt !== null)
      .map((stay) => stay.admittedAt?.getTime() ?? 0);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(stays.slice(0, times.length).every((stay) => stay.status === "ADMITTED")).toBe(true);
    expect(times.length).toBeGreaterThan(50);
    // The pace is 61 s for a minute's people, with a burst of two seconds.
    for (const seconds of [1, 5, 60])
      expect(mostWithin(times, seconds * 1_000)).toBeLessThanOrEqual(
        Math.min(admitRate, ((seconds + 2) * admitRate) / 61 + 1),
      );
  });

  it("let the other go on at once when one is told to stop", async () => {
    const admitting = workers.at(-1);
    await startWorker();
    const stopping = admitting?.kill("SIGTERM");
    const stoppedAtMs = Date.now();
    expect(await stopping).toBe(0);
    await until(lastAdmittedAtMs, (atMs) => atMs > stoppedAtMs + 2_000);
  });
});

/** The most of these times that lie within one window of so many milliseconds. */
function mostWithin(times: readonly number[], windowMs: number): number {
  let most = 0;
  let first = 0;
  for (const [index, time] of times.entries()) {
    while (time - (times[first] ?? 0) >= windowMs) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}
