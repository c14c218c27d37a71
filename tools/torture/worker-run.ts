import { fillLine } from "../made-up-people.ts";
import { type House, makeQueue, openHouse } from "./house.ts";
import { judgeLine } from "./line-record.ts";
import type { ServerProcess } from "./server-process.ts";
import {
  createFaults,
  percentile,
  type RunContext,
  randomBetween,
  sleep,
  type TortureRun,
  until,
} from "./torture-run.ts";

const admitRate = 6_000;
const takeoverMsMax = 5_000;

export const workerRun: TortureRun = {
  name: "workers",
  about: "one API process and two workers on one database; the worker that admits is killed with kill -9",
  async run(ctx) {
    const house = await openHouse(ctx);
    const api = await house.start("api");
    const { queueId } = await makeQueue(house, api.url, {
      name: "Workers",
      admitRate,
      admissionExpirationSeconds: 3_600,
    });
    const size = ctx.isQuick ? 8_000 : 30_000;
    await fillLine(house.db, queueId, size);
    const kills = ctx.isQuick ? 3 : 10;
    const takeoversMs = await killAdmittingWorkers(ctx, house, queueId, kills);
    const verdict = await judgeLine(house.db, queueId);
    const control = await readControl(house, queueId);
    const { list: faults, expect } = createFaults();
    const slowest = Math.max(...takeoversMs);
    expect(slowest <= takeoverMsMax, `a takeover took ${Math.round(slowest)} ms`);
    expect(verdict.doubleAdmissions === 0, "somebody was admitted twice");
    expect(verdict.inversions + verdict.passedOver === 0, "the order was broken");
    expect(verdict.mostInMinute <= admitRate, `${verdict.mostInMinute} admitted in 60 s`);
    expect(verdict.admitted < size, "the line was empty before the end");
    expect(
      verdict.admitted === control.admitted,
      `${verdict.admitted} admissions, and the line counts ${control.admitted}`,
    );
    return {
      figures: {
        kills: takeoversMs.length,
        "takeover p50 ms": Math.round(percentile(takeoversMs, 0.5)),
        "takeover at most ms": Math.round(slowest),
        admitted: verdict.admitted,
        "admitted twice": verdict.doubleAdmissions,
        inversions: verdict.inversions,
        "passed over": verdict.passedOver,
        "most admitted in 60 s": `${verdict.mostInMinute} of ${admitRate}`,
      },
      faults,
    };
  },
};

/**
 * The first worker alone takes the line; whoever comes second waits for its death. So it is known whom to kill.
 * Answers the milliseconds from each kill to the next admission.
 */
async function killAdmittingWorkers(
  ctx: RunContext,
  house: House,
  queueId: string,
  kills: number,
): Promise<number[]> {
  const isAdmitting = (owner: string | null, admitted: number) => (now: Control) =>
    now.owner !== null && now.owner !== owner && now.admitted > admitted;
  const patienceMs = 30_000;
  const read = (): Promise<Control> => readControl(house, queueId);

  let admitting: ServerProcess = await house.start("worker");
  await until("the first admission", patienceMs, read, isAdmitting(null, 0));
  let waiting = await house.start("worker");
  const takeoversMs: number[] = [];
  while (takeoversMs.length < kills) {
    await sleep(randomBetween(2_000, 6_000));
    const { owner } = await read();
    const killedAt = performance.now();
    await admitting.kill();
    const { admitted } = await read();
    await until("the takeover", patienceMs, read, isAdmitting(owner, admitted));
    takeoversMs.push(performance.now() - killedAt);
    ctx.say(
      `kill ${takeoversMs.length} of ${kills}: taken over after ${Math.round(takeoversMs.at(-1) ?? 0)} ms`,
    );
    admitting = waiting;
    waiting = await house.start("worker");
  }
  return takeoversMs;
}

interface Control {
  readonly owner: string | null;
  readonly admitted: number;
}

async function readControl(house: House, queueId: string): Promise<Control> {
  const { rows } = await house.db.query<Control>(
    `select lease_owner as owner, admitted_total::int as admitted from line_controls where queue_id = $1`,
    [queueId],
  );
  const [control] = rows;
  if (control === undefined) throw new Error("the line has no control row");
  return control;
}
