/** Every sample of the guides, the README files and the error pages compiles against the packages as they are. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { clientErrorCodes, errorCodes, errorExamples } from "@stanchion/contract";
import { afterAll, beforeAll, expect, it } from "vitest";
import { clientErrorSample } from "../packages/server/src/pages/docs/client-error-page.ts";
import { sdkSample } from "../packages/server/src/pages/docs/error-samples.ts";
import { installMissing } from "../tools/install-missing.mjs";

const root = dirname(import.meta.dirname);

/** What samples take for granted: values that the reader has, and what the reader's own program does. */
const surroundings = `import type { Stanchion } from "@stanchion/sdk";
import type { StanchionServer } from "@stanchion/sdk/server";
declare global {
  const stanchion: Stanchion;
  const stanchionServer: StanchionServer;
  const queueId: string;
  const drawId: string;
  const experienceId: string;
  const endpointId: string;
  const accessToken: string;
  const consumerId: string;
  const admissionId: string;
  const productId: string;
  const orderId: string;
  const token: string;
  const code: string;
  const exchangeCode: string;
  const secretKey: string;
  const log: { warn(facts: object, message: string): void };
  function show(...facts: unknown[]): void;
  function markField(field: string, words: string): void;
  function reportToTelemetry(...facts: unknown[]): void;
  function describeForFan(error: unknown): string;
}
`;
/** The samples of error pages name what they take after the operation's own parameters. */
const pageSurroundings = `import type { StanchionServer } from "@stanchion/sdk/server";
declare const version: number;
`;

let folder: string;
beforeAll(async () => {
  // There, so that the samples of frameworks find those that the examples are made with.
  const examples = join(root, "examples");
  await installMissing(examples, (line: string) => console.warn(line));
  await mkdir(join(examples, "dist"), { recursive: true });
  folder = await mkdtemp(join(examples, "dist", "samples-"));
}, 240_000);
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function samplesOf(file: string, language: string): Promise<string[]> {
  const text = await readFile(join(root, file), "utf8");
  const samples = text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"));
  return [...samples].map(([, sample = ""]) => sample);
}

it("compiles", async () => {
  const guides = (await readdir(join(root, "docs/guides"))).map((name) => `docs/guides/${name}`);
  await writeFile(join(folder, "surroundings.d.ts"), surroundings);
  const packages = ["sdk", "react", "verify"];
  let written = 0;
  for (const file of [...guides, ...packages.map((name) => `packages/${name}/README.md`), "README.md"])
    for (const language of ["ts", "tsx"])
      for (const [index, sample] of (await samplesOf(file, language)).entries()) {
        const name = `${file.replaceAll(/[/.]/g, "-")}-${index + 1}.${language}`;
        await writeFile(join(folder, name), sample.includes("import ") ? sample : `export {};\n${sample}`);
        written += 1;
      }
  for (const code of errorCodes) {
    const sample = sdkSample(code, errorExamples[code]);
    if (sample !== null) await writeFile(join(folder, `error-${code.toLowerCase()}.ts`), inItsPlace(sample));
  }
  for (const code of clientErrorCodes)
    await writeFile(join(folder, `client-error-${code.toLowerCase()}.ts`), clientErrorSample(code));
  expect(written).toBeGreaterThan(15);
  const config = {
    extends: "../../tsconfig.json",
    compilerOptions: { noUnusedLocals: false, types: ["node"], jsx: "react-jsx" },
    include: ["."],
    exclude: [],
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  const complaints = await promisify(execFile)(join(root, "node_modules/.bin/tsc"), [
    "--project",
    folder,
  ]).then(
    () => "",
    (error: { stdout?: string }) => error.stdout || String(error),
  );
  expect(complaints).toBe("");
}, 240_000);

/** A sample of an error page as a module: the client that it uses, and the parameters that it names. */
function inItsPlace(sample: string): string {
  const isForServers = sample.includes("@stanchion/sdk/server");
  const [, called = ""] = /await stanchion\.([\w.]+)\(/.exec(sample) ?? [];
  const [group = "", method = ""] = called.split(".");
  const [, args = ""] = /\(([^)]*)\);$/m.exec(sample) ?? [];
  const names = args.split(", ").filter((name) => /^\w+Id$|^segment$|^text$/.test(name));
  const parameters = names.map((name) => `declare const ${name}: string;\n`).join("");
  if (!isForServers) return parameters + sample;
  // The body is the one parameter after those of the path.
  const body = args.includes("body")
    ? `declare const body: Parameters<StanchionServer["${group}"]["${method}"]>[${names.length}] & {};\n`
    : "";
  return `${pageSurroundings}declare const stanchion: StanchionServer;\n${parameters}${body}${sample}`;
}
