/**
 * Holds the OpenAPI document against the linters of the trade: one of the OpenAPI format, one of OWASP's rules besides.
 * A warning fails.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { installTools } from "./install.mjs";

const folder = import.meta.dirname;
const document = join(folder, "..", "..", "docs", "reference", "openapi.json");
// They tell nobody that they run, and do not look for newer versions of themselves.
const quiet = { REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true", SCARF_ANALYTICS: "false" };

const linters = [
  [
    "@redocly/cli/bin/cli.js",
    "lint",
    document,
    "--config",
    join(folder, "redocly.yaml"),
    "--format",
    "stylish",
  ],
  [
    "@stoplight/spectral-cli/dist/index.js",
    "lint",
    document,
    "--ruleset",
    join(folder, "spectral.cjs"),
    "--fail-severity",
    "warn",
  ],
];

await installTools();
const codes = await Promise.all(linters.map(run));
process.exitCode = codes.every((code) => code === 0) ? 0 : 1;

/** Its output goes out as a whole, so that the two do not mix; its exit code comes back. */
function run([script, ...scriptArguments]) {
  return new Promise((done) => {
    const program = join(folder, "node_modules", script);
    const child = spawn(process.execPath, [program, ...scriptArguments], {
      cwd: folder,
      env: { ...process.env, ...quiet },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => {
        output += chunk;
      });
    child.on("close", (code) => {
      process.stdout.write(output);
      done(code);
    });
  });
}
