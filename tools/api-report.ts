/**
 * npm run api-report: writes what whoever installs a package can see of it, a file for each way in, into packages/…/api; with
 * --check it only says whether they are as the sources are. So a change of the public API is a change that a reviewer reads.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { settleFolder } from "./api-report/settle-folder.ts";
import { writeReports } from "./api-report/write-reports.ts";
import { writeTypes } from "./pack/write-types.ts";

const root = dirname(import.meta.dirname);
const packages = ["sdk", "react", "verify"];
const isCheck = process.argv.includes("--check");

const stale = (await Promise.all(packages.map(reportPackage))).flat();
if (stale.length === 0) console.log("The reports of the public API are up to date.");
else if (!isCheck)
  console.log(`Written: ${stale.join(", ")}. Next: read what has changed, and npx changeset`);
else {
  console.error(
    `The public API has changed, or is about to, and ${stale.join(", ")} ${stale.length === 1 ? "does" : "do"} not say so. ` +
      "Run npm run api-report, read what it changes as somebody who has the package installed, and commit it with a changeset.",
  );
  process.exitCode = 1;
}

/** Writes the reports of one package, or only compares them; answers those that were not up to date. */
async function reportPackage(name: string): Promise<string[]> {
  const manifest = await readFile(join(root, "packages", name, "package.json"), "utf8");
  const { exports } = JSON.parse(manifest) as { exports: Readonly<Record<string, string>> };
  const types = await mkdtemp(join(tmpdir(), "stanchion-api-"));
  try {
    await writeTypes(root, name, Object.values(exports), types);
    const ways = Object.keys(exports);
    const entries = ways.map((way) => ({
      way: `@stanchion/${name}${way.slice(1)}`,
      file: join(types, name, (exports[way] ?? "").replace(/\.ts$/, ".d.ts")),
    }));
    const texts = await writeReports(entries, join(types, "contract"));
    const files = ways.map((way, index) => [`${way.slice(2) || "index"}.md`, texts[index] ?? ""] as const);
    const stale = await settleFolder(join(root, "packages", name, "api"), new Map(files), isCheck);
    return stale.map((file) => `packages/${name}/api/${file}`);
  } finally {
    await rm(types, { recursive: true, force: true });
  }
}
