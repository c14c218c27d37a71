import { runLoad } from "./http-load.ts";
import type { MeasuredServer } from "./measured-server.ts";
import { runOpenLoad } from "./open-load.ts";
import type { OverloadCase } from "./overload.ts";

interface Attack {
  readonly name: string;
  /** How most of them are answered. */
  readonly expected: string;
  emailOf(index: number): string;
}

const attacks: readonly Attack[] = [
  { name: "none", expected: "", emailOf: () => "" },
  { name: "at one address", expected: "429", emailOf: () => "owner@shop.example" },
  { name: "at an address each", expected: "401", emailOf: (index) => `member-${index}@shop.example` },
];
const secondsMax = 600;
const connections = 200;
const deadlineMs = 10_000;
const idleCheckMs = 300;
/** Of one core. */
const idleShareMax = 0.15;

/** A run beside the one of its round without sign-ins. */
interface Against {
  readonly perSecond: number;
  readonly cpuMicros: number;
  readonly cores: number;
}

interface LineRun {
  readonly perSecond: number;
  readonly cpuMicros: number;
}

/**
 * What the line does while wrong passwords arrive, each from a client of its own: none, all at one member's address, and each at
 * another, side by side in each round. CPU is that of the whole process, hashing included, by answers of the line; `cores besides`
 * is what it takes each second beyond those answers at their price without sign-ins, so that it tells also where others want the
 * machine.
 */
export async function measureWrongSignIns(
  server: MeasuredServer,
  cases: readonly OverloadCase[],
  options: { rounds: number; requests: number; callers: number; signInsPerSecond: number },
): Promise<void> {
  const { rounds, requests, callers, signInsPerSecond } = options;
  console.log(
    `\n${signInsPerSecond} wrong sign-ins a second beside ${callers} callers of the line, ${requests} requests\n`,
  );
  console.log(
    "| case | round | sign-ins | judged so/s | 503/s | line: requests/s | of none | p50 ms | p99 ms | CPU µs | of none | cores besides |",
  );
  console.log("|---|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
  let part = 0;
  const ratios = new Map<string, Against[]>();
  for (const one of cases)
    for (let round = 1; round <= rounds; round += 1) {
      let none: LineRun | null = null;
      for (const attack of attacks) {
        part += 1;
        await one.before?.();
        one.requestOf(part, 0);
        // Passwords of the attack before may still wait to be compared.
        await untilIdle(server);
        const stop = new AbortController();
        const attacking =
          attack.name === "none"
            ? null
            : attackWith(server.port, attack, part, signInsPerSecond, stop.signal);
        const before = await server.facts();
        const requestOf = (index: number): string => one.requestOf(part, index);
        const load = await runLoad(server.port, callers, requests, requestOf, undefined, false);
        const { cpuMicros } = await server.facts();
        stop.abort();
        const answered = await attacking;
        if (load.statuses[one.expected] !== requests)
          throw new Error(`${one.name}: ${JSON.stringify(load.statuses)}`);
        const run = {
          perSecond: requests / load.seconds,
          cpuMicros: (cpuMicros - before.cpuMicros) / requests,
        };
        none ??= run;
        const against = {
          perSecond: run.perSecond / none.perSecond,
          cpuMicros: run.cpuMicros / none.cpuMicros,
          cores: ((run.cpuMicros - none.cpuMicros) * run.perSecond) / 1e6,
        };
        const row = `| ${one.name} | ${attack.name} |`;
        ratios.set(row, [...(ratios.get(row) ?? []), against]);
        const judged = answered === null ? "" : `${attack.expected}: ${Math.round(answered.goodPerSecond)}`;
        const refused = answered === null ? "" : Math.round(answered.refusedPerSecond);
        console.log(
          `| ${one.name} | ${round} | ${attack.name} | ${judged} | ${refused} | ${Math.round(run.perSecond)} | ${against.perSecond.toFixed(2)} | ${load.p50.toFixed(1)} | ${load.p99.toFixed(1)} | ${run.cpuMicros.toFixed(1)} | ${against.cpuMicros.toFixed(2)} | ${against.cores.toFixed(2)} |`,
        );
      }
    }
  console.log(
    "\nMedians of none\n\n| case | sign-ins | requests/s | CPU µs | cores besides |\n|---|---|---:|---:|---:|",
  );
  for (const [row, all] of ratios)
    console.log(
      `${row} ${median(all.map((one) => one.perSecond)).toFixed(2)} | ${median(all.map((one) => one.cpuMicros)).toFixed(2)} | ${median(all.map((one) => one.cores)).toFixed(2)} |`,
    );
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

async function untilIdle(server: MeasuredServer): Promise<void> {
  for (let last = await server.facts(); ; ) {
    await new Promise((resolve) => setTimeout(resolve, idleCheckMs));
    const now = await server.facts();
    if (now.cpuMicros - last.cpuMicros < idleCheckMs * 1000 * idleShareMax) return;
    last = now;
  }
}

function attackWith(port: number, attack: Attack, part: number, perSecond: number, signal: AbortSignal) {
  const { expected, emailOf } = attack;
  const requestOf = (index: number): string => {
    const body = JSON.stringify({ email: emailOf(part * 1_000_000 + index), password: "guessed" });
    const client = `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
    return `POST /api/v1/members/sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: ${client}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  };
  return runOpenLoad({
    port,
    connections,
    perSecond,
    seconds: secondsMax,
    patienceMs: deadlineMs,
    deadlineMs,
    warmUpMs: 0,
    expected,
    requestOf,
    signal,
  });
}
