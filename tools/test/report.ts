import { readFile } from "node:fs/promises";
import { dirname, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";

const root = dirname(dirname(import.meta.dirname));
const linesOfFailure = 12;

/** What Vitest's JSON reporter writes, as far as it is read here. */
export interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly FileReport[];
}

export interface FileReport {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly assertionResults: readonly {
    readonly status: string;
    readonly fullName: string;
    readonly failureMessages: readonly string[];
  }[];
}

/** Null where Vitest ended without one. */
export async function readReport(path: string): Promise<Report | null> {
  const text = await readFile(path, "utf8").catch(() => null);
  return text === null ? null : (JSON.parse(text) as Report);
}

/** The files in which something failed. */
export function failedFilesOf(report: Report): FileReport[] {
  return report.testResults.filter(({ status }) => status === "failed");
}

/** How many tests failed, and files that none of their tests could be run of. */
export function countFailures(report: Report): number {
  return report.numFailedTests + report.testResults.filter(isUnloadable).length;
}

/** Whether a file failed before a test of its own could. */
function isUnloadable({ status, assertionResults }: FileReport): boolean {
  return status === "failed" && !assertionResults.some((result) => result.status === "failed");
}

/**
 * What failed in a file, told once more at the end, where whoever reads only the last lines of a long run finds it.
 * @param word that each begins with
 */
export function failuresOf(file: FileReport, word: string): string[] {
  const path = relative(root, file.name);
  if (isUnloadable(file)) return [`${word} ${path}\n${firstLines(file.message)}`];
  return file.assertionResults
    .filter(({ status }) => status === "failed")
    .map(
      ({ fullName, failureMessages }) =>
        `${word} ${path} > ${fullName}\n${firstLines(failureMessages.join("\n"))}`,
    );
}

function firstLines(text: string): string {
  const lines = stripVTControlCharacters(text).split("\n").slice(0, linesOfFailure);
  return lines.map((line) => `  | ${line}`).join("\n");
}
