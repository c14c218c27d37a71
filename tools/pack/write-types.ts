import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { promisify } from "node:util";

/** Whose types come along as files of one's own: it is not installed where the others are. */
const packagesInside = ["contract"];

/**
 * Writes the declarations of a package's entries, and of what of the contract they rest on, into `types`, as packages/…/src/….d.ts
 * without "packages/".
 *
 * @throws {Error} when they cannot be written
 */
export async function writeTypes(
  root: string,
  name: string,
  entries: readonly string[],
  types: string,
): Promise<void> {
  await mkdir(types, { recursive: true });
  const work = await mkdtemp(join(types, "work-"));
  const written = join(work, "types");
  const config = {
    extends: relative(work, join(root, "packages", name, "tsconfig.json")),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      rootDir: join(root, "packages"),
      paths: { "@stanchion/contract": [join(root, "packages/contract/src/index.ts")] },
      typeRoots: [join(root, "node_modules/@types")],
      outDir: written,
    },
    files: entries.map((entry) => join(root, "packages", name, entry)),
    include: [],
  };
  await writeFile(join(work, "tsconfig.json"), JSON.stringify(config));
  const tsc = join(root, "node_modules/.bin", process.platform === "win32" ? "tsc.cmd" : "tsc");
  const shell = process.platform === "win32";
  await promisify(execFile)(tsc, ["--project", work], { cwd: root, shell });
  for (const inside of [name, ...packagesInside])
    await cp(join(written, inside), join(types, inside), { recursive: true }).catch(ignoreMissing);
  await rm(work, { recursive: true });
  for (const file of await readdir(types, { recursive: true }))
    if (file.endsWith(".d.ts")) await pointInside(types, join(types, file));
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}

/** Declarations name sources and the contract's package; there is neither where they are installed. */
async function pointInside(types: string, file: string): Promise<void> {
  const contract = relative(dirname(file), join(types, "contract/src/index.js")).replaceAll(sep, "/");
  const text = (await readFile(file, "utf8"))
    .replaceAll(/(["'])(\.\.?\/[^"']+)\.ts\1/g, "$1$2.js$1")
    .replaceAll('"@stanchion/contract"', `"${contract.startsWith(".") ? contract : `./${contract}`}"`);
  await writeFile(file, text);
}
