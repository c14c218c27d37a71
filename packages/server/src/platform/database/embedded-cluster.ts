import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  access,
  chmod,
  chown,
  link,
  mkdir,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
} from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { type Account, canGiveAway, canReach } from "./embedded-account.ts";
import type { EmbeddedBinaries } from "./embedded-binaries.ts";
import { embeddedName } from "./embedded-connection.ts";
import { isProcessAlive, stopPostmaster } from "./embedded-postmaster.ts";

/** Where the state of folders that PostgreSQL's account cannot reach goes. */
export const defaultStateFolder = "/var/lib/stanchion";

const passwordFile = "postgres-password";
const clusterFolder = "postgres";
const unfinishedMark = ".unfinished-";

/** The folder of `dataFolder`'s cluster, whether it was made yet or not. */
export async function findClusterFolder(dataFolder: string, stateFolder: string): Promise<string> {
  const outside = stateClusterFolder(dataFolder, stateFolder);
  return (await isCluster(outside)) ? outside : join(dataFolder, clusterFolder);
}

/** The password of the cluster, or null where none was made. */
export async function readPassword(dataFolder: string): Promise<string | null> {
  return (await readFile(join(dataFolder, passwordFile), "utf8").catch(() => "")).trim() || null;
}

/** Whether a cluster was made for this folder; also where this user may not look. */
export function hasPassword(dataFolder: string): Promise<boolean> {
  return access(join(dataFolder, passwordFile)).then(
    () => true,
    (error: unknown) => !["ENOENT", "ENOTDIR"].includes(Object(error).code),
  );
}

/**
 * Makes the data folder, the password and the cluster, each unless it is there. A kill at any moment
 * leaves nothing half made; two callers at once end with one cluster.
 * @returns the cluster's folder and its password
 */
export async function prepareCluster(options: {
  dataFolder: string;
  stateFolder: string;
  account: Account | null;
  binaries: EmbeddedBinaries;
  say: (line: string) => void;
}): Promise<{ folder: string; password: string }> {
  const { dataFolder, account } = options;
  await setAsideLostCluster(options);
  const folder = await chooseClusterFolder(options);
  const password = await makePassword(dataFolder, await isCluster(folder));
  await removeUnfinished(folder);
  if (!(await isCluster(folder))) {
    options.say("Making a PostgreSQL database (once) …");
    await initializeCluster(folder, password, account, options.binaries);
  }
  return { folder, password };
}

/** Makes `dataFolder` where it is missing; made by root, others can pass through it. Returns its real path. */
export async function makeDataFolder(dataFolder: string): Promise<string> {
  const made = await mkdir(dataFolder, { recursive: true });
  if (made !== undefined) await chmod(dataFolder, process.getuid?.() === 0 ? 0o711 : 0o700);
  return await realpath(dataFolder);
}

function stateClusterFolder(dataFolder: string, stateFolder: string): string {
  const key = createHash("sha256").update(dataFolder).digest("hex").slice(0, 12);
  return join(stateFolder, key, clusterFolder);
}

async function isCluster(folder: string): Promise<boolean> {
  try {
    await readFile(join(folder, "PG_VERSION"));
    return true;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EACCES")) return false;
    throw new Error(`The database in ${folder} belongs to another user: start as that user.`, {
      cause: error,
    });
  }
}

async function chooseClusterFolder(options: {
  dataFolder: string;
  stateFolder: string;
  account: Account | null;
  say: (line: string) => void;
}): Promise<string> {
  const { dataFolder, stateFolder, account } = options;
  const inside = join(dataFolder, clusterFolder);
  if (account === null) return inside;
  const outside = stateClusterFolder(dataFolder, stateFolder);
  if (!(await isCluster(outside))) {
    const isReachable = await canReach(dataFolder, account);
    if (isReachable && ((await isCluster(inside)) || (await canGiveAway(dataFolder, account)))) return inside;
    // Starting empty elsewhere would look as if everything were lost.
    if (await isCluster(inside)) throw new Error(unreachableMessage(inside, account));
    await mkdir(dirname(outside), { recursive: true });
    await chmod(stateFolder, 0o711);
    await chmod(dirname(outside), 0o711);
  }
  options.say(
    `PostgreSQL cannot run as root, and no other user can reach ${dataFolder}: its files are in ${outside}.`,
  );
  return outside;
}

function unreachableMessage(folder: string, account: Account): string {
  return (
    `The database in ${folder} can no longer be reached by user ${account.uid}, as which PostgreSQL runs. ` +
    "Give the folders above it the right to be passed through (chmod o+x), or start as the user who owns them."
  );
}

// Without its password a cluster cannot be used: someone removed the data folder to begin anew.
async function setAsideLostCluster(options: {
  dataFolder: string;
  stateFolder: string;
  say: (line: string) => void;
}): Promise<void> {
  const folder = stateClusterFolder(options.dataFolder, options.stateFolder);
  // In this order: another start makes the password before the cluster.
  if (!(await isCluster(folder)) || (await readPassword(options.dataFolder)) !== null) return;
  await stopPostmaster(folder);
  const aside = `${folder}.removed-${new Date().toISOString().replaceAll(/[:.]/g, "-")}`;
  await rename(folder, aside);
  options.say(
    `The data folder was removed, so this is a new start; the database it had is kept in ${aside}.`,
  );
}

async function makePassword(dataFolder: string, hasCluster: boolean): Promise<string> {
  const known = await readPassword(dataFolder);
  if (known !== null) return known;
  const path = join(dataFolder, passwordFile);
  if (hasCluster)
    throw new Error(`${path} is missing, and the database beside it cannot be opened without it.`);
  const draft = `${path}.${process.pid}-${randomBytes(4).toString("hex")}`;
  await writeSecret(draft, randomBytes(24).toString("hex"));
  // A link is made whole or not at all, and only by the first of two.
  await link(draft, path).catch(ignoreExisting);
  await rm(draft);
  return (await readFile(path, "utf8")).trim();
}

async function writeSecret(path: string, secret: string): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(`${secret}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function removeUnfinished(folder: string): Promise<void> {
  for (const name of await readdir(dirname(folder))) {
    if (!name.startsWith(`${basename(folder)}${unfinishedMark}`)) continue;
    const pid = Number(name.split(unfinishedMark)[1]?.split(/[-.]/)[0]);
    if (isProcessAlive(pid)) continue;
    // The initdb of a killed start may still be writing: what cannot go now goes at the next start.
    await rm(join(dirname(folder), name), { recursive: true, force: true }).catch(() => {});
  }
}

async function initializeCluster(
  folder: string,
  password: string,
  account: Account | null,
  binaries: EmbeddedBinaries,
): Promise<void> {
  const draft = `${folder}${unfinishedMark}${process.pid}-${randomBytes(4).toString("hex")}`;
  const passwordCopy = `${draft}.password`;
  try {
    await mkdir(draft, { mode: 0o700 });
    await writeSecret(passwordCopy, password);
    if (account !== null) {
      await chown(draft, account.uid, account.gid);
      await chown(passwordCopy, account.uid, account.gid);
    }
    await runInitdb(binaries.initdb, draft, passwordCopy, account);
    await rename(draft, folder).catch(async (error: unknown) => {
      if (!(await isCluster(folder))) throw error;
    });
    await syncFolder(dirname(folder));
  } finally {
    await rm(passwordCopy, { force: true });
    await rm(draft, { recursive: true, force: true });
  }
}

async function runInitdb(program: string, folder: string, passwordCopy: string, account: Account | null) {
  const initdbArguments = [
    ...["-D", folder, "-U", embeddedName, `--pwfile=${passwordCopy}`, "--auth=scram-sha-256"],
    ...["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"],
    "--no-instructions",
  ];
  const options = { cwd: "/", env: { LC_ALL: "C", TZ: "UTC", PATH: process.env.PATH }, ...account };
  try {
    await promisify(execFile)(program, initdbArguments, options);
  } catch (error) {
    const output = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
    throw new Error(`PostgreSQL's initdb failed: ${output || String(error)}`, { cause: error });
  }
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}
