/** The libraries that `npm run build` packs, judged as whoever installs them judges them, and React's at work far from the sources. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildLibrary } from "../tools/pack/build-library.ts";
import { libraries } from "../tools/pack/libraries.ts";

const run = promisify(execFile);
const root = dirname(import.meta.dirname);
const shell = process.platform === "win32";
const names = libraries.map(({ folder }) => folder);

let folder: string;
const tarballs = new Map<string, string>();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "stanchion-libraries-"));
  await Promise.all(libraries.map((library) => buildLibrary(root, library, join(folder, library.folder))));
  for (const name of names) {
    const pack = ["pack", "--json", "--loglevel=error", "--pack-destination", folder];
    const { stdout } = await run("npm", pack, { cwd: join(folder, name), shell });
    const [packed] = JSON.parse(stdout) as [{ filename: string }];
    tarballs.set(name, join(folder, packed.filename));
  }
}, 240_000);
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const readTarball = (name: string): Promise<Buffer> => readFile(tarballs.get(name) ?? "");

describe.each(names)("the packed %s", (name) => {
  it("has a package.json that every tool understands", async () => {
    const data = await readTarball(name);
    const tarball = new Uint8Array(data).buffer;
    const { messages, pkg } = await publint({ pack: { tarball }, level: "suggestion", strict: true });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it("has types that are found by whoever can load it, which is what imports", async () => {
    const packed = createPackageFromTarballData(new Uint8Array(await readTarball(name)));
    const result = await checkPackage(packed);
    if (result.types === false) throw new Error("it has no types");
    // Modules alone, with several ways in: what knows no "exports", or requires on old versions, cannot load it anyway.
    const told = result.problems.filter((problem) => {
      const kind = "resolutionKind" in problem ? problem.resolutionKind : null;
      return kind !== "node10" && kind !== "node16-cjs";
    });
    expect(told).toEqual([]);
  });

  it("has for each module a map that holds its sources, and names no other files", async () => {
    const sources = join(folder, name, "src");
    const modules = (await readdir(sources, { recursive: true })).filter((file) => file.endsWith(".js"));
    expect(modules.length).toBeGreaterThan(1);
    for (const file of modules) {
      const code = await readFile(join(sources, file), "utf8");
      // A door that only names what is in other modules has nothing to look up.
      if (/^((import|export) [^;]+;\n)+$/.test(code)) continue;
      expect(code).toMatch(/\/\/# sourceMappingURL=\S+\.js\.map$/);
      const map = JSON.parse(await readFile(join(sources, `${file}.map`), "utf8")) as {
        sources: string[];
        sourcesContent: (string | null)[];
      };
      for (const source of map.sources)
        expect(source).toMatch(/^stanchion:\/\/\/(packages\/\w+\/src|node_modules)\/.*\.(m?[jt]s|json)$/);
      // What a bundler has made of a file of data is empty.
      expect(map.sourcesContent.filter((text) => text === null)).toEqual([]);
      expect(map.sourcesContent.length).toBe(map.sources.length);
    }
  });

  it("has the version of all, and needs those of ours that come with it", async () => {
    const { version, peerDependencies = {} } = await readManifest(join(folder, name));
    expect(version).toBe((await readManifest(root)).version);
    const sdk = peerDependencies["@stanchion/sdk"];
    expect(sdk === undefined || sdk === `^${version}`).toBe(true);
  });
});

interface Manifest {
  readonly version: string;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

async function readManifest(of: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(of, "package.json"), "utf8")) as Manifest;
}

describe.each(["18", "19"])("the packed react, installed with React %s", (version) => {
  let shop: string;
  beforeAll(async () => {
    shop = join(folder, `shop-${version}`);
    await mkdir(shop);
    await writeFile(join(shop, "package.json"), JSON.stringify({ private: true, type: "module" }));
    const quiet = ["--no-audit", "--no-fund", "--loglevel=error", "--prefer-offline"];
    const reacts = [`react@${version}`, `react-dom@${version}`, `@types/react@${version}`];
    const ours = ["sdk", "react"].map((name) => tarballs.get(name) ?? "");
    await run("npm", ["install", ...quiet, ...ours, ...reacts], { cwd: shop, shell });
  }, 240_000);

  it("renders on the Node that the machine has, and shows the sources of what it throws", async () => {
    await writeFile(join(shop, "render.js"), renderProgram);
    const ownBin = join(root, "node_modules");
    const searched = (process.env.PATH ?? "").split(delimiter).filter((one) => !one.startsWith(ownBin));
    const env = { ...process.env, PATH: searched.join(delimiter) };
    for (const program of [process.execPath, "node"]) {
      const { stdout } = await run(program, ["--enable-source-maps", "render.js"], { cwd: shop, env });
      const [html, stack] = JSON.parse(stdout) as [string, string];
      expect(html).toContain('data-slot="loading"');
      expect(stack).toMatch(/packages\/react\/src\/stanchion-provider\.ts:\d+/);
    }
  });

  it("tells frameworks with components of the server which modules belong in the browser", async () => {
    const modules = join(shop, "node_modules/@stanchion/react/src");
    for (const file of await readdir(modules)) {
      if (!file.endsWith(".js")) continue;
      const code = await readFile(join(modules, file), "utf8");
      if (/\buse[A-Z]\w+\(|createContext\(/.test(code))
        expect(code.split("\n", 1)).toEqual(['"use client";']);
    }
  });

  it("has types for a program that is judged strictly, libraries included", async () => {
    await writeFile(join(shop, "shop.tsx"), typedProgram);
    const compilerOptions = {
      strict: true,
      noEmit: true,
      jsx: "react-jsx",
      module: "nodenext",
      target: "es2022",
      lib: ["es2024", "dom", "dom.iterable", "dom.asynciterable"],
      types: [],
      exactOptionalPropertyTypes: true,
    };
    await writeFile(join(shop, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["shop.tsx"] }));
    const complaints = await run(join(root, "node_modules/.bin/tsc"), ["--project", shop]).then(
      () => "",
      (error: { stdout?: string }) => error.stdout || String(error),
    );
    expect(complaints).toBe("");
  });
});

const renderProgram = `import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { StanchionProvider, useStanchion, WaitingRoom } from "@stanchion/react";
const options = { publishableKey: "pk_test_1", baseUrl: "https://line.test" };
const room = createElement(WaitingRoom, { queueId: "queue_1" });
const html = renderToString(createElement(StanchionProvider, { options }, room));
let stack = "";
try {
  renderToString(createElement(() => useStanchion()));
} catch (error) {
  stack = error.stack;
}
console.log(JSON.stringify([html, stack]));
`;

const typedProgram = `import { Stanchion } from "@stanchion/sdk";
import {
  DrawRoom, StanchionProvider, useAdmission, useExperience, useQueue, useSuspenseDraw, useSuspenseExperience, useSuspenseQueue,
  WaitingRoom,
} from "@stanchion/react";
const client = new Stanchion({ publishableKey: "pk_test_1", baseUrl: "https://line.test" });
function Place() {
  const { phase, position, enter, actionError } = useQueue("queue_1");
  const known = useSuspenseQueue("queue_1");
  // @ts-expect-error It is known by then.
  if (known.phase === "loading") return null;
  // @ts-expect-error There is no such code.
  if (actionError?.code === "QUEUE_EXPLODED") return null;
  const { secondsLeft } = useAdmission("queue_1");
  // @ts-expect-error It is known by then.
  if (useSuspenseDraw("draw_1").phase === "loading") return null;
  const { name }: { name: string } = useSuspenseExperience("exp_1").experience;
  // @ts-expect-error It may not be known yet.
  const products: readonly { name: string }[] = useExperience("exp_1").experience.products;
  const token: string | undefined = known.admission?.token;
  return <button onClick={() => void enter({ waitForOpening: true })}>{phase} {position} {secondsLeft} {token} {name} {products.length}</button>;
}
export const page = (
  <StanchionProvider client={client}>
    <Place />
    <WaitingRoom queueId="queue_1" waiting={({ position }) => <b>{position}</b>} />
    <DrawRoom drawId="draw_1" waiting={({ draw }) => <b>{draw?.entries}</b>} />
    {/* @ts-expect-error There is no such part. */}
    <WaitingRoom queueId="queue_1" waitingg={() => null} />
  </StanchionProvider>
);
// @ts-expect-error A client or options, one of them.
export const empty = <StanchionProvider />;
`;
