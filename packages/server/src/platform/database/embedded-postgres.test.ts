import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterEach, expect, test, vi } from "vitest";
import { findEmbeddedPostgres, hasEmbeddedPostgres, startEmbeddedPostgres } from "./embedded-postgres.ts";

const isRoot = process.getuid?.() === 0;
const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

test("keeps what was written over a stop and a start", async () => {
  const dataFolder = await makeFolder();
  const first = await start(dataFolder);
  await query(first.url, "create table kept as select 42 as answer");
  await first.stop();
  await first.stop();
  expect(await findEmbeddedPostgres(dataFolder)).toBeNull();
  const second = await start(dataFolder);
  expect(second.adopted).toBe(false);
  expect(await query(second.url, "select answer from kept")).toEqual([{ answer: 42 }]);
});

test("knows whether a database was made in a folder, running or not", async () => {
  const dataFolder = await makeFolder();
  expect(await hasEmbeddedPostgres(dataFolder)).toBe(false);
  const made = await start(dataFolder);
  expect(await hasEmbeddedPostgres(dataFolder)).toBe(true);
  await made.stop();
  expect(await hasEmbeddedPostgres(dataFolder)).toBe(true);
});

test("runs durable, in UTF-8 and UTC, for this machine only", async () => {
  const { url } = await start(await makeFolder());
  const settings = await query(
    url,
    `select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes',
     'TimeZone', 'server_encoding', 'listen_addresses', 'unix_socket_directories', 'data_checksums') order by 1`,
  );
  expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toEqual({
    data_checksums: "on",
    fsync: "on",
    full_page_writes: "on",
    listen_addresses: "127.0.0.1",
    server_encoding: "UTF8",
    synchronous_commit: "on",
    TimeZone: "UTC",
    unix_socket_directories: "",
  });
  await expect(query(url.replace(/:[0-9a-f]+@/, ":wrong@"), "select 1")).rejects.toThrow("password");
});

test("keeps its password where only the owner reads it", async () => {
  const dataFolder = await makeFolder();
  await start(dataFolder);
  expect((await stat(join(dataFolder, "postgres-password"))).mode & 0o777).toBe(0o600);
});

test("adopts the server that still runs", async () => {
  const dataFolder = await makeFolder();
  const first = await start(dataFolder);
  const second = await start(dataFolder);
  expect(second).toMatchObject({ url: first.url, adopted: true });
  expect(await findEmbeddedPostgres(dataFolder)).toBe(first.url);
});

test("starts again after its server was killed", async () => {
  const dataFolder = await makeFolder();
  const first = await start(dataFolder);
  await query(first.url, "create table kept as select 42 as answer");
  process.kill(await postmasterPid(dataFolder), "SIGKILL");
  const second = await start(dataFolder);
  expect(second.adopted).toBe(false);
  expect(await query(second.url, "select answer from kept")).toEqual([{ answer: 42 }]);
});

test("is not deceived by a pid that now belongs to another program", async () => {
  const dataFolder = await makeFolder();
  const first = await start(dataFolder);
  const pidFile = join(dataFolder, "postgres", "postmaster.pid");
  const left = await readFile(pidFile, "utf8");
  await first.stop();
  const { uid, gid } = await stat(join(dataFolder, "postgres"));
  const stranger = spawn("sleep", ["60"], isRoot ? { uid, gid } : {});
  cleanups.push(async () => void stranger.kill("SIGKILL"));
  await once(stranger, "spawn");
  await writeFile(pidFile, left.replace(/^\d+/, String(stranger.pid)));
  expect(await findEmbeddedPostgres(dataFolder)).toBeNull();
  expect((await start(dataFolder)).adopted).toBe(false);
});

test("ends with one server when two start at once", async () => {
  const dataFolder = await makeFolder();
  const both = await Promise.all([start(dataFolder), start(dataFolder)]);
  expect(both[0].url).toBe(both[1].url);
  expect(both.map(({ adopted }) => adopted).sort()).toEqual([false, true]);
});

test("waits for a server that is just stopping", async () => {
  const dataFolder = await makeFolder();
  const first = await start(dataFolder);
  const lastClient = new Client({ connectionString: first.url });
  await lastClient.connect();
  // PostgreSQL's smart shutdown: it ends when the last client leaves, and lets no other one in.
  process.kill(await postmasterPid(dataFolder), "SIGTERM");
  await vi.waitUntil(() => query(first.url, "select 1").then(isFalse, isTrue), {
    timeout: 5000,
    interval: 10,
  });
  const [second] = await Promise.all([start(dataFolder), lastClient.end()]);
  expect(second.adopted).toBe(false);
  expect(await query(second.url, "select 1 as answer")).toEqual([{ answer: 1 }]);
});

test("tells the end of the log when PostgreSQL does not start", async () => {
  const dataFolder = await makeFolder();
  await (await start(dataFolder)).stop();
  await writeFile(join(dataFolder, "postgres", "postgresql.conf"), "no_such_setting = 1\n", { flag: "a" });
  await expect(start(dataFolder)).rejects.toThrow("no_such_setting");
});

test("leaves no half cluster when its making is cut short", async () => {
  const dataFolder = await makeFolder();
  await mkdir(join(dataFolder, "postgres.unfinished-999999999-abcd"), { recursive: true });
  await start(dataFolder);
  await expect(stat(join(dataFolder, "postgres.unfinished-999999999-abcd"))).rejects.toThrow("ENOENT");
});

test.runIf(isRoot)("keeps its files elsewhere when its own user cannot reach the data folder", async () => {
  const closed = await makeFolder(0o700);
  const stateFolder = join(await makeFolder(), "state");
  const dataFolder = join(closed, ".stanchion");
  const lines: string[] = [];
  const first = await start(dataFolder, { stateFolder, say: (line) => void lines.push(line) });
  await query(first.url, "create table kept as select 42 as answer");
  expect(lines.join("\n")).toContain(stateFolder);
  expect(await findEmbeddedPostgres(dataFolder, stateFolder)).toBe(first.url);
  await first.stop();
  const second = await start(dataFolder, { stateFolder });
  expect(await query(second.url, "select answer from kept")).toEqual([{ answer: 42 }]);
});

test.runIf(isRoot)("begins anew, and keeps the old files, when the data folder was removed", async () => {
  const closed = await makeFolder(0o700);
  const stateFolder = join(await makeFolder(), "state");
  const dataFolder = join(closed, ".stanchion");
  const first = await start(dataFolder, { stateFolder });
  await query(first.url, "create table kept as select 42 as answer");
  await rm(dataFolder, { recursive: true });
  const lines: string[] = [];
  const second = await start(dataFolder, { stateFolder, say: (line) => void lines.push(line) });
  expect(lines.join("\n")).toContain("is kept in");
  await expect(query(second.url, "select answer from kept")).rejects.toThrow("does not exist");
});

test.runIf(isRoot)("refuses to begin anew beside a cluster that became unreachable", async () => {
  const parent = await makeFolder();
  const dataFolder = join(parent, ".stanchion");
  await (await start(dataFolder)).stop();
  await chmod(parent, 0o700);
  await expect(start(dataFolder)).rejects.toThrow("chmod o+x");
});

async function makeFolder(mode = 0o711): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "stanchion-postgres-"));
  await chmod(folder, mode);
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function start(
  dataFolder: string,
  options: { stateFolder?: string; say?: (line: string) => void } = {},
) {
  const postgres = await startEmbeddedPostgres({ dataFolder, say: () => {}, ...options });
  cleanups.push(() => postgres.stop());
  return postgres;
}

async function query(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

async function postmasterPid(dataFolder: string): Promise<number> {
  return Number.parseInt(await readFile(join(dataFolder, "postgres", "postmaster.pid"), "utf8"), 10);
}

const isTrue = () => true;
const isFalse = () => false;
