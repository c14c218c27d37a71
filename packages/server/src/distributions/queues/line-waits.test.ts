/** What people in a line are told of their wait, held against how long they then wait. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newUuid } from "../../platform/randomness.ts";
import { beginMaintenance, endMaintenance } from "../../switch-maintenance.ts";
import { startTestServer, stocked, type TestServer, type TestShop, testLine } from "../../testing/index.ts";
import { waitAt } from "./line-pace.ts";
import { readLines } from "./line-store.ts";
import { LineView } from "./line-view.ts";

const [admissionExpirationSeconds, completionGraceSeconds] = [200, 40];
const longestSeconds = admissionExpirationSeconds + completionGraceSeconds;
const lookEverySeconds = 20;

// The database's clock reads a table, and one call makes many ticks. A buyer buys after so many seconds; without any, lets it expire.
const simulation = `
  create table test_clock (at timestamptz not null);
  insert into test_clock values (now());
  create table test_buyers (entry_id uuid primary key, seconds double precision);
  grant select on test_clock, test_buyers to stanchion_tenant;
  create or replace function stanchion_now() returns timestamptz language sql volatile as 'select at from test_clock';
  create function simulate_line(p_queue uuid, p_owner uuid, p_seconds integer) returns void language plpgsql as $$
  begin
    for v_tick in 1 .. p_seconds / 2 loop
      update test_clock set at = at + interval '2 seconds';
      with bought as (
        update admissions a set status = 'COMPLETED', completed_at = stanchion_now(), release_at = stanchion_now()
        from test_buyers b
        where a.distribution_id = p_queue and a.status = 'ADMITTED' and b.entry_id = a.entry_id
          and a.admitted_at + make_interval(secs => b.seconds) <= stanchion_now()
        returning a.entry_id
      ) update entries e set status = 'COMPLETED', ended_at = stanchion_now() from bought b where e.entry_id = b.entry_id;
      perform tick_line(p_queue, p_owner, 1, 5000);
    end loop;
  end $$`;

interface Look {
  readonly ticket: number;
  readonly atSecond: number;
  /** In seconds; null: it is not known. */
  readonly told: number | null;
  /** How many admissions have ended by then. */
  readonly gone: number;
}
interface Told extends Look {
  /** How long it really took from then on. */
  readonly waited: number;
}

describe("what people in a line are told of their wait", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
    await server.db.query(simulation);
  });
  afterAll(() => server.stop());

  it("is what comes about where the rate alone bounds the line", async () => {
    const line = await lineOf(100, { admitRate: 60 }, () => 100);
    expectFactor(await line.waitsOf(80), 1.1, 2);
  });

  it.each<[string, (ticket: number) => number | null]>([
    ["buy within 20 seconds", () => 20],
    ["buy within 100 seconds", () => 100],
    ["buy, every second one at the last moment", (ticket) => (ticket % 2 === 0 ? 20 : 195)],
    ["buy after 5 to 195 seconds", (ticket) => 5 + ((ticket * 7_919) % 191)],
    [
      "buy, but for one in three who lets it expire",
      (ticket) => (ticket % 3 === 0 ? null : 5 + ((ticket * 61) % 90)),
    ],
    ["all let it expire", () => null],
  ])("holds where the checkout is full and people %s", async (_, secondsToBuy) => {
    const line = await lineOf(60, { maxConcurrentAdmissions: 5 }, secondsToBuy);
    const told = await line.waitsOf(35);
    const times = Array.from({ length: 60 }, (_, index) => secondsToBuy(index + 1) ?? longestSeconds);
    const average = times.reduce((total, seconds) => total + seconds, 0) / times.length;
    // Until ten have gone nobody knows how long people take: between half of the longest time and all of it is presumed.
    const isFirst = ({ gone }: Told): boolean => gone < 10;
    expectFactor(told.filter(isFirst), Math.max(2, longestSeconds / average), average);
    expectFactor(
      told.filter((one) => !isFirst(one)),
      2,
      average,
    );
  });

  it("is unknown during a pause, and known again behind it", async () => {
    const line = await lineOf(60, { maxConcurrentAdmissions: 5 }, () => 30);
    await line.pass(100);
    await line.set("is_paused = true");
    expect((await line.look(40))?.told).toBeNull();
    await line.pass(600);
    expect((await line.look(40))?.told).toBeNull();
    await line.set("is_paused = false");
    await line.pass(2);
    expectFactor(await line.waitsOf(40), 2, 30);
  });

  it("goes by a changed rate at once", async () => {
    const line = await lineOf(100, { admitRate: 60 }, () => 10);
    await line.pass(20);
    await line.set("admit_rate = 6");
    const slow = await line.look(80);
    await line.pass(20);
    await line.set("admit_rate = 120");
    expect(slow?.told).toBeGreaterThan(500);
    expectFactor(await line.waitsOf(80), 1.2, 2);
  });

  it("is unknown to those for whom nothing is free, and known to the others", async () => {
    const print = await stocked(shop, 10);
    const holds = [{ id: print.id, quantity: 1 }];
    const line = await lineOf(40, { admitRate: 6, holds }, () => null);
    expectFactor(await line.waitsOf(8), 1.2, 12);
    await line.pass(40);
    expect((await line.look(20))?.told).toBeNull();
    // The first ten let it expire, one after the other.
    await line.pass(longestSeconds);
    expect((await line.look(40))?.told).toBeNull();
  });

  it("does not count a maintenance as time that people take", async () => {
    const line = await lineOf(60, { maxConcurrentAdmissions: 5 }, () => 30);
    await line.pass(150);
    const before = await line.look(60);
    const { database } = server.db;
    await beginMaintenance(database, { retryAfterSeconds: 60, message: null });
    await server.db.query("update test_clock set at = at + interval '1 hour'");
    await endMaintenance(database);
    expect(before?.told).toBeGreaterThan(100);
    expect(await line.look(60)).toMatchObject({ told: before?.told });
  });

  it("is written with the join as it is answered, and answered again so", async () => {
    const queue = await shop.queue({
      maxConcurrentAdmissions: 1,
      admitRate: 600,
      admissionExpirationSeconds,
      completionGraceSeconds,
    });
    const line = testLine(server.db, queue.id);
    await line.fill(9);
    await line.tick();
    const fan = await shop.fan();
    await server.until(
      () => server.call("GET", `/api/v1/queues/${queue.id}/now-serving`),
      ({ body }) => body.waiting === 8,
    );
    const answer = await fan.enter(queue.id, { "Idempotency-Key": "once" });
    expect(answer.body).toMatchObject({ position: 9, estimatedWaitSeconds: (9 * longestSeconds) / 2 });
    const again = await fan.enter(queue.id, { "Idempotency-Key": "once" });
    expect(again.body).toEqual(answer.body);
  });

  /** A line of so many, in a time that the test moves by itself. */
  async function lineOf(
    people: number,
    settings: Record<string, unknown>,
    secondsToBuy: (ticket: number) => number | null,
  ) {
    const given = { admitRate: 600, admissionExpirationSeconds, completionGraceSeconds, ...settings };
    const queue = await shop.queue(given);
    const line = testLine(server.db, queue.id);
    const { queueId } = line;
    const owner = newUuid(Date.now());
    await server.db.query("update line_controls set lease_owner = $2, lease_epoch = 1 where queue_id = $1", [
      queueId,
      owner,
    ]);
    await line.fill(people);
    const stays = await line.stays();
    await server.db.query(
      "insert into test_buyers select * from unnest($1::uuid[], $2::double precision[])",
      [stays.map(({ entryId }) => entryId), stays.map(({ ticket }) => secondsToBuy(ticket))],
    );
    const startedAtMs = await readClock();
    const pass = (seconds: number) =>
      server.db.query("select simulate_line($1, $2, $3)", [queueId, owner, seconds]);
    /** What the one with this ticket is told now; undefined: it is their turn. */
    const look = async (ticket: number): Promise<Look | undefined> => {
      const [row] = await readLines(server.db.database.pool, [queueId]);
      if (row === undefined) throw new Error("the line is gone");
      const view = new LineView(row, [], row.databaseNowMs);
      if (!view.isWaiting(ticket)) return undefined;
      const told = waitAt(view.pace(row.databaseNowMs), view.ahead(ticket) + 1);
      const gone = row.completedTotal + row.returnedTotal;
      return { ticket, atSecond: (row.databaseNowMs - startedAtMs) / 1_000, told, gone };
    };
    return {
      pass,
      look,
      set: (assignment: string) =>
        server.db.query(`update queues set ${assignment} where id = $1`, [queueId]),
      /** What the one with this ticket is told again and again until it is their turn. */
      async waitsOf(ticket: number): Promise<Told[]> {
        const looks: Look[] = [];
        for (let seen = await look(ticket); seen !== undefined; seen = await look(ticket)) {
          looks.push(seen);
          await pass(lookEverySeconds);
        }
        const admittedAtMs = (await line.stays())[ticket - 1]?.admittedAt?.getTime() ?? Number.NaN;
        return looks.map((seen) => ({
          ...seen,
          waited: (admittedAtMs - startedAtMs) / 1_000 - seen.atSecond,
        }));
      },
    };
  }

  async function readClock(): Promise<number> {
    const [row] = await server.db.query<{ ms: number }>(
      "select extract(epoch from at)::double precision * 1000 as ms from test_clock",
    );
    return row?.ms ?? 0;
  }
});

/** What was told is at most so many times too long or too short, give or take so many seconds. */
function expectFactor(all: readonly Told[], factor: number, seconds = 0): void {
  expect(all.length).toBeGreaterThan(0);
  for (const { told, waited, atSecond } of all)
    if (told === null || told > waited * factor + seconds || told < waited / factor - seconds)
      expect.fail(`after ${atSecond} s ${told} s were told, and ${waited} s it took`);
}
