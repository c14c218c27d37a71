import { execFile } from "node:child_process";
import { readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

/** What a cluster's `postmaster.pid` says of the server that runs on it. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

const fastStopMsMax = 5000;
const immediateStopMsMax = 3000;
const pollMs = 20;
const emptyPidFileMsMax = 2000;

/** The server that runs on `folder`, be it still starting or already stopping; null when none does. */
export async function findPostmaster(folder: string): Promise<Postmaster | null> {
  const text = await readFile(pidFile(folder), "utf8").catch(() => null);
  const found = text === null ? null : parsePidFile(text);
  return found !== null && (await isPostmasterOf(found.pid, folder)) ? found : null;
}

/**
 * Takes away a `postmaster.pid` that PostgreSQL would trip over: one whose pid now belongs to some other
 * program, or one that a power cut left empty.
 */
export async function removeStalePidFile(folder: string): Promise<void> {
  const path = pidFile(folder);
  const text = await readFile(path, "utf8").catch(() => null);
  if (text === null) return;
  const found = parsePidFile(text);
  if (found === null) {
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs < emptyPidFileMsMax) return;
  } else if (!isProcessAlive(found.pid) || (await isPostmasterOf(found.pid, folder))) return;
  await removeUnlessChanged(path, text);
}

/** Stops the server on `folder`, whoever started it: fast, then at once after 5 s. */
export async function stopPostmaster(folder: string): Promise<void> {
  const running = await findPostmaster(folder);
  if (running === null) return;
  signalProcess(running.pid, "SIGINT");
  if (await waitForEnd(running.pid, folder, fastStopMsMax)) return;
  signalProcess(running.pid, "SIGQUIT");
  if (await waitForEnd(running.pid, folder, immediateStopMsMax)) return;
  throw new Error(`PostgreSQL (process ${running.pid}) does not stop.`);
}

/** Whether a process of this id exists, whoever owns it. */
export function isProcessAlive(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function pidFile(folder: string): string {
  return join(folder, "postmaster.pid");
}

function parsePidFile(text: string): Postmaster | null {
  const lines = text.split("\n");
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  return pid > 0 && port > 0 ? { pid, port } : null;
}

async function isPostmasterOf(pid: number, folder: string): Promise<boolean> {
  if (!isProcessAlive(pid)) return false;
  if (process.platform === "win32") return true;
  const command = await readCommandLine(pid);
  return command.replaceAll("\0", " ").includes(`postgres -D ${folder} -p `);
}

// The command line is readable by all, and empty for a zombie; the working folder needs rights that
// root in a container lacks.
async function readCommandLine(pid: number): Promise<string> {
  if (process.platform === "linux") return await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  return await promisify(execFile)("ps", ["-ww", "-o", "command=", "-p", String(pid)]).then(
    ({ stdout }) => stdout,
    () => "",
  );
}

// Another start may have put its own file there since: that one must stay.
async function removeUnlessChanged(path: string, text: string): Promise<void> {
  const aside = `${path}.stale-${process.pid}`;
  await rename(path, aside).catch(() => {});
  const moved = await readFile(aside, "utf8").catch(() => text);
  if (moved === text) await rm(aside, { force: true });
  else await rename(aside, path);
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

async function waitForEnd(pid: number, folder: string, msMax: number): Promise<boolean> {
  const deadline = Date.now() + msMax;
  while (await isPostmasterOf(pid, folder)) {
    if (Date.now() > deadline) return false;
    await sleep(pollMs);
  }
  return true;
}
