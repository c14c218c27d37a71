/** The SDK as `npm run build` makes it, installed in an empty folder far from the sources. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { buildLibrary } from "../tools/pack/build-library.ts";
import { libraries } from "../tools/pack/libraries.ts";

const run = promisify(execFile);
const root = dirname(import.meta.dirname);

export interface PackedSdk {
  /** The folder of a program that has it. */
  readonly shop: string;
  /** Again, where something of it was taken away. */
  install(): Promise<void>;
  remove(): Promise<void>;
}

export async function installPackedSdk(): Promise<PackedSdk> {
  const folder = await mkdtemp(join(tmpdir(), "stanchion-sdk-"));
  const shop = join(folder, "shop");
  const sdk = libraries.find((library) => library.folder === "sdk");
  if (sdk === undefined) throw new Error("The SDK is not among the libraries that are packed.");
  await buildLibrary(root, sdk, join(folder, "package"));
  await mkdir(shop);
  await writeFile(join(shop, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const install = async (): Promise<void> => {
    const quiet = ["--no-audit", "--no-fund", "--loglevel=error", "--prefer-offline", "--install-links"];
    await run("npm", ["install", ...quiet, "../package"], {
      cwd: shop,
      shell: process.platform === "win32",
    });
  };
  await install();
  return { shop, install, remove: () => rm(folder, { recursive: true, force: true }) };
}
