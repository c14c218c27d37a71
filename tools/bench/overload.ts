import { runLoad } from "./http-load.ts";
import type { MeasuredServer } from "./measured-server.ts";
import { type OpenLoadResult, runOpenLoad } from "./open-load.ts";

/** A kind of request that is asked for more often than it can be answered. */
export interface OverloadCase {
  readonly name: string;
  readonly expected: string;
  /** Answers the whole HTTP text; texts are made ahead for each round. */
  requestOf(round: number, index: number): string;
  before?(): Promise<void>;
}

const peakCallers = 256;
const peakRequests = 20_000;
const times = 3;
const secondsMax = 4;
const connections = 4_000;
/** Who finds no connection in this time goes away, and is none of the server's. */
const patienceMs = 500;
const deadlineMs = 2_000;
const warmUpMs = 1_000;

/**
 * The most that callers who wait for their answer get through, then three times as much arriving whatever is answered,
 * with shedding and without, side by side in each round.
 */
export async function measureOverload(
  servers: { readonly shedding: MeasuredServer; readonly plain: MeasuredServer },
  cases: readonly OverloadCase[],
  { rounds, requests }: { rounds: number; requests: number },
): Promise<void> {
  console.log(
    `\nOffered: ${times} × the peak for up to ${secondsMax} s over ${connections} connections; good: answered within ${deadlineMs} ms of its arrival, from ${warmUpMs} ms on\n`,
  );
  console.log(
    "| case | round | peak/s | shedding: good/s | of the peak | refused/s | p50 ms | p99 ms | without: good/s | of the peak | p50 ms | p99 ms |",
  );
  console.log("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
  for (const one of cases)
    for (let round = 1; round <= rounds; round += 1) {
      const peak = await measurePeak(servers.plain.port, one, 3 * round);
      const offer = async (port: number, part: number): Promise<OpenLoadResult> => {
        await one.before?.();
        one.requestOf(part, 0);
        const requestOf = (index: number): string => one.requestOf(part, index);
        const { expected } = one;
        const perSecond = times * peak;
        const seconds = Math.min(secondsMax, requests / perSecond);
        return runOpenLoad({
          port,
          connections,
          perSecond,
          seconds,
          patienceMs,
          deadlineMs,
          warmUpMs,
          expected,
          requestOf,
        });
      };
      const shed = await offer(servers.shedding.port, 3 * round + 1);
      const plain = await offer(servers.plain.port, 3 * round + 2);
      console.log(
        `| ${one.name} | ${round} | ${Math.round(peak)} | ${Math.round(shed.goodPerSecond)} | ${percent(shed, peak)} | ${Math.round(shed.refusedPerSecond)} | ${shed.p50.toFixed(0)} | ${shed.p99.toFixed(0)} | ${Math.round(plain.goodPerSecond)} | ${percent(plain, peak)} | ${plain.p50.toFixed(0)} | ${plain.p99.toFixed(0)} |`,
      );
    }
}

async function measurePeak(port: number, one: OverloadCase, round: number): Promise<number> {
  await one.before?.();
  one.requestOf(round, 0);
  const load = await runLoad(
    port,
    peakCallers,
    peakRequests,
    (index) => one.requestOf(round, index),
    undefined,
    false,
  );
  if (load.statuses[one.expected] !== peakRequests)
    throw new Error(`${one.name}: ${JSON.stringify(load.statuses)}`);
  return load.requests / load.seconds;
}

function percent(result: OpenLoadResult, peak: number): string {
  return `${Math.round((100 * result.goodPerSecond) / peak)} %`;
}
