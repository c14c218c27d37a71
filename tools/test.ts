import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { openTestDatabaseServer } from "./test-database-server.ts";

const root = dirname(import.meta.dirname);
const killAfterMs = 10_000;
const linesOfFailure = 12;
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
  readonly testResults: readonly FileReport[];
}

interface FileReport {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly assertionResults: readonly {
    readonly status: string;
    readonly fullName: string;
    readonly failureMessages: readonly string[];
  }[];
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
  const failed = report.numFailedTests + report.testResults.filter(isUnloadable).length;
  // Vitest also fails for what no test caught, such as an unhandled rejection.
  const failedInAll = failed === 0 && code !== 0 ? 1 : failed;
  for (const line of report.testResults.flatMap(failuresOf)) console.log(line);
  if (failedInAll > failed)
    console.log(`FAILED outside of every test; see "Unhandled" above (exit code ${code}).`);
  console.log(`${report.numPassedTests} passed, ${failedInAll} failed`);
  return failedInAll === 0 ? 0 : code || 1;
}

/** Whether a file failed before a test of its own could. */
function isUnloadable({ status, assertionResults }: FileReport): boolean {
  return status === "failed" && !assertionResults.some((result) => result.status === "failed");
}

/** What failed, told once more at the end, where whoever reads only the last lines of a long run finds it. */
function failuresOf(file: FileReport): string[] {
  const path = relative(root, file.name);
  if (isUnloadable(file)) return [`FAILED ${path}\n${firstLines(file.message)}`];
  return file.assertionResults
    .filter(({ status }) => status === "failed")
    .map(
      ({ fullName, failureMessages }) =>
        `FAILED ${path} > ${fullName}\n${firstLines(failureMessages.join("\n"))}`,
    );
}

function firstLines(text: string): string {
  const lines = stripVTControlCharacters(text).split("\n").slice(0, linesOfFailure);
  return lines.map((line) => `  | ${line}`).join("\n");
}
