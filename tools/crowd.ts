/** npm run crowd: a crowd of fans in the demo queue, and the shop that they buy at; what it takes is its usage, below. */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { countFaults, type FanRecord } from "./crowd/count-faults.ts";
import { sendFan } from "./crowd/send-fan.ts";
import { endWith, readOptions, wholeNumber } from "./read-options.ts";

const usage = `npm run crowd -- [options]: sends a crowd of fans through the SDK into the demo queue, each a real HTTP client with an
address of its own, and plays the shop that verifies and completes. Says at the end what happened.

  --fans N       how many (2000)
  --at-once N    how many set out at the same time (400)
  --patience S   how many seconds to wait for the last one (300)
  --leave SHARE  the share of fans who leave the line again, from 0 to 1 (0)
  --over S       spreads their setting out over so many seconds (0)
  --report FILE  writes what happened, and every fan's place, as JSON`;

const options = readOptions(usage, {
  fans: { type: "string", default: "2000" },
  "at-once": { type: "string", default: "400" },
  patience: { type: "string", default: "300" },
  leave: { type: "string", default: "0" },
  over: { type: "string", default: "0" },
  report: { type: "string" },
});
const count = wholeNumber("fans", options.fans, { max: 131_072 });
const atOnce = wholeNumber("at-once", options["at-once"]);
const patienceSeconds = wholeNumber("patience", options.patience);
const overSeconds = wholeNumber("over", options.over, { min: 0 });
const leavingShare = Number(options.leave);
if (!(leavingShare >= 0 && leavingShare <= 1)) endWith("--leave takes a share from 0 to 1, such as 0.2.");

const file = path.join(process.env.STANCHION_DATA ?? ".stanchion", "demo.json");
const demo = await readDemo();
const records: FanRecord[] = [];
const startedAt = Date.now();
const until = AbortSignal.timeout(patienceSeconds * 1000);

const waiting = Array.from({ length: count }, (_, index) => index).reverse();
const under: Promise<void>[] = [];
const lane = async (): Promise<void> => {
  for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
    const setsOutAt = startedAt + (index / count) * overSeconds * 1000;
    await new Promise((resolve) => setTimeout(resolve, setsOutAt - Date.now()));
    const record: FanRecord = {
      joinMs: null,
      ticket: null,
      entryId: null,
      admittedAt: null,
      isCompleted: false,
      hasLeft: false,
      isLost: false,
      repeats: 0,
      error: null,
    };
    records.push(record);
    const isLeaving = Math.random() < leavingShare;
    const { joined, done } = sendFan({ demo, index, record, isLeaving, signal: until });
    under.push(done);
    await joined;
  }
};

const progress = setInterval(showProgress, 250);
await Promise.all(Array.from({ length: Math.min(atOnce, count) }, lane));
await Promise.all(under);
clearInterval(progress);
showProgress();
process.stderr.write("\n");
await report();

async function readDemo() {
  try {
    return JSON.parse(await readFile(file, "utf8")) as {
      url: string;
      publishableKey: string;
      secretKey: string;
      queueId: string;
    };
  } catch {
    console.error(
      `There is no demo at ${file}: start the server with npm start first (with the same STANCHION_DATA).`,
    );
    return process.exit(1);
  }
}

function tally() {
  const joined = records.filter((record) => record.ticket !== null);
  return {
    joined: joined.length,
    admitted: joined.filter((record) => record.admittedAt !== null).length,
    completed: joined.filter((record) => record.isCompleted).length,
    left: joined.filter((record) => record.hasLeft).length,
  };
}

function showProgress(): void {
  const { joined, admitted, completed, left } = tally();
  const width = 30;
  const filled = Math.round(((completed + left) / count) * width);
  const bar = "█".repeat(filled).padEnd(width, "░");
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(0);
  const line = `${bar} ${joined} joined · ${admitted} admitted · ${completed} completed · ${seconds} s`;
  if (process.stderr.isTTY) process.stderr.write(`\r${line} `);
  else if (Date.now() % 5_000 < 250) process.stderr.write(`${line}\n`);
}

async function report(): Promise<void> {
  const { joined, admitted, completed, left } = tally();
  const waits = records.flatMap(({ joinMs }) => (joinMs === null ? [] : [joinMs])).sort((a, b) => a - b);
  const at = (share: number): number =>
    Math.round(waits[Math.min(waits.length - 1, Math.floor(waits.length * share))] ?? 0);
  const faults = countFaults(records);
  const repeats = records.reduce((sum, record) => sum + record.repeats, 0);
  const seconds = Number(((Date.now() - startedAt) / 1000).toFixed(1));
  console.log(`
fans       ${count}
joined     ${joined}
admitted   ${admitted}
completed  ${completed}${left > 0 ? `\nleft       ${left}` : ""}
joining    p50 ${at(0.5)} ms, p99 ${at(0.99)} ms${repeats > 0 ? `\nrepeats    ${repeats} calls, made again after no answer or one that passes (429, 5xx)` : ""}
lost       ${faults.lost}
doubles    ${faults.doubles}
inversions ${faults.inversions}
took       ${seconds} s`);
  const errors = new Map<string, number>();
  for (const { error } of records) if (error !== null) errors.set(error, (errors.get(error) ?? 0) + 1);
  for (const [error, times] of errors) console.log(`${times} × ${error}`);
  const isWell =
    joined === count && completed + left === count && faults.lost + faults.doubles + faults.inversions === 0;
  if (options.report !== undefined) {
    const joinMs = { p50: at(0.5), p99: at(0.99) };
    const summary = { fans: count, joined, admitted, completed, left, ...faults, joinMs, repeats, seconds };
    await writeFile(
      options.report,
      JSON.stringify({ ...summary, errors: Object.fromEntries(errors), records }),
    );
  }
  console.log(isWell ? "\nNobody's place was lost." : "\nNot everything went as it should.");
  process.exit(isWell ? 0 : 1);
}
