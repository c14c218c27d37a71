import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newUuid } from "../../platform/randomness.ts";
import { startTestServer, type TestServer, type TestShop, testLine } from "../../testing/index.ts";

interface Ticked {
  /** Milliseconds that have really passed, whatever the clock says. */
  readonly atMs: number;
  readonly wallMs: number;
  readonly admitted: number;
  readonly rate: number;
}

const tickMs = 100;
const windowMs = 60_000;
const ticksPerCall = 100;

// The database's clock reads a table, and one call makes many ticks, each at a time of its own.
const simulation = `
  create table test_clock (at timestamptz not null);
  insert into test_clock values (now());
  grant select on test_clock to stanchion_tenant;
  create or replace function stanchion_now() returns timestamptz language sql volatile as 'select at from test_clock';
  create function simulate_ticks(p_queue uuid, p_owner uuid, p_times double precision[]) returns integer[] language plpgsql as $$
  declare
    v_time double precision;
    v_admitted integer[] := '{}';
  begin
    foreach v_time in array p_times loop
      update test_clock set at = to_timestamp(v_time / 1000);
      v_admitted := v_admitted || (select t.admitted from tick_line(p_queue, p_owner, 1, 5000) t);
    end loop;
    return v_admitted;
  end $$`;

describe("the admission rate", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
    await server.db.query(simulation);
  });
  afterAll(() => server.stop());

  it("is kept to 97 % and more by steady ticks, and never passed in any 60 s", async () => {
    for (const rate of [6_000, 600, 7]) {
      const time = await lineAt(rate, 20_000);
      await time.pass(120_000);
      expectWindowsKept(time.ticks);
      const steady = sum(time.ticks.filter(({ atMs }) => atMs > 30_000 && atMs <= 90_000));
      expect(steady, `at ${rate} a minute`).toBeGreaterThanOrEqual(Math.floor(rate * 0.97));
    }
  });

  it("is not passed after a stall of a minute, nor after many short ones", async () => {
    const time = await lineAt(6_000, 60_000);
    await time.pass(75_000);
    time.stall(61_000);
    await time.pass(70_000);
    for (const stallMs of [500, 1_500, 2_500, 10_000, 30_000, 59_000, 2_000]) {
      time.stall(stallMs);
      await time.pass(7_000);
    }
    expectWindowsKept(time.ticks);
  });

  it("is not passed after a pause, in which nobody is admitted", async () => {
    const time = await lineAt(6_000, 40_000);
    await time.pass(65_000);
    await time.set("is_paused = true");
    const paused = await time.pass(20_000);
    expect(sum(paused)).toBe(0);
    await time.set("is_paused = false");
    await time.pass(65_000);
    expectWindowsKept(time.ticks);
  });

  it("holds from the moment of a change, up and down", async () => {
    const time = await lineAt(6_000, 60_000);
    await time.pass(65_000);
    for (const rate of [600, 12_000, 60, 6_000]) {
      await time.setRate(rate);
      const ticks = await time.pass(70_000);
      const settled = sum(ticks.slice(-100));
      expect(settled, `at ${rate} a minute`).toBeLessThanOrEqual(Math.ceil(rate / 6) + 3);
    }
    expectWindowsKept(time.ticks);
  });

  it.each([
    ["a second", 1_000],
    ["half a minute", 30_000],
    ["an hour", 3_600_000],
  ])(
    "is not passed when the clock is set back by %s, and goes on within about a minute",
    async (_, backMs) => {
      const time = await lineAt(6_000, 60_000);
      // The burst at the start has used the minute up: the counters are full.
      expect(sum(await time.pass(60_300))).toBe(6_000);
      time.step(-backMs);
      await time.pass(75_000);
      const after = await time.pass(60_000);
      expect(sum(after)).toBeGreaterThan(5_800);
      expectWindowsKept(time.ticks);
    },
  );

  it("is passed by no more than the bursts of two seconds when the clock jumps ahead, and goes on after it is set right", async () => {
    const time = await lineAt(6_000, 60_000);
    await time.pass(70_000);
    time.step(3_600_000);
    await time.pass(30_000);
    time.step(-3_600_000);
    await time.pass(75_000);
    const after = await time.pass(60_000);
    expect(sum(after)).toBeGreaterThan(5_800);
    // To the line a jump is a minute in which nobody was admitted.
    expectWindowsKept(time.ticks, 4 * (6_000 / 61) + 2);
  });

  it("lets one person in at once where it is one a minute, and the next 61 s later", async () => {
    const time = await lineAt(1, 10);
    const ticks = await time.pass(200_000);
    const gaps = ticks.filter(({ admitted }) => admitted > 0).map(({ atMs }) => atMs);
    expect(gaps.map((atMs) => Math.round(atMs / 1_000))).toEqual([0, 61, 122, 183]);
  });

  /** A line with so many waiting, in a time that the test moves by itself. */
  async function lineAt(startRate: number, waiting: number) {
    const queue = await shop.queue({ admitRate: startRate });
    const line = testLine(server.db, queue.id);
    await line.fill(waiting);
    const owner = newUuid(Date.now());
    await server.db.query("update line_controls set lease_owner = $2, lease_epoch = 1 where queue_id = $1", [
      line.queueId,
      owner,
    ]);
    const ticks: Ticked[] = [];
    let atMs = 0;
    let wallMs = Math.floor(Date.now() / 1_000) * 1_000;
    let rate = startRate;
    const set = (assignment: string) =>
      server.db.query(`update queues set ${assignment} where id = $1`, [line.queueId]);
    const move = (ms: number): void => {
      atMs += ms;
      wallMs += ms;
    };
    const tick = async (times: { atMs: number; wallMs: number }[]): Promise<void> => {
      const [row] = await server.db.query<{ admitted: number[] }>(
        "select simulate_ticks($1, $2, $3) as admitted",
        [line.queueId, owner, times.map((time) => time.wallMs)],
      );
      for (const [index, time] of times.entries())
        ticks.push({ ...time, admitted: row?.admitted[index] ?? 0, rate });
    };
    return {
      ticks,
      set,
      setRate: async (to: number) => {
        rate = to;
        await set(`admit_rate = ${to}`);
      },
      /** Ticks ten times a second for so long, a little unevenly; answers these ticks. */
      pass: async (ms: number): Promise<Ticked[]> => {
        const first = ticks.length;
        const endMs = atMs + ms;
        while (atMs < endMs) {
          const times: { atMs: number; wallMs: number }[] = [];
          for (; atMs < endMs && times.length < ticksPerCall; move(tickMs + (times.length % 7) - 3))
            times.push({ atMs, wallMs });
          await tick(times);
        }
        return ticks.slice(first);
      },
      stall: move,
      /** The clock is set to another time, and no time passes. */
      step: (ms: number): void => {
        wallMs += ms;
      },
    };
  }
});

const sum = (ticks: readonly Ticked[]): number => ticks.reduce((total, { admitted }) => total + admitted, 0);

/** In every 60 s that passed no more were admitted than the highest rate that held in them. */
function expectWindowsKept(ticks: readonly Ticked[], more = 0): void {
  let first = 0;
  let inWindow = 0;
  for (const [index, tick] of ticks.entries()) {
    inWindow += tick.admitted;
    while (tick.atMs - (ticks[first]?.atMs ?? 0) >= windowMs) {
      inWindow -= ticks[first]?.admitted ?? 0;
      first += 1;
    }
    const rate = Math.max(...ticks.slice(first, index + 1).map((one) => one.rate));
    if (inWindow > rate + more)
      expect.fail(`${inWindow} were admitted in the 60 s to ${tick.atMs} ms, at ${rate} a minute`);
  }
}
