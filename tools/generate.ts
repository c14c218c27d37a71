/**
 * npm run generate: writes what is made from the contract; with --check it only says whether that is up to date.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { errorTable } from "@stanchion/contract";
import { findBrokenPromises, releasedCodes } from "../packages/contract/src/released-codes.ts";
import { generatedFiles } from "./generate/generated-files.ts";

const isCheck = process.argv.includes("--check");
const stale: string[] = [];

for (const { file, text } of generatedFiles()) {
  const present = await readFile(file, "utf8").catch(() => null);
  if (present === text) continue;
  stale.push(file);
  if (isCheck) continue;
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
}

const broken = findBrokenPromises(releasedCodes, errorTable);
if (broken.length > 0) {
  console.error(`The error table breaks what was released:\n${broken.map((line) => `  ${line}`).join("\n")}`);
  process.exit(1);
}
if (isCheck && stale.length > 0) {
  console.error(`Not up to date: ${stale.join(", ")}. Run npm run generate and commit what it writes.`);
  process.exit(1);
}
console.log(stale.length === 0 ? "Everything generated is up to date." : `Written: ${stale.join(", ")}`);
