import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openTestDatabaseServer } from "./test-database-server.ts";

const root = dirname(import.meta.dirname);
const killAfterMs = 10_000;
const exitCodeInterrupted = 130;

process.exitCode = await runTests(process.argv.slice(2));

async function runTests(vitestArguments: string[]): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "stanchion-test-"));
  const signal = whenToldToStop();
  const database = await openTestDatabaseServer();
  try {
    const report = join(folder, "report.json");
    const code = await runVitest(vitestArguments, report, database.url, signal);
    return await summarize(report, code, signal.aborted);
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
  vitestArguments: string[],
  report: string,
  databaseUrl: string,
  signal: AbortSignal,
): Promise<number | null> {
  if (signal.aborted) return null;
  const script = join(root, "node_modules", "vitest", "vitest.mjs");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const vitest = spawn(process.execPath, [script, "run", ...reporters, ...vitestArguments], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, TEST_DATABASE_URL: databaseUrl },
  });
  signal.addEventListener("abort", () => stopVitest(vitest));
  const [code] = (await once(vitest, "exit")) as [number | null];
  return code;
}

function stopVitest(vitest: ChildProcess): void {
  vitest.kill("SIGTERM");
  setTimeout(() => vitest.kill("SIGKILL"), killAfterMs).unref();
}

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly { status: string; assertionResults: readonly { status: string }[] }[];
}

async function summarize(reportPath: string, code: number | null, wasStopped: boolean): Promise<number> {
  if (wasStopped) {
    console.log("The tests were stopped before their end.");
    return exitCodeInterrupted;
  }
  const text = await readFile(reportPath, "utf8").catch(() => null);
  if (text === null) {
    console.log(`Vitest ended without a report (exit code ${code ?? "none"}).`);
    console.log("0 passed, 1 failed");
    return code || 1;
  }
  const report = JSON.parse(text) as Report;
  const failed = report.numFailedTests + countUnloadable(report);
  // Vitest also fails for what no test caught, such as an unhandled rejection.
  const failedInAll = failed === 0 && code !== 0 ? 1 : failed;
  console.log(`${report.numPassedTests} passed, ${failedInAll} failed`);
  return failedInAll === 0 ? 0 : code || 1;
}

/** Files that failed before a test of theirs could. */
function countUnloadable(report: Report): number {
  return report.testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && !assertionResults.some((result) => result.status === "failed"),
  ).length;
}
