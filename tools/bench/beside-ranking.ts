import type { MeasuredServer } from "./measured-server.ts";
import { runOpenLoad } from "./open-load.ts";
import type { OverloadCase } from "./overload.ts";

const connections = 200;
const seconds = 10;
const warmUpMs = 1_000;
const deadlineMs = 10_000;

/**
 * How long calls take that arrive at a fixed rate, while the same process ranks a draw of a million in its thread again and again,
 * and while it ranks none, side by side in each round.
 */
export async function measureBesideRanking(
  server: MeasuredServer,
  one: OverloadCase,
  { rounds, perSecond }: { rounds: number; perSecond: number },
): Promise<void> {
  console.log(`\n${one.name}: ${perSecond} a second beside a ranking of a million\n`);
  console.log(
    "| round | rankings | p50 ms | p99 ms | p50 beside none | p99 beside none | p99, ratio |\n|---:|---:|---:|---:|---:|---:|---:|",
  );
  let part = 0;
  const measure = async () => {
    part += 1;
    await one.before?.();
    const from = part;
    const load = await runOpenLoad({
      port: server.port,
      connections,
      perSecond,
      seconds,
      patienceMs: deadlineMs,
      deadlineMs,
      warmUpMs,
      expected: one.expected,
      requestOf: (index) => one.requestOf(from, index),
    });
    if (load.offered === 0 || Number.isNaN(load.p99)) throw new Error("nothing was answered");
    return load;
  };
  const ratios: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const none = await measure();
    const before = await server.rank(true);
    const beside = await measure();
    const after = await server.rank(false);
    const ratio = beside.p99 / none.p99;
    ratios.push(ratio);
    const times = [beside.p50, beside.p99, none.p50, none.p99].map((ms) => ms.toFixed(1)).join(" | ");
    console.log(`| ${round} | ${after.ranked - before.ranked} | ${times} | ${ratio.toFixed(2)} |`);
  }
  const sorted = ratios.toSorted((a, b) => a - b);
  console.log(`\nmedian of the ratios: ${sorted[Math.floor(sorted.length / 2)]?.toFixed(2)}`);
}
