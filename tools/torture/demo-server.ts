import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { decodeId } from "@stanchion/contract";
import pg from "pg";
import { findEmbeddedPostgres } from "../../packages/server/src/platform/database/embedded-postgres.ts";
import { stopPostmaster } from "../../packages/server/src/platform/database/embedded-postmaster.ts";
import { callAsShop } from "./house.ts";
import { chooseFreePort, type ServerProcess, startServerProcess } from "./server-process.ts";
import type { RunContext } from "./torture-run.ts";

/** The server as `npm start` gives it, its database inside, which can be killed and started anew at one address. */
export interface DemoServer {
  readonly url: string;
  readonly queueId: string;
  readonly postgresFolder: string;
  readonly process: ServerProcess;
  /** Starts the next process; the one before must be gone. */
  startAnew(): Promise<void>;
  /** Changes settings of the demo's queue. */
  patchQueue(settings: Record<string, unknown>): Promise<void>;
  /** A pool on the database as it runs now; the caller ends it. */
  openDb(): Promise<pg.Pool>;
}

interface DemoFile {
  readonly secretKey: string;
  readonly queueId: string;
}

/** Stopped with its database at the end of the run. */
export async function startDemoServer(ctx: RunContext): Promise<DemoServer> {
  const port = await chooseFreePort();
  const postgresFolder = path.join(ctx.folder, "postgres");
  const startProcess = (): Promise<ServerProcess> =>
    startServerProcess({
      command: "start",
      isDemo: true,
      port,
      log: path.join(ctx.folder, "server.log"),
      env: { STANCHION_DATA: ctx.folder, LOG_LEVEL: "warn" },
    });
  // A server that was killed has left its database running.
  ctx.atEnd(() => stopPostmaster(postgresFolder));
  let server = await startProcess();
  ctx.atEnd(() => server.stop());
  const demo = JSON.parse(await readFile(path.join(ctx.folder, "demo.json"), "utf8")) as DemoFile;
  return {
    url: server.url,
    queueId: decodeId("queue", demo.queueId) ?? "",
    postgresFolder,
    get process() {
      return server;
    },
    async startAnew() {
      server = await startProcess();
    },
    async patchQueue(settings) {
      const route = `/queues/${demo.queueId}`;
      const answer = await callAsShop(server.url, demo.secretKey, "PATCH", route, settings);
      if (answer.status !== 200) throw new Error(`the queue was not changed: ${JSON.stringify(answer.body)}`);
    },
    async openDb() {
      const connectionString = await findEmbeddedPostgres(ctx.folder);
      if (connectionString === null) throw new Error("the embedded PostgreSQL does not run");
      const db = new pg.Pool({ connectionString, max: 2 });
      db.on("error", () => {});
      return db;
    },
  };
}

/** What tools/crowd.ts reports. */
export interface CrowdReport {
  readonly fans: number;
  readonly joined: number;
  readonly admitted: number;
  readonly completed: number;
  readonly lost: number;
  readonly doubles: number;
  readonly inversions: number;
  readonly joinMs: { readonly p50: number; readonly p99: number };
  readonly repeats: number;
  readonly seconds: number;
  readonly errors: Readonly<Record<string, number>>;
  readonly records: readonly { readonly entryId: string | null; readonly ticket: number | null }[];
}

/** Sends the crowd as a process of its own; `isThere` turns false as it ends. */
export function sendCrowd(
  ctx: RunContext,
  options: { fans: number; overSeconds?: number; patienceSeconds: number },
): { isThere(): boolean; report: Promise<CrowdReport> } {
  const script = path.resolve(import.meta.dirname, "../crowd.ts");
  const reportFile = path.join(ctx.folder, "crowd.json");
  const flags = {
    fans: options.fans,
    over: options.overSeconds ?? 0,
    patience: options.patienceSeconds,
    report: reportFile,
  };
  const child = spawn(
    process.execPath,
    [script, ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)])],
    { env: { ...process.env, STANCHION_DATA: ctx.folder }, stdio: ["ignore", "pipe", "pipe"] },
  );
  const log = path.join(ctx.folder, "crowd.log");
  child.stdout.on("data", (chunk: Buffer) => appendFileSync(log, chunk));
  child.stderr.on("data", (chunk: Buffer) => {
    appendFileSync(log, chunk);
    const line = chunk.toString().trim().split("\n").at(-1);
    if (line !== undefined && line !== "") ctx.say(line);
  });
  const gone = once(child, "exit");
  ctx.atEnd(async () => child.kill("SIGKILL"));
  return {
    isThere: () => child.exitCode === null && child.signalCode === null,
    report: gone.then(async () => {
      const text = await readFile(reportFile, "utf8").catch(() => null);
      if (text === null) throw new Error(`the crowd ended without a report: ${await readFile(log, "utf8")}`);
      return JSON.parse(text) as CrowdReport;
    }),
  };
}
