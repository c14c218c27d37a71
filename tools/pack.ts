/**
 * npm run build: makes dist/stanchion, one package of plain JavaScript that runs without this repository, and packs
 * it as dist/stanchion-<version>.tgz. Node strips no types below node_modules, so what is installed must have none.
 */
import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { buildPackage } from "./pack/build-package.ts";

const root = dirname(import.meta.dirname);
const folder = join(root, "dist", "stanchion");

await buildPackage(root, folder);
const { stdout } = await promisify(execFile)(
  "npm",
  ["pack", "--json", "--loglevel=error", "--pack-destination", dirname(folder)],
  { cwd: folder, shell: process.platform === "win32" },
);
const [packed] = JSON.parse(stdout) as [{ filename: string; entryCount: number; size: number }];
const kilobytes = Math.round(packed.size / 1000);
console.log(`dist/${packed.filename}: ${packed.entryCount} files, ${kilobytes} kB.`);
console.log(`Next: npm install ./dist/${packed.filename} where it shall run, then npx stanchion start`);
