import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { failedByChance, type Outcome } from "./test/failed-by-chance.ts";
import { countFailures, failedFilesOf, failuresOf, readReport } from "./test/report.ts";
import { openTestDatabaseServer } from "./test-database-server.ts";

const root = dirname(import.meta.dirname);
const killAfterMs = 10_000;
const exitCodeInterrupted = 130;

process.exitCode = await runTests(process.argv.slice(2));

async function runTests(vitestArguments: string[]): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "stanchion-test-"));
  const signal = whenToldToStop();
  const database = await openTestDatabaseServer();
  const run = (name: string, given: readonly string[]): Promise<Outcome> =>
    runVitest(join(folder, name), given, database.url, signal);
  try {
    const outcome = await run("report.json", vitestArguments);
    const isChance = await failedByChance(outcome, run);
    return summarize(outcome, isChance, signal.aborted);
  } finally {
    await database.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function whenToldToStop(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => controller.abort());
  return controller.signal;
}

async function runVitest(
  report: string,
  given: readonly string[],
  databaseUrl: string,
  signal: AbortSignal,
): Promise<Outcome> {
  if (signal.aborted) return { code: null, report: null };
  const script = join(root, "node_modules", "vitest", "vitest.mjs");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const vitest = spawn(process.execPath, [script, "run", ...reporters, ...given], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, TEST_DATABASE_URL: databaseUrl },
  });
  const stop = (): void => stopVitest(vitest);
  signal.addEventListener("abort", stop);
  const [code] = (await once(vitest, "exit")) as [number | null];
  signal.removeEventListener("abort", stop);
  return { code, report: await readReport(report) };
}

function stopVitest(vitest: ChildProcess): void {
  vitest.kill("SIGTERM");
  setTimeout(() => vitest.kill("SIGKILL"), killAfterMs).unref();
}

function summarize({ code, report }: Outcome, isChance: boolean, wasStopped: boolean): number {
  if (wasStopped) {
    console.log("The tests were stopped before their end.");
    return exitCodeInterrupted;
  }
  if (report === null) {
    console.log(`Vitest ended without a report (exit code ${code ?? "none"}).`);
    console.log("0 passed, 1 failed");
    return code || 1;
  }
  const failed = countFailures(report);
  const word = isChance ? "FLAKY" : "FAILED";
  for (const line of failedFilesOf(report).flatMap((file) => failuresOf(file, word))) console.log(line);
  if (isChance) {
    console.log(`${report.numPassedTests + report.numFailedTests} passed, 0 failed`);
    return 0;
  }
  // Vitest also fails for what no test caught, such as an unhandled rejection.
  const failedInAll = failed === 0 && code !== 0 ? 1 : failed;
  if (failedInAll > failed)
    console.log(`FAILED outside of every test; see "Unhandled" above (exit code ${code}).`);
  console.log(`${report.numPassedTests} passed, ${failedInAll} failed`);
  return failedInAll === 0 ? 0 : code || 1;
}
