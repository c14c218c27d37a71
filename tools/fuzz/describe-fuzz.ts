import type { FuzzResult } from "./run-fuzz.ts";

/** The run in words: seed and counts, and what went wrong. */
export function describeFuzz({ seed, requests, statuses, neverSucceeded, failure }: FuzzResult): string {
  const rows = [...statuses].map(([name, counts]) => {
    const told = [...counts].sort(([a], [b]) => a - b).map(([status, count]) => `${status} × ${count}`);
    return `  ${name.padEnd(22)} ${told.join(", ")}`;
  });
  const again = `npm run fuzz -- --seed ${seed} --requests ${requests}`;
  return [
    ...rows,
    `${requests} requests to ${statuses.size} operations, seed ${seed}.`,
    neverSucceeded.length === 0
      ? "Every operation succeeded at least once."
      : `Never succeeded: ${neverSucceeded.join(", ")}.`,
    failure === null
      ? "Every answer was as the contract says."
      : `An answer is not as the contract says:\n${failure}\nAgain: ${again}`,
  ].join("\n");
}
