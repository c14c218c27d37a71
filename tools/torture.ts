/** npm run torture: full-size runs against real processes; what it takes is its usage, below. */
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { endWith, readOptions } from "./read-options.ts";
import { capRun } from "./torture/cap-run.ts";
import { crowdRun } from "./torture/crowd-run.ts";
import { endingRun } from "./torture/ending-run.ts";
import { enterRun } from "./torture/enter-run.ts";
import { killPostgresRun, killServerRun } from "./torture/kill-runs.ts";
import { leaveRun } from "./torture/leave-run.ts";
import type { Outcome, TortureRun } from "./torture/torture-run.ts";
import { workerRun } from "./torture/worker-run.ts";

const runs = [enterRun, crowdRun, killServerRun, killPostgresRun, workerRun, capRun, leaveRun, endingRun];
const reportFile = "torture.json";
const exitCodeInterrupted = 130;

const names = runs.map(({ name }) => name).join(", ");
const usage = `npm run torture -- [options]: full-size runs against real processes, each with a database of its own. Prints what each
did and its figures, writes ${reportFile}, and ends with 1 where anything is wrong.

  --only NAME   one run: ${names}
  --quick       small sizes`;

const options = readOptions(usage, {
  only: { type: "string" },
  quick: { type: "boolean", default: false },
});
const chosen = runs.filter(({ name }) => options.only === undefined || name === options.only);
if (chosen.length === 0) endWith(`--only takes one of ${names}.`);

let finishes: (() => Promise<unknown>)[] = [];
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.once(signal, () => void finishAll().then(() => process.exit(exitCodeInterrupted)));

let faultCount = 0;
for (const run of chosen) {
  console.log(`\n${run.name}: ${run.about}`);
  const outcome = await perform(run);
  faultCount += outcome.faults.length;
  print(outcome);
  await keep(run, outcome);
}
console.log(
  faultCount === 0
    ? `\nAll held. The figures stand in ${reportFile}.`
    : `\n${faultCount} things are wrong; see above and ${reportFile}.`,
);
process.exit(faultCount === 0 ? 0 : 1);

async function perform(run: TortureRun): Promise<Outcome> {
  const folder = await mkdtemp(path.join(tmpdir(), `stanchion-torture-${run.name}-`));
  await chmod(folder, 0o711);
  finishes = [];
  let isWell = false;
  try {
    const outcome = await run.run({
      isQuick: options.quick,
      folder,
      say: (line) => console.error(`  ${line}`),
      atEnd: (finish) => void finishes.push(finish),
    });
    isWell = outcome.faults.length === 0;
    return outcome;
  } catch (error) {
    return { figures: {}, faults: [error instanceof Error ? (error.stack ?? error.message) : String(error)] };
  } finally {
    await finishAll();
    if (isWell) await rm(folder, { recursive: true, force: true });
    else console.error(`  What the processes said is kept in ${folder}.`);
  }
}

async function finishAll(): Promise<void> {
  for (let finish = finishes.pop(); finish !== undefined; finish = finishes.pop())
    await finish().catch((error: unknown) => console.error(error));
}

function print({ figures, faults }: Outcome): void {
  const width = Math.max(0, ...Object.keys(figures).map((name) => name.length));
  for (const [name, value] of Object.entries(figures)) console.log(`  ${name.padEnd(width)}  ${value}`);
  for (const fault of faults) console.log(`  WRONG: ${fault}`);
}

/** A run replaces its own figures of an earlier time and leaves those of the others. */
async function keep(run: TortureRun, outcome: Outcome): Promise<void> {
  const earlier = await readFile(reportFile, "utf8").then(
    (text) => JSON.parse(text) as Record<string, unknown>,
    () => ({}),
  );
  const { name, about } = run;
  const entry = { about, at: new Date().toISOString(), isQuick: options.quick, ...outcome };
  await writeFile(reportFile, `${JSON.stringify({ ...earlier, [name]: entry }, null, 2)}\n`);
}
