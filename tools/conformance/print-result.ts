import type { RunResult } from "./run-cases.ts";

const driftsShownMax = 100;

/** Says what was covered, what was not and why, and what is not as the contract says. */
export function printResult(result: RunResult, print: (line: string) => void): void {
  const { codes, pairs, requests, drift, unreached } = result;
  for (const { code, reason } of unreached) print(`not reachable from outside: ${code}: ${reason}`);
  for (const fault of drift.slice(0, driftsShownMax)) print(`DRIFT ${fault}`);
  if (drift.length > driftsShownMax) print(`… and ${drift.length - driftsShownMax} more`);
  print(
    `${pairs.covered} of ${pairs.total} pairs of operation and declared code seen; ${pairs.excused} of the others are known to be out of reach`,
  );
  print(`${codes.covered} of ${codes.total} codes covered, ${requests} requests sent, ${drift.length} drift`);
}
