import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { realpath, rename, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Account, accountFor } from "./embedded-account.ts";
import { findEmbeddedBinaries } from "./embedded-binaries.ts";
import {
  defaultStateFolder,
  findClusterFolder,
  hasPassword,
  makeDataFolder,
  prepareCluster,
  readPassword,
} from "./embedded-cluster.ts";
import { askWhetherReady, embeddedUrl } from "./embedded-connection.ts";
import { findPostmaster, removeStalePidFile, stopPostmaster } from "./embedded-postmaster.ts";

/** A PostgreSQL server that runs beside this process, in a process group of its own. */
export interface EmbeddedPostgres {
  /** For clients on this machine, password included. */
  readonly url: string;
  /** Absolute, links resolved. */
  readonly dataFolder: string;
  /** Whether the server was already running, or another start at the same moment brought it up. */
  readonly adopted: boolean;
  /** Stops the server, adopted or not: about 0.1 s, at most 8 s. Stopping twice is harmless. */
  stop(): Promise<void>;
}

const startMsMax = 300_000;
const pollMs = 20;
const passingFaultMsMax = 15_000;
const retryMs = 200;
const stillStartingMs = 5000;
const logBytesMax = 10 * 1024 * 1024;
const logTailLines = 15;

// Given at each start, so that a cluster of any age runs as this version means it to.
const settings = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  fsync: "on",
  synchronous_commit: "on",
  full_page_writes: "on",
  shared_buffers: "256MB",
  max_connections: "100",
  wal_level: "replica",
  max_wal_size: "2GB",
  checkpoint_timeout: "15min",
  jit: "off",
  autovacuum: "on",
  autovacuum_vacuum_scale_factor: "0.05",
  autovacuum_vacuum_insert_scale_factor: "0.1",
  autovacuum_analyze_scale_factor: "0.02",
  tcp_keepalives_idle: "60",
  tcp_keepalives_interval: "10",
  tcp_keepalives_count: "6",
  timezone: "UTC",
  log_timezone: "UTC",
  lc_messages: "C",
  logging_collector: "off",
  log_destination: "stderr",
};

/**
 * Starts the PostgreSQL of `dataFolder` (made if missing), or adopts the one that runs there already.
 * @param options.port where it listens when this call starts it; any free port by default
 * @param options.stateFolder where files go that PostgreSQL's own user cannot reach in `dataFolder`
 * @throws Error with the last lines of PostgreSQL's log when it does not start
 * @example
 * const postgres = await startEmbeddedPostgres({ dataFolder: ".stanchion", say: console.error });
 * await postgres.stop();
 */
export async function startEmbeddedPostgres(options: {
  dataFolder: string;
  say: (line: string) => void;
  port?: number;
  stateFolder?: string;
}): Promise<EmbeddedPostgres> {
  const { say, stateFolder = defaultStateFolder } = options;
  const dataFolder = await makeDataFolder(resolve(options.dataFolder));
  const account = await accountFor(await findClusterFolder(dataFolder, stateFolder));
  const binaries = await findEmbeddedBinaries(account, stateFolder);
  const { folder, password } = await prepareCluster({ dataFolder, stateFolder, account, binaries, say });
  const log = join(dataFolder, "postgres.log");
  const start = async () => {
    const port = options.port ?? (await chooseFreePort());
    return spawnServer(binaries.postgres, ["-D", folder, "-p", String(port)], log, account);
  };
  const { port, adopted } = await bringUp({ folder, password, log, start, say });
  const url = embeddedUrl(port, password);
  return { url, dataFolder, adopted, stop: () => stopPostmaster(folder) };
}

/** The url of a server that runs on this folder now, or null: for commands beside a running server. */
export async function findEmbeddedPostgres(
  dataFolder: string,
  stateFolder: string = defaultStateFolder,
): Promise<string | null> {
  const absolute = await makeAbsolute(dataFolder);
  const password = await readPassword(absolute);
  const folder = await findClusterFolder(absolute, stateFolder);
  const running = await findPostmaster(folder);
  if (password === null || running === null) return null;
  return (await askWhetherReady(running.port, password, folder)) ? embeddedUrl(running.port, password) : null;
}

/** Whether a cluster was made for this folder, running or not. */
export async function hasEmbeddedPostgres(dataFolder: string): Promise<boolean> {
  return hasPassword(await makeAbsolute(dataFolder));
}

interface Attempt {
  readonly child: ChildProcess;
  readonly logOffset: number;
}

async function bringUp(options: {
  folder: string;
  password: string;
  log: string;
  start: () => Promise<Attempt>;
  say: (line: string) => void;
}): Promise<{ port: number; adopted: boolean }> {
  const { folder, password, log, say } = options;
  const beganAt = Date.now();
  let saidAt = beganAt;
  let attempt: Attempt | null = null;
  while (Date.now() - beganAt < startMsMax) {
    const running = await findPostmaster(folder);
    if (running !== null && (await askWhetherReady(running.port, password, folder))) {
      return { port: running.port, adopted: running.pid !== attempt?.child.pid };
    }
    if (running === null && (attempt === null || hasEnded(attempt.child))) {
      if (attempt !== null) {
        refuseUnlessPassing(attempt, log, Date.now() - beganAt);
        await sleep(retryMs);
      }
      await removeStalePidFile(folder);
      attempt = await options.start();
    }
    if (Date.now() - saidAt > stillStartingMs) {
      say("PostgreSQL is still starting or recovering …");
      saidAt = Date.now();
    }
    await sleep(pollMs);
  }
  throw new Error(
    `PostgreSQL did not get ready in ${startMsMax / 1000} s. Its log, ${log}, ends:\n${tail(log, 0)}`,
  );
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

// Another start was quicker; someone took the port; or the last orphan of a killed server is just leaving.
const passingFaults =
  /lock file "postmaster\.pid" (already exists|is empty)|could not create any TCP\/IP sockets|pre-existing shared memory block/;

function refuseUnlessPassing(attempt: Attempt, log: string, triedForMs: number): void {
  const output = tail(log, attempt.logOffset);
  if (passingFaults.test(output) && triedForMs < passingFaultMsMax) return;
  throw new Error(`PostgreSQL did not start. Its log, ${log}, ends:\n${output}`);
}

function tail(log: string, fromByte: number): string {
  const lines = readFileSync(log).subarray(fromByte).toString("utf8").trimEnd().split("\n");
  return lines.slice(-logTailLines).join("\n");
}

async function spawnServer(
  program: string,
  place: readonly string[],
  log: string,
  account: Account | null,
): Promise<Attempt> {
  const { size } = await stat(log).catch(() => ({ size: 0 }));
  if (size > logBytesMax) await rename(log, `${log}.1`);
  const output = openSync(log, "a", 0o600);
  try {
    const child = spawn(program, [...place, ...settingArguments()], {
      cwd: "/",
      // A group of its own: a Ctrl-C at the terminal must not take the database down before the drain.
      detached: true,
      stdio: ["ignore", output, output],
      env: { LC_ALL: "C", TZ: "UTC", PATH: process.env.PATH },
      ...account,
    });
    child.unref();
    await whenSpawned(child, program);
    return { child, logOffset: size > logBytesMax ? 0 : size };
  } finally {
    closeSync(output);
  }
}

function settingArguments(): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

async function whenSpawned(child: ChildProcess, program: string): Promise<void> {
  await new Promise<void>((done, refuse) => {
    child.once("spawn", done);
    child.once("error", (cause) => refuse(new Error(`${program} could not be started.`, { cause })));
  });
}

async function chooseFreePort(): Promise<number> {
  return await new Promise((done, refuse) => {
    const server = createServer();
    server.once("error", refuse);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => done(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

async function makeAbsolute(dataFolder: string): Promise<string> {
  return await realpath(resolve(dataFolder)).catch(() => resolve(dataFolder));
}
