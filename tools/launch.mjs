/**
 * Runs a TypeScript program of this repository with Node 24, whatever Node the machine has.
 *
 *     node tools/launch.mjs <script.ts> [arguments…]
 *     node tools/launch.mjs --bin <name> [arguments…]
 *
 * Installs what is missing first. Runs on Node 20 and later without any package, and writes nothing to
 * standard output: that belongs to the program.
 */
import { spawn } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { InstallError, installMissing } from "./install-missing.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const binFolder = join(root, "node_modules", ".bin");
const nodeMajorNeeded = 24;
// npm passes a Ctrl-C on to us that the terminal has already delivered: one press arrives twice.
const samePressMs = 1000;
const parentPollMs = 250;

const [first, ...rest] = process.argv.slice(2);
const usage = "Usage: node tools/launch.mjs <script.ts> [arguments…] | --bin <name> [arguments…]";
if (first === undefined || (first === "--bin" && rest[0] === undefined)) fail(usage);

try {
  await installMissing(root, say);
} catch (error) {
  if (!(error instanceof InstallError)) throw error;
  fail(error.message);
}
await run(first === "--bin" ? binCommand(rest) : scriptCommand(first, rest));

function scriptCommand(script, scriptArguments) {
  return { program: findNode(), programArguments: [resolve(root, script), ...scriptArguments], shell: false };
}

function binCommand([name, ...binArguments]) {
  const onWindows = process.platform === "win32";
  const program = join(binFolder, onWindows ? `${name}.cmd` : name);
  if (!existsSync(program)) fail(`There is no ${name} in node_modules/.bin.`);
  return { program, programArguments: binArguments, shell: onWindows };
}

function findNode() {
  const platform = process.platform === "win32" ? "win" : process.platform;
  const file = platform === "win" ? "node.exe" : "node";
  const packaged = join(root, "node_modules", `node-${platform}-${process.arch}`, "bin", file);
  if (existsSync(packaged)) return realpathSync(packaged);
  if (Number.parseInt(process.versions.node, 10) >= nodeMajorNeeded) return process.execPath;
  return fail(
    `Stanchion needs Node ${nodeMajorNeeded}; this is ${process.version}, and npm has no Node for ` +
      `${process.platform}-${process.arch}. Install Node ${nodeMajorNeeded} from https://nodejs.org and try again.`,
  );
}

function run({ program, programArguments, shell }) {
  const searchPath = [binFolder, process.env.PATH].filter(Boolean).join(delimiter);
  const child = spawn(program, programArguments, {
    stdio: "inherit",
    shell,
    env: { ...process.env, PATH: searchPath },
  });
  passSignalsOn(child);
  stopWithNpm(child);
  return new Promise(() => {
    child.on("error", (error) => fail(`${program} could not be started: ${error.message}`));
    child.on("exit", (code, signal) => {
      process.exit(signal === null ? code : 128 + (constants.signals[signal] ?? 0));
    });
  });
}

function passSignalsOn(child) {
  // A terminal sends Ctrl-C to every process in front of it, so the child has it already.
  const isAtTerminal = Boolean(process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY);
  const receivedAt = new Map();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      const now = Date.now();
      const isRepeated = now - (receivedAt.get(signal) ?? 0) < samePressMs;
      receivedAt.set(signal, now);
      if (!isRepeated && !(signal === "SIGINT" && isAtTerminal)) child.kill(signal);
    });
  }
}

// A SIGTERM for npm ends npm and its shell, and never reaches us.
function stopWithNpm(child) {
  if (process.env.npm_lifecycle_event === undefined || process.platform === "win32") return;
  const parent = process.ppid;
  const poll = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(poll);
    child.kill("SIGTERM");
  }, parentPollMs);
}

function say(line) {
  process.stderr.write(`${line}\n`);
}

function fail(message) {
  say(message);
  process.exit(1);
}
