import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { rolldown } from "rolldown";
import type { Library } from "./libraries.ts";
import { writeTypes } from "./write-types.ts";

const typesFolder = "types";

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/**
 * Makes `folder` anew: a library as JavaScript that runs on Node 20, Deno, Bun, in Workers and for bundlers, with source maps that
 * hold their sources, and with its types. Types that rest on the contract's have them along.
 *
 * @throws {Error} when a source cannot be bundled, or its types not be written
 */
export async function buildLibrary(root: string, library: Library, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const sources = join(root, "packages", library.folder);
  const manifest = JSON.parse(await readFile(join(sources, "package.json"), "utf8")) as Manifest;
  const entries = Object.values(manifest.exports);
  const wholeFiles = library.wholeFiles.flatMap((way) => manifest.exports[way] ?? []);
  const others = entries.filter((entry) => !wholeFiles.includes(entry));
  await Promise.all([
    writeModules(sources, others, manifest, folder),
    ...wholeFiles.map((entry) => writeWholeFile(sources, entry, folder)),
    writeTypes(root, library.folder, entries, join(folder, typesFolder)),
    writeManifest(root, library, manifest, folder),
    cp(join(root, "LICENSE"), join(folder, "LICENSE")),
    cp(join(sources, "README.md"), join(folder, "README.md")),
  ]);
}

async function writeModules(sources: string, entries: readonly string[], manifest: Manifest, folder: string) {
  const needed = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  const bundle = await rolldown({
    input: entries.map((entry) => join(sources, entry)),
    platform: "neutral",
    external: (id) => needed.some((name) => id === name || id.startsWith(`${name}/`)),
    logLevel: "silent",
  });
  await bundle.write({
    dir: join(folder, "src"),
    format: "esm",
    preserveModules: true,
    preserveModulesRoot: join(sources, "src"),
    entryFileNames: "[name].js",
    chunkFileNames: "[name].js",
    sourcemap: true,
    sourcemapPathTransform: nameInRepository(join(sources, "../..")),
  });
  await bundle.close();
}

async function writeWholeFile(sources: string, entry: string, folder: string): Promise<void> {
  const bundle = await rolldown({ input: join(sources, entry), platform: "neutral", logLevel: "silent" });
  await bundle.write({
    file: join(folder, entry.replace(/\.ts$/, ".js")),
    codeSplitting: false,
    format: "esm",
    sourcemap: true,
    sourcemapPathTransform: nameInRepository(join(sources, "../..")),
  });
  await bundle.close();
}

/** The sources are in the map itself; their names are those of the repository, from which they came. */
function nameInRepository(root: string) {
  return (source: string, map: string): string =>
    `stanchion:///${relative(root, join(map, "..", source)).replaceAll(sep, "/")}`;
}

async function writeManifest(root: string, library: Library, manifest: Manifest, folder: string) {
  const typeDependencies = await Promise.all(
    library.typeDependencies.map(async (name) => [name, await versionOf(root, name)] as const),
  );
  const { name, version, license, exports, peerDependencies } = manifest;
  const dependencies = { ...manifest.dependencies, ...Object.fromEntries(typeDependencies) };
  const packed = {
    name,
    version,
    description: library.description,
    license,
    type: "module",
    sideEffects: false,
    engines: { node: ">=20" },
    exports: Object.fromEntries(
      Object.entries(exports).map(([way, entry]) => [way, waysTo(library.folder, entry)]),
    ),
    ...(Object.keys(dependencies).length === 0 ? {} : { dependencies }),
    ...(peerDependencies === undefined ? {} : { peerDependencies }),
  };
  await writeFile(join(folder, "package.json"), `${JSON.stringify(packed, null, 2)}\n`);
}

function waysTo(name: string, entry: string): { types: string; default: string } {
  return {
    types: entry.replace("./src/", `./${typesFolder}/${name}/src/`).replace(/\.ts$/, ".d.ts"),
    default: entry.replace(/\.ts$/, ".js"),
  };
}

async function versionOf(root: string, name: string): Promise<string> {
  const text = await readFile(join(root, "node_modules", name, "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
