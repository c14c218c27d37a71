import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDatabase } from "../platform/database/index.ts";
import type { AnsweredRequest } from "../platform/http/index.ts";
import { createLog } from "../platform/log.ts";
import { createMetrics, type Metrics } from "../platform/metrics/index.ts";
import { newUuid } from "../platform/randomness.ts";
import { createTestDatabase, type TestDatabase } from "../testing/index.ts";
import { createRequestRecorder, readRequests } from "./index.ts";
import { insertRequests, ringBounds } from "./request-store.ts";

describe("the recorder of requests", () => {
  let db: TestDatabase;
  let metrics: Metrics;
  beforeEach(async () => {
    db = await createTestDatabase();
    metrics = createMetrics();
  });
  afterEach(async () => {
    await metrics.close();
    await db.drop();
  });

  const refusal = (requestId: string): AnsweredRequest => ({
    requestId,
    method: "GET",
    url: "/nowhere",
    call: null,
    credentials: {},
    status: 404,
    refusal: { code: "ROUTE_NOT_FOUND", details: {}, issues: [], retryable: false },
    tookMs: 1,
    answeredAtMs: performance.now(),
    isReplay: false,
  });
  const deps = () => ({ database: db.database, processName: "test", log: createLog("silent"), metrics });
  const kept = async (): Promise<number> =>
    (await db.query<{ count: number }>("select count(*) as count from requests"))[0]?.count ?? 0;

  it("writes by itself, soon", async () => {
    const recorder = createRequestRecorder(deps());
    recorder.note(refusal("one"));
    await expect.poll(kept, { interval: 20 }).toBe(1);
    await recorder.close();
  });

  it("writes what waits when it is closed", async () => {
    const recorder = createRequestRecorder(deps());
    recorder.note(refusal("one"));
    await recorder.close();
    expect(await kept()).toBe(1);
  });

  it("makes few rows of a flood, and counts what it left out", async () => {
    const recorder = createRequestRecorder(deps());
    for (let count = 0; count < 10_000; count += 1) recorder.note(refusal(`flood-${count}`));
    await recorder.close();
    expect(await kept()).toBe(100);
    expect(await metrics.render()).toMatch(/stanchion_requests_not_recorded_total\{[^}]*\} 9900/);
  });

  it("keeps what it could not write while the database is away, and never fails", async () => {
    const away = new URL(db.url);
    away.port = "1";
    const broken = openDatabase(away.href, createLog("silent"));
    const recorder = createRequestRecorder({ ...deps(), database: broken });
    recorder.note(refusal("meanwhile"));
    await recorder.flush();
    Object.assign(broken, { pool: db.database.pool });
    await recorder.close();
    expect(await kept()).toBe(1);
    await broken.close();
  });

  it("writes over the oldest of its own ring only, however much one organization writes", async () => {
    const [noisy, quiet] = [newUuid(1), newUuid(2)];
    const row = (organizationId: string, place: number) => ({
      requestId: `${organizationId}-${place}`,
      organizationId,
      isLive: false,
      part: "fan" as const,
      answeredAtMs: place,
      place,
      facts: {} as never,
    });
    await insertRequests(db.database, "test", [row(quiet, 0)], 0);
    const group = (from: number) => Array.from({ length: 2_500 }, (_, index) => row(noisy, from + index));
    for (let from = 0; from < 12_500; from += 2_500)
      await insertRequests(db.database, "test", group(from), 20_000);
    expect(await kept()).toBe(ringBounds.ringMax + 1);
    const isThere = async (organizationId: string, place: number): Promise<boolean> =>
      (await db.query("select from requests where request_id = $1", [`${organizationId}-${place}`]))
        .length === 1;
    expect(await isThere(quiet, 0)).toBe(true);
    expect(await isThere(noisy, 2_499)).toBe(false);
    expect(await isThere(noisy, 2_500)).toBe(true);
    expect(await isThere(noisy, 12_499)).toBe(true);
  });

  it("shows a group once that was written twice", async () => {
    const group = [
      {
        requestId: "twice",
        organizationId: null,
        isLive: null,
        part: "nobody" as const,
        answeredAtMs: 0,
        place: 7,
        facts: { details: {}, issues: [] } as never,
      },
    ];
    await insertRequests(db.database, "test", group, 0);
    await insertRequests(db.database, "test", group, 0);
    const found = await readRequests(db.database.kysely, "twice", { tenant: null, publicUrl: null });
    expect(found.requests).toHaveLength(1);
  });
});
