import { readdir, readFile } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { parseSync } from "rolldown/utils";
import { describeCycle, findCycles } from "./find-cycles.ts";

/** An import that the ranks of ARCHITECTURE.md forbid. Paths are relative to the root, with `/`. */
export interface Breach {
  readonly file: string;
  readonly line: number;
  readonly imported: string;
  readonly reason: string;
}

/** Which packages of ours each package may import. */
const packagesBelow: Record<string, readonly string[]> = {
  contract: [],
  verify: [],
  sdk: ["contract"],
  react: ["contract", "sdk"],
  element: ["contract", "sdk"],
  dashboard: ["contract", "verify", "sdk", "element"],
  server: ["contract", "dashboard"],
  cli: ["contract", "verify", "sdk", "server", "dashboard"],
};
/** Packages that run anywhere, browsers included, so that they have no Node below them. */
const packagesWithoutNode = ["contract", "verify", "sdk", "react", "element"];
/** The folders of packages/server/src from the top; what is not listed is the top itself. */
const serverRanks = [
  "orders",
  "distributions",
  "fairness",
  "carry",
  "admissions",
  "experiences",
  "catalog",
  "members",
  "identity",
  "delivery",
  "requests",
  "platform",
];
const serverTop = [
  "main.ts",
  "config.ts",
  "api.ts",
  "worker.ts",
  "index.ts",
  "start-server.ts",
  "prepare-database.ts",
  "server-secret.ts",
  "server-address.ts",
  "switch-maintenance.ts",
  "demo",
  "pages",
];
/** Folders whose subfolders are slices, each with a door of its own. */
const foldersOfSlices = ["distributions", "delivery", "platform"];
const unchecked = /(^|\/)(tests|tools|examples|testing)\/|\.test\.ts$/;

/**
 * Finds every import below `root`/packages that runs upwards, sideways, past a door or in a circle.
 * @example
 * for (const { file, line, imported, reason } of await findImportBreaches("."))
 *   console.log(`${file}:${line} imports ${imported}: ${reason}`);
 */
export async function findImportBreaches(root: string): Promise<Breach[]> {
  const imports = await readImports(root);
  const breaches = imports.flatMap((one) => {
    const reason = whyForbidden(one);
    return reason === null ? [] : [{ ...one, reason }];
  });
  return [...breaches, ...findPlatformCycles(imports)].map(({ file, line, imported, reason }) => {
    return { file, line, imported, reason };
  });
}

interface Import {
  readonly file: string;
  readonly line: number;
  readonly imported: string;
  /** The imported file, relative to the root; null for what is not written as a path. */
  readonly target: string | null;
}

async function readImports(root: string): Promise<Import[]> {
  const files = await listSources(root);
  const found = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(root, file), "utf8");
      return importsOf(file, text).map(({ imported, start }) => {
        const line = text.slice(0, start).split("\n").length;
        return { file, line, imported, target: resolveTarget(file, imported) };
      });
    }),
  );
  return found.flat();
}

async function listSources(root: string): Promise<string[]> {
  const entries = await readdir(join(root, "packages"), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.(ts|tsx|mjs|js)$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll(sep, "/"))
    .filter((file) => /^packages\/[^/]+\/src\//.test(file) && !file.includes("node_modules/"))
    .filter((file) => !unchecked.test(file))
    .sort();
}

function importsOf(file: string, text: string): { imported: string; start: number }[] {
  const { module, errors } = parseSync(file, text);
  if (errors[0] !== undefined) throw new Error(`${file}: ${errors[0].message}`);
  const named = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest),
    ...module.staticExports.flatMap(({ entries }) => entries.map(({ moduleRequest }) => moduleRequest)),
  ].flatMap((request) => (request ? [{ imported: request.value, start: request.start }] : []));
  const dynamic = module.dynamicImports.flatMap(({ moduleRequest: { start, end } }) => {
    const literal = /^["'`]([^$]*)["'`]$/.exec(text.slice(start, end))?.[1];
    return literal === undefined ? [] : [{ imported: literal, start }];
  });
  const byPlace = new Map([...named, ...dynamic].map((one) => [one.start, one]));
  return [...byPlace.values()];
}

function resolveTarget(file: string, imported: string): string | null {
  if (!imported.startsWith(".")) return null;
  return relative(".", resolve(dirname(file), imported)).replaceAll(sep, "/");
}

function whyForbidden({ file, imported, target }: Import): string | null {
  const from = packageOf(file);
  if (target === null) return whyPackageForbidden(from, imported);
  if (packageOf(target) !== from || !target.startsWith(`packages/${from}/src/`)) {
    return "a path must not leave its package; name the package instead";
  }
  return from === "server" ? whyServerImportForbidden(inServer(file), inServer(target)) : null;
}

function packageOf(path: string): string {
  return path.split("/")[1] ?? "";
}

function whyPackageForbidden(from: string, imported: string): string | null {
  if (imported.startsWith("node:") && packagesWithoutNode.includes(from)) {
    return `${from} runs anywhere, browsers too`;
  }
  const match = /^@stanchion\/([^/]+)(\/.*)?$/.exec(imported);
  if (match === null) return null;
  const [, to = "", deep] = match;
  if (!(packagesBelow[from] ?? []).includes(to)) return `${from} may not import ${to}`;
  return deep?.startsWith("/src/") ? `past the door of ${to}` : null;
}

function inServer(path: string): string {
  return path.slice("packages/server/src/".length);
}

function whyServerImportForbidden(file: string, target: string): string | null {
  const [from, to] = [placeOf(file), placeOf(target)];
  if (from === null) return `${file} has no rank in tools/check-imports.ts`;
  if (to === null) return `${target} has no rank in tools/check-imports.ts`;
  if (from.slice === to.slice) return null;
  if (from.rank > to.rank) return `upwards, from ${from.slice} to ${to.slice}`;
  const isSideways =
    from.rank === to.rank && from.folder === "distributions" && from.slice !== "distributions";
  if (isSideways) return `sideways, from ${from.slice} to ${to.slice}`;
  return target === to.door ? null : `past the door of ${to.slice}, which is ${to.door}`;
}

interface Place {
  readonly rank: number;
  readonly folder: string;
  readonly slice: string;
  /** The one file that other slices may import. */
  readonly door: string;
}

function placeOf(path: string): Place | null {
  const [folder = "", second = ""] = path.split("/");
  if (serverTop.includes(folder)) return { rank: 0, folder: "", slice: "the top", door: path };
  const rank = serverRanks.indexOf(folder) + 1;
  if (rank === 0) return null;
  const isInSlice = foldersOfSlices.includes(folder) && !second.endsWith(".ts");
  if (isInSlice) {
    return { rank, folder, slice: `${folder}/${second}`, door: `${folder}/${second}/index.ts` };
  }
  // A single file of platform/ is its own door.
  if (folder === "platform") return { rank, folder, slice: path, door: path };
  return { rank, folder, slice: folder, door: `${folder}/index.ts` };
}

/** Slices of platform/ may import each other, but never in a circle. */
function findPlatformCycles(imports: readonly Import[]): Breach[] {
  const between = imports.flatMap((one) => {
    if (one.target === null || !one.target.startsWith("packages/server/src/platform/")) return [];
    if (!one.file.startsWith("packages/server/src/platform/")) return [];
    const [from, to] = [placeOf(inServer(one.file)), placeOf(inServer(one.target))];
    return from === null || to === null || from.slice === to.slice
      ? []
      : [{ ...one, from: from.slice, to: to.slice }];
  });
  return findCycles(between).flatMap((cycle) => {
    const last = between.find(({ from, to }) => from === cycle.at(-1) && to === cycle[0]);
    return last === undefined ? [] : [{ ...last, reason: `a circle: ${describeCycle(cycle)}` }];
  });
}

if (import.meta.main) {
  const breaches = await findImportBreaches(dirname(import.meta.dirname));
  for (const { file, line, imported, reason } of breaches) {
    console.log(`${file}:${line} imports ${imported}: ${reason}`);
  }
  console.log(
    breaches.length === 0 ? "Imports run downwards only." : `${breaches.length} imports may not be.`,
  );
  process.exitCode = breaches.length === 0 ? 0 : 1;
}
