/**
 * Brings node_modules to what package-lock.json lists, if it is not there already.
 *
 * Used by launch.mjs: plain JavaScript for Node 20 and later, without any package.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const lockPollMs = 200;
const lockWithoutOwnerMsMax = 10_000;
const npmOutputTailCharacters = 4000;
// npm's own retries take minutes to say that there is no network.
const retryOptions = ["--fetch-retries=2", "--fetch-retry-mintimeout=500", "--fetch-retry-maxtimeout=3000"];
const endingSignals = ["SIGINT", "SIGTERM", "SIGHUP"];

/** What stands in the way of an install, said so that a person can act on it. */
export class InstallError extends Error {}

/**
 * Installs with npm unless everything package-lock.json lists for this platform is there.
 * Callers at the same time wait for the one that installs.
 * @throws {InstallError} when npm fails or cannot be started
 */
export async function installMissing(root, say) {
  if (isInstalled(root)) return;
  const unlock = await lockInstall(root, say);
  try {
    if (isInstalled(root)) return;
    say("Installing what is missing (once) …");
    rmSync(markerPath(root), { force: true });
    await runNpmInstall(root);
    writeMarker(root);
  } finally {
    unlock();
  }
}

function isInstalled(root) {
  const marker = readTextIfThere(markerPath(root));
  if (marker !== null && marker.trim() === markerText(root)) return true;
  if (!isEveryPackageThere(root)) return false;
  writeMarker(root);
  return true;
}

function markerPath(root) {
  return join(root, "node_modules", ".stanchion-installed");
}

function markerText(root) {
  const lock = readTextIfThere(join(root, "package-lock.json"));
  if (lock === null) throw new InstallError(`package-lock.json is missing in ${root}.`);
  const digest = createHash("sha256").update(lock).digest("hex");
  return skipsDevelopment() ? `${digest} production` : digest;
}

function writeMarker(root) {
  try {
    writeFileSync(markerPath(root), `${markerText(root)}\n`);
  } catch {
    // A read-only install has no marker: every start compares the packages instead.
  }
}

function skipsDevelopment() {
  return process.env.NODE_ENV === "production";
}

// npm writes this list of its own when an install is complete, and removes it before the next one starts.
function isEveryPackageThere(root) {
  const installedText = readTextIfThere(join(root, "node_modules", ".package-lock.json"));
  if (installedText === null) return false;
  const installed = JSON.parse(installedText).packages;
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes("node_modules/") || !isWantedHere(entry)) return true;
    return isThere(join(root, path)) && installed[path]?.version === entry.version;
  });
}

function isWantedHere(wanted) {
  if (wanted.dev && skipsDevelopment()) return false;
  // What another platform's package needs is optional too, but does not name the platform.
  if (wanted.optional && wanted.os === undefined && wanted.cpu === undefined) return false;
  return (
    allows(wanted.os, process.platform) && allows(wanted.cpu, process.arch) && allows(wanted.libc, cLibrary())
  );
}

function allows(list, name) {
  if (list === undefined || name === null) return true;
  const names = [list].flat();
  if (names.includes(`!${name}`)) return false;
  return names.includes(name) || names.every((entry) => entry.startsWith("!"));
}

let knownCLibrary;
function cLibrary() {
  if (process.platform !== "linux") return null;
  if (knownCLibrary === undefined) {
    // Without this a report looks up the name of every open connection first.
    process.report.excludeNetwork = true;
    knownCLibrary = process.report.getReport().header.glibcVersionRuntime ? "glibc" : "musl";
  }
  return knownCLibrary;
}

// Not `npm ci`: it refuses a lock file made where the registry lacks some other platform's optional packages.
// `npm install --no-save` takes the same versions from the lock file and changes neither file.
function runNpmInstall(root) {
  const { program, programArguments, env } = npmCommand(root);
  const options = ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error", ...retryOptions];
  if (!skipsDevelopment()) options.push("--include=dev", "--include=optional");
  return new Promise((done, refuse) => {
    let output = "";
    const keep = (chunk) => {
      output = (output + chunk).slice(-npmOutputTailCharacters);
    };
    const shell = process.platform === "win32";
    const stdio = ["ignore", "pipe", "pipe"];
    const npm = spawn(program, [...programArguments, ...options], { cwd: root, env, stdio, shell });
    npm.stdout.on("data", keep);
    npm.stderr.on("data", keep);
    const stop = () => npm.kill("SIGTERM");
    for (const signal of endingSignals) process.on(signal, stop);
    npm.on("error", (error) => refuse(new InstallError(`npm could not be started: ${error.message}`)));
    npm.on("close", (code, signal) => {
      for (const ending of endingSignals) process.off(ending, stop);
      if (code === 0) return done();
      refuse(
        new InstallError(`${output.trimEnd()}\nnpm could not install (${signal ?? `exit code ${code}`}).`),
      );
    });
  });
}

/** The npm that started us, run by a Node outside of node_modules, which npm may replace while it runs. */
function npmCommand(root) {
  const ownBin = join(root, "node_modules");
  const searchPath = (process.env.PATH ?? "").split(delimiter).filter((folder) => !folder.startsWith(ownBin));
  const env = { ...process.env, PATH: searchPath.join(delimiter) };
  const script = process.env.npm_execpath;
  if (script === undefined || !/\.c?js$/.test(script)) return { program: "npm", programArguments: [], env };
  const node = process.env.npm_node_execpath;
  const isOutside = node !== undefined && !node.startsWith(ownBin);
  return { program: isOutside ? node : "node", programArguments: [script], env };
}

/** Takes the lock folder, waiting for its owner if that still lives. Returns what gives it back. */
async function lockInstall(root, say) {
  const dataFolder = join(root, ".stanchion");
  const lock = join(dataFolder, "installing");
  mkdirSync(dataFolder, { recursive: true, mode: 0o711 });
  let hasSaidSo = false;
  while (!tryLock(lock)) {
    if (isAbandoned(lock)) {
      breakLock(lock);
      continue;
    }
    if (!hasSaidSo) say("Another start is installing what is missing; waiting for it …");
    hasSaidSo = true;
    await sleep(lockPollMs);
  }
  return () => rmSync(lock, { recursive: true, force: true });
}

function tryLock(lock) {
  try {
    mkdirSync(lock);
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
  writeFileSync(join(lock, "pid"), String(process.pid));
  return true;
}

function isAbandoned(lock) {
  const pid = Number(readTextIfThere(join(lock, "pid")));
  return pid > 0 ? !isAlive(pid) : isOlderThan(lock, lockWithoutOwnerMsMax);
}

/** Two that wait must not both break the lock, or the second breaks the new lock of the first. */
function breakLock(lock) {
  const breaking = `${lock}.breaking`;
  try {
    mkdirSync(breaking);
  } catch {
    if (isOlderThan(breaking, lockWithoutOwnerMsMax)) rmdirSync(breaking);
    return;
  }
  if (isAbandoned(lock)) rmSync(lock, { recursive: true, force: true });
  rmdirSync(breaking);
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

function isOlderThan(path, ageMs) {
  try {
    return Date.now() - statSync(path).mtimeMs > ageMs;
  } catch {
    return false;
  }
}

function isThere(path) {
  try {
    statSync(path);
    return true;
  } catch {
    return false;
  }
}

function readTextIfThere(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
