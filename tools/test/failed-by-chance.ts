import { countFailures, failedFilesOf, type Report } from "./report.ts";

/** So few failures may be chance, among thousands of tests that run beside each other on a small machine. */
const failuresMax = 3;
/** Fewer files are somebody at work on them, who wants to hear of a failure at once. */
const filesMin = 50;
/** Who failed by chance passes so many times in a row, with nothing beside it. */
const passesAlone = 2;

/** What came of one run of Vitest. */
export interface Outcome {
  readonly code: number | null;
  /** Null where it ended without one. */
  readonly report: Report | null;
}

type Run = (name: string, vitestArguments: readonly string[]) => Promise<Outcome>;

/** Whether everything that failed in a run of all tests passes by itself. */
export async function failedByChance({ report }: Outcome, run: Run): Promise<boolean> {
  if (report === null || report.testResults.length < filesMin) return false;
  const failed = countFailures(report);
  if (failed === 0 || failed > failuresMax) return false;
  const files = failedFilesOf(report).map(({ name }) => name);
  for (let time = 1; time <= passesAlone; time += 1) {
    const { code } = await run(`alone-${time}`, ["--maxWorkers=1", ...files]);
    if (code !== 0) return false;
  }
  return true;
}
