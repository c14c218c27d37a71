/**
 * npm run build: makes packages of plain JavaScript that run without this repository, dist/stanchion (the server and the
 * command) and one for each library (dist/sdk, dist/react), and packs each as a .tgz. Node strips no types below node_modules,
 * so what is installed must have none.
 */
import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { buildLibrary } from "./pack/build-library.ts";
import { buildPackage } from "./pack/build-package.ts";
import { libraries } from "./pack/libraries.ts";

const root = dirname(import.meta.dirname);
const server = join(root, "dist", "stanchion");
const folderOf = (name: string): string => join(root, "dist", name);

await Promise.all([
  buildPackage(root, server),
  ...libraries.map((library) => buildLibrary(root, library, folderOf(library.folder))),
]);
const packedLibraries: string[] = [];
for (const { folder } of libraries) packedLibraries.push(`./dist/${await pack(folderOf(folder))}`);
const packedServer = await pack(server);
console.log(`Next: npm install ./dist/${packedServer} where it shall run, then npx stanchion start`);
console.log(`      npm install ${packedLibraries.join(" ")} in your shop, or those of them that it needs`);

async function pack(folder: string): Promise<string> {
  const { stdout } = await promisify(execFile)(
    "npm",
    ["pack", "--json", "--loglevel=error", "--pack-destination", dirname(folder)],
    { cwd: folder, shell: process.platform === "win32" },
  );
  const [packed] = JSON.parse(stdout) as [{ filename: string; entryCount: number; size: number }];
  const kilobytes = Math.round(packed.size / 1000);
  console.log(`dist/${packed.filename}: ${packed.entryCount} files, ${kilobytes} kB.`);
  return packed.filename;
}
