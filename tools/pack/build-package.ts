import { chmod, cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, extname, join, relative } from "node:path";
import { rolldown } from "rolldown";
import { bundleScript, type ScriptedPage } from "../../packages/dashboard/src/bundle-script.ts";

/** What a process starts with; everything that these import comes along. */
const entries = [
  "packages/cli/src/stanchion.ts",
  "packages/cli/src/main.ts",
  "packages/server/src/main.ts",
] as const;
const packagesInside = ["contract", "verify", "sdk", "element", "dashboard", "server", "cli"] as const;
/** The bundler has done its work when the package is made. */
const dependenciesLeftOut = ["rolldown"];
const filesCopied = ["LICENSE", "README.md", "CHANGELOG.md", "docs"];
const isSourceOnly = /(\.ts|schema\.sql\.txt|tsconfig\.json)$/;

interface Manifest {
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly dependencies?: Record<string, string>;
}

/**
 * Makes `folder` anew: the server and the command as JavaScript, in the same folders as the sources, with
 * the files they read beside them.
 * @throws {Error} when a source cannot be bundled
 */
export async function buildPackage(root: string, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await Promise.all([
    writeModules(root, folder),
    copyAssets(root, folder),
    writePageScript("waiting-page", folder),
    writePageScript("line-extras", folder),
    writePageScript("draw-page", folder),
    writePageScript("verify-page", folder),
    writeManifest(root, folder),
  ]);
  await chmod(join(folder, "packages/cli/src/stanchion.js"), 0o755);
}

async function writeModules(root: string, folder: string): Promise<void> {
  const isOurs = (id: string): boolean => /^[./]|^@stanchion\/|^[a-z]:/i.test(id);
  const bundle = await rolldown({
    input: entries.map((entry) => join(root, entry)),
    platform: "node",
    treeshake: false,
    external: (id) => !isOurs(id),
    logLevel: "silent",
  });
  await bundle.write({
    dir: folder,
    format: "esm",
    preserveModules: true,
    preserveModulesRoot: root,
    entryFileNames: "[name].js",
  });
  await bundle.close();
}

async function copyAssets(root: string, folder: string): Promise<void> {
  for (const name of packagesInside) {
    const sources = join(root, "packages", name, "src");
    for (const entry of await readdir(sources, { recursive: true, withFileTypes: true })) {
      const file = join(entry.parentPath, entry.name);
      if (!entry.isFile() || isSourceOnly.test(file)) continue;
      await copy(file, join(folder, relative(root, file)));
    }
  }
  for (const name of filesCopied) await copy(join(root, name), join(folder, name));
}

async function copy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await cp(from, to, { recursive: true, filter: (file) => extname(file) !== ".ts" });
}

async function writePageScript(page: ScriptedPage, folder: string): Promise<void> {
  const file = join(folder, `packages/dashboard/src/${page}/${page}.bundle.js`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, await bundleScript(page));
}

async function writeManifest(root: string, folder: string): Promise<void> {
  const { version, description, license } = await readManifest(join(root, "package.json"));
  const manifest = {
    name: "stanchion",
    version,
    description,
    license,
    type: "module",
    engines: { node: ">=24" },
    bin: { stanchion: "packages/cli/src/stanchion.js" },
    dependencies: await exactDependencies(root),
  };
  await writeFile(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** The versions that the tests ran with. */
async function exactDependencies(root: string): Promise<Record<string, string>> {
  const names = new Set<string>();
  for (const name of packagesInside) {
    const { dependencies = {} } = await readManifest(join(root, "packages", name, "package.json"));
    for (const dependency of Object.keys(dependencies)) names.add(dependency);
  }
  const wanted = [...names].filter(
    (name) => !name.startsWith("@stanchion/") && !dependenciesLeftOut.includes(name),
  );
  const exact: Record<string, string> = {};
  for (const name of wanted.sort())
    exact[name] = (await readManifest(join(root, "node_modules", name, "package.json"))).version;
  return exact;
}

async function readManifest(file: string): Promise<Manifest> {
  return JSON.parse(await readFile(file, "utf8")) as Manifest;
}
