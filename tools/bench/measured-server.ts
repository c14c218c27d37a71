import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export interface ProcessFacts {
  readonly cpuMicros: number;
  readonly residentBytes: number;
  readonly heapBytes: number;
  /** How many draws of a million it has ranked. */
  readonly ranked: number;
}

export interface MeasuredServer {
  readonly port: number;
  readonly barePort: number;
  readonly process: ChildProcess;
  facts(collect?: boolean): Promise<ProcessFacts>;
  /** Ranks a draw of a million again and again from now on, or no more. */
  rank(isOn: boolean): Promise<ProcessFacts>;
  stop(): Promise<void>;
}

/** Starts the bench server as a process of its own, so that its CPU time is its own. */
export async function startMeasuredServer(
  env: Record<string, string>,
  execArgv: string[] = [],
): Promise<MeasuredServer> {
  const child = fork(fileURLToPath(new URL("./bench-server.ts", import.meta.url)), [], {
    env: { ...process.env, ...env },
    execArgv: ["--expose-gc", ...execArgv],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const [ready] = (await once(child, "message")) as [{ url: string; bareUrl: string }];
  let nextId = 0;
  const ask = async (question: string): Promise<ProcessFacts> => {
    const id = nextId;
    nextId += 1;
    child.send({ ask: question, id });
    for (;;) {
      const [answer] = (await once(child, "message")) as [ProcessFacts & { id: number }];
      if (answer.id === id) return answer;
    }
  };
  return {
    port: Number(new URL(ready.url).port),
    barePort: Number(new URL(ready.bareUrl).port),
    process: child,
    facts: (collect = false) => ask(collect ? "collect" : "facts"),
    rank: (isOn) => ask(isOn ? "rank" : "rest"),
    async stop() {
      const gone = once(child, "exit");
      child.send({ ask: "stop", id: -1 });
      await gone;
    },
  };
}

const ticksPerSecond = 100;

/** CPU time of one PostgreSQL server's processes so far, in microseconds; 0 where /proc is not there. */
export function postgresCpuMicros(postmasterId: number): number {
  let ticks = 0;
  for (const name of safeReaddir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const fields = statOf(Number(name));
    if (Number(fields[1]) === postmasterId) ticks += Number(fields[11]) + Number(fields[12]);
  }
  return (ticks * 1_000_000) / ticksPerSecond;
}

/** The postmaster above a backend. */
export function postmasterOf(backendId: number): number {
  return Number(statOf(backendId)[1] ?? 0);
}

/** What stands behind the name in /proc/pid/stat: state, parent, …; empty where the process is gone. */
function statOf(processId: number): string[] {
  try {
    const stat = readFileSync(`/proc/${processId}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return [];
  }
}

function safeReaddir(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
