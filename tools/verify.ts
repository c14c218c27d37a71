import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

interface Step {
  readonly name: string;
  readonly command: readonly [program: string, ...programArguments: string[]];
}

const root = dirname(import.meta.dirname);

const typePrograms = [
  "tsconfig.json",
  "packages/sdk",
  "packages/react",
  "packages/verify",
  "packages/element",
  "packages/dashboard",
  "tests",
];

const steps: Step[] = [
  { name: "format and lint", command: [bin("biome"), "check", "--error-on-warnings", "."] },
  { name: "imports run downwards", command: [process.execPath, "tools/check-imports.ts"] },
  ...typePrograms.filter(isThere).map((project): Step => {
    return { name: `types of ${project}`, command: [bin("tsc"), "--project", project, "--pretty"] };
  }),
  ...(existsSync(join(root, "tools/generate.ts"))
    ? [
        {
          name: "generated files",
          command: [process.execPath, "tools/generate.ts", "--check"],
        } satisfies Step,
      ]
    : []),
  { name: "reports of the public API", command: [process.execPath, "tools/api-report.ts", "--check"] },
  { name: "the OpenAPI document", command: [process.execPath, "tools/trade/lint.mjs"] },
];

const results = await Promise.all(steps.map(run));
const failed = results.filter((isGood) => !isGood).length;
console.log(failed === 0 ? "All is well. Next: npm test" : `${failed} of ${steps.length} steps failed.`);
process.exitCode = failed === 0 ? 0 : 1;

async function run({ name, command }: Step): Promise<boolean> {
  const beganAt = performance.now();
  const { code, output } = await collect(command);
  const seconds = ((performance.now() - beganAt) / 1000).toFixed(1);
  console.log(`${code === 0 ? "ok    " : "FAILED"} ${name} (${seconds} s)`);
  if (code !== 0) console.log(output.trimEnd());
  return code === 0;
}

async function collect([program, ...programArguments]: Step["command"]) {
  return await new Promise<{ code: number | null; output: string }>((done, refuse) => {
    const shell = process.platform === "win32";
    const child = spawn(program, programArguments, { cwd: root, stdio: ["ignore", "pipe", "pipe"], shell });
    let output = "";
    const keep = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", refuse);
    child.on("close", (code) => done({ code, output }));
  });
}

function bin(name: string): string {
  return join(root, "node_modules", ".bin", process.platform === "win32" ? `${name}.cmd` : name);
}

function isThere(project: string): boolean {
  return project.endsWith(".json") || existsSync(join(root, project, "tsconfig.json"));
}
