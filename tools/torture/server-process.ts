import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { sleep } from "./torture-run.ts";

/** One process of the server, as an operator would start it. */
export interface ServerProcess {
  readonly pid: number;
  /** Empty for a worker. */
  readonly url: string;
  readonly port: number;
  /** From the start of the process until it served. */
  readonly startMs: number;
  hasEnded(): boolean;
  /** kill -9, and waits until it is gone. */
  kill(): Promise<void>;
  /** SIGTERM, and waits; kill -9 after 12 s. */
  stop(): Promise<void>;
}

const main = path.resolve(import.meta.dirname, "../../packages/server/src/main.ts");
const startMsMax = 60_000;
const stopMsMax = 12_000;
const ticksPerSecond = 100;
const logTailBytes = 2_000;

/** Starts a process of the server and answers once it serves. What it says goes to `log`. */
export async function startServerProcess(options: {
  command: "start" | "api" | "worker";
  isDemo?: boolean;
  port: number;
  env: Record<string, string>;
  log: string;
}): Promise<ServerProcess> {
  const { command, port, log } = options;
  const startedAt = performance.now();
  const child = spawn(process.execPath, [main, command, ...(options.isDemo ? ["--demo"] : [])], {
    env: { ...environmentWithoutOurs(), ...options.env, PORT: String(port) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let isRunning = false;
  const keep = (chunk: Buffer): void => {
    appendFileSync(log, chunk);
    isRunning ||= chunk.includes("is running");
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const gone = once(child, "exit");
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const url = command === "worker" ? "" : `http://127.0.0.1:${port}`;

  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await gone;
  };
  while (!(isRunning && (url === "" || (await isReady(url))))) {
    if (hasEnded() || performance.now() - startedAt > startMsMax) {
      await kill();
      throw new Error(`stanchion ${command} did not start. Its log, ${log}, ends:\n${tailOf(log)}`);
    }
    await sleep(20);
  }
  return {
    pid: child.pid ?? 0,
    url,
    port,
    startMs: performance.now() - startedAt,
    hasEnded,
    kill,
    async stop() {
      if (hasEnded()) return;
      child.kill("SIGTERM");
      const patience = setTimeout(() => child.kill("SIGKILL"), stopMsMax);
      await gone;
      clearTimeout(patience);
    },
  };
}

/** CPU time of a process so far, in microseconds; 0 where /proc is not there. */
export function cpuMicrosOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return ((Number(fields[11]) + Number(fields[12])) * 1_000_000) / ticksPerSecond;
  } catch {
    return 0;
  }
}

/** A port that nobody listens on. */
export async function chooseFreePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

/** What the caller has set for a server of their own must not reach those of the runs. */
function environmentWithoutOurs(): NodeJS.ProcessEnv {
  const ours =
    /^(PORT|HOST|STANCHION_.*|DATABASE_.*|VALKEY_URL|TRUST_PROXY|RATE_LIMITS|PUBLIC_URL|LOG_LEVEL)$/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}

async function isReady(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/health/ready`).catch(() => null);
  await answer?.body?.cancel();
  return answer?.status === 200;
}

function tailOf(log: string): string {
  try {
    return readFileSync(log, "utf8").slice(-logTailBytes);
  } catch {
    return "(nothing)";
  }
}
