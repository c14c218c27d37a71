import { encodeId } from "@stanchion/contract";
import { fillLine, memberOf } from "../made-up-people.ts";
import { callAsShop, type House, makeQueue, openHouse } from "./house.ts";
import { mostAtOnce } from "./most-at-once.ts";
import { createFaults, type RunContext, randomBetween, sleep, type TortureRun } from "./torture-run.ts";

const concurrentMax = 50;
const expirationSeconds = 10;
const graceSeconds = 1;
const patienceMs = 600_000;
const operatorLanes = 4;

export const capRun: TortureRun = {
  name: "caps",
  about:
    "two workers, the operator and the shop admit, complete, deny and take back at the same time under both caps",
  async run(ctx) {
    const house = await openHouse(ctx);
    const api = await house.start("api");
    const fans = ctx.isQuick ? 600 : 5_000;
    const admissionsMax = Math.round(fans * 0.8);
    const line = await makeQueue(house, api.url, {
      name: "Caps",
      admitRate: 60_000,
      maxConcurrentAdmissions: concurrentMax,
      maxAdmissions: admissionsMax,
      admissionExpirationSeconds: expirationSeconds,
      completionGraceSeconds: graceSeconds,
    });
    await fillLine(house.db, line.queueId, fans);
    await house.start("worker");
    await house.start("worker");
    const startedAt = performance.now();
    const done = await runShop({ ctx, house, url: api.url, fans, admissionsMax, ...line });
    const seconds = Number(((performance.now() - startedAt) / 1000).toFixed(1));

    const stays = await readStays(house, line.queueId);
    const atOnce = mostAtOnce(stays.map(({ from, release }) => ({ from, until: release })));
    const given = mostAtOnce(
      stays.map(({ from, release, status }) => ({ from, until: status === "COMPLETED" ? null : release })),
    );
    const completed = stays.filter(({ status }) => status === "COMPLETED").length;
    const { list: faults, expect } = createFaults();
    expect(atOnce <= concurrentMax, `${atOnce} were admitted at once where ${concurrentMax} may be`);
    expect(given <= admissionsMax, `${given} admissions were given where ${admissionsMax} may be`);
    expect(completed === admissionsMax, `${completed} completed in the end, not ${admissionsMax}`);
    expect(done.unexpected.size === 0, `unexpected answers: ${JSON.stringify([...done.unexpected])}`);
    return {
      figures: {
        fans,
        admissions: stays.length,
        "by the operator": done.admittedByOperator,
        "operator refused at a cap": done.refusedAtCap,
        completed,
        "denied by the shop": done.denied,
        "left by the fan": done.left,
        expired: stays.filter(({ status }) => status === "EXPIRED").length,
        "admitted at once, at most": `${atOnce} of ${concurrentMax}`,
        "given at once, at most": `${given} of ${admissionsMax}`,
        seconds,
      },
      faults,
    };
  },
};

interface Scene {
  readonly ctx: RunContext;
  readonly house: House;
  readonly url: string;
  readonly fans: number;
  readonly admissionsMax: number;
  readonly wireId: string;
  readonly queueId: string;
}

interface ShopTally {
  admittedByOperator: number;
  refusedAtCap: number;
  denied: number;
  left: number;
  readonly unexpected: Map<string, number>;
}

/** Plays the shop, the operator and the fans until everything is sold. */
async function runShop(scene: Scene): Promise<ShopTally> {
  const tally: ShopTally = {
    admittedByOperator: 0,
    refusedAtCap: 0,
    denied: 0,
    left: 0,
    unexpected: new Map(),
  };
  const seen = new Set<string>();
  const under = new Set<Promise<void>>();
  const deadline = performance.now() + patienceMs;
  let isSelling = true;
  const operators = Array.from({ length: operatorLanes }, async () => {
    while (isSelling) await admitSomebody(scene, tally);
  });
  for (let saidAt = 0; isSelling; ) {
    const { rows } = await scene.house.db.query<{ id: string; status: string }>(
      `select consumer_id as id, status::text from admissions where distribution_id = $1`,
      [scene.queueId],
    );
    for (const { id, status } of rows) {
      if (status !== "ADMITTED" || seen.has(id)) continue;
      seen.add(id);
      const visit = visitShop(scene, tally, id).finally(() => under.delete(visit));
      under.add(visit);
    }
    const completed = rows.filter(({ status }) => status === "COMPLETED").length;
    const open = rows.filter(({ status }) => status === "ADMITTED").length;
    if (performance.now() - saidAt > 5_000) {
      saidAt = performance.now();
      scene.ctx.say(`${completed} of ${scene.admissionsMax} completed, ${open} admitted`);
    }
    isSelling = (completed < scene.admissionsMax || open > 0) && performance.now() < deadline;
    await sleep(20);
  }
  await Promise.all([...operators, ...under]);
  return tally;
}

/** Most buy, some give up, some are turned away, some do nothing at all. */
async function visitShop(scene: Scene, tally: ShopTally, consumerId: string): Promise<void> {
  const { house, url, wireId } = scene;
  await sleep(randomBetween(0, 300));
  const consumer = encodeId("consumer", consumerId);
  const fate = Math.random();
  if (fate < 0.9) {
    const body = { consumerId: consumer, orderId: `order-${consumerId}` };
    const answer = await callAsShop(url, house.shop.secretKey, "POST", `/queues/${wireId}/complete`, body);
    noteUnless(tally, answer.status === 200, "complete", answer);
  } else if (fate < 0.93) {
    const body = { consumerId: consumer, reason: "torture" };
    const answer = await callAsShop(url, house.shop.secretKey, "POST", `/queues/${wireId}/deny`, body);
    if (answer.status === 200) tally.denied += 1;
    noteUnless(tally, answer.status === 200, "deny", answer);
  } else if (fate < 0.96) {
    const answer = await fetch(`${url}/api/v1/queues/${wireId}/leave`, {
      method: "POST",
      headers: {
        "X-Publishable-Key": house.shop.publishableKey,
        Authorization: `Bearer ${house.accessTokenOf(consumerId)}`,
      },
    });
    const body = (await answer.json()) as Record<string, unknown>;
    if (answer.status === 200) tally.left += 1;
    noteUnless(tally, answer.status === 200, "leave", { status: answer.status, body });
  }
}

/** The operator calls somebody out of order, who may be called, or have been called, already. */
async function admitSomebody(scene: Scene, tally: ShopTally): Promise<void> {
  const { house, url, wireId, queueId, fans } = scene;
  const { consumerId } = memberOf(queueId, 1 + Math.floor(Math.random() * fans));
  const body = { consumerId: encodeId("consumer", consumerId) };
  const answer = await callAsShop(url, house.shop.secretKey, "POST", `/queues/${wireId}/admit`, body);
  if (answer.status === 200) tally.admittedByOperator += 1;
  if (answer.body.code === "ADMISSIONS_EXHAUSTED") tally.refusedAtCap += 1;
  noteUnless(tally, answer.status === 200 || answer.status === 409, "admit", answer);
  await sleep(randomBetween(20, 120));
}

function noteUnless(
  tally: ShopTally,
  isExpected: boolean,
  verb: string,
  answer: { status: number; body: Record<string, unknown> },
): void {
  if (isExpected) return;
  const what = `${verb}: ${answer.status} ${String(answer.body.code)}`;
  tally.unexpected.set(what, (tally.unexpected.get(what) ?? 0) + 1);
}

interface Stay {
  readonly status: string;
  /** Microseconds since 1970. */
  readonly from: number;
  readonly release: number;
}

async function readStays(house: House, queueId: string): Promise<Stay[]> {
  const { rows } = await house.db.query<{ status: string; from: string; release: string }>(
    `select status::text, (extract(epoch from admitted_at) * 1000000)::bigint::text as "from",
       (extract(epoch from release_at) * 1000000)::bigint::text as release
     from admissions where distribution_id = $1`,
    [queueId],
  );
  return rows.map((row) => ({ status: row.status, from: Number(row.from), release: Number(row.release) }));
}
