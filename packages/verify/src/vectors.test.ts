import { execFile, spawnSync } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { makeVectorFiles } from "./testing/make-vectors.ts";

const folder = fileURLToPath(new URL("../vectors/", import.meta.url));
const hasPython = spawnSync("python3", ["--version"]).status === 0;

test("gives every published vector", async () => {
  const files = await makeVectorFiles();
  const published = (await readdir(folder)).filter((name) => name.endsWith(".json"));
  expect(published.sort()).toEqual(Object.keys(files).sort());
  for (const [name, text] of Object.entries(files)) {
    // Not by toBe: the difference of two such texts is nothing to look at.
    const isSame = (await readFile(join(folder, name), "utf8")) === text;
    expect(isSame, `${name} is another; what are published are never changed, only added to`).toBe(true);
  }
});

test.skipIf(!hasPython)("agrees with the implementation in Python on every vector", async () => {
  const { stdout } = await checkWithPython(folder);
  expect(stdout.match(/vectors hold/g)).toHaveLength(Object.keys(await makeVectorFiles()).length);
});

test.skipIf(!hasPython).each([
  ["draws.json", /"ranking": \[1,0/, `"ranking": [0,1`],
  ["draws.json", /"seed": "./, `"seed": "x`],
  ["lines.json", /"root": "./, `"root": "x`],
  ["shuffles.json", /"count": 9,/, `"count": 8,`],
  ["trees.json", /"path":\["./, `"path":["x`],
  ["logs.json", /"kind":"freeze"/, `"kind":"result"`],
  ["logs.json", /"leafHashes": \["./, `"leafHashes": ["x`],
  ["logs.json", /"from":2,"root":"./, `"from":2,"root":"x`],
  ["proofs.json", /"ranking": \[\d,/, `"ranking": [99,`],
  ["proofs.json", /"outcome":"LEFT"/, `"outcome":"COMPLETED"`],
  ["proofs.json", /"place": 8/, `"place": 9`],
  ["proofs.json", /"commitment": "./, `"commitment": "x`],
  ["receipts.json", /"salt":".{32}"/, `"salt":"${"0".repeat(32)}"`],
])("is contradicted by Python where %s has %s changed", async (name, found, changed) => {
  const copy = await mkdtemp(join(tmpdir(), "stanchion-vectors-"));
  onTestFinished(() => rm(copy, { recursive: true }));
  await cp(folder, copy, { recursive: true });
  const text = await readFile(join(copy, name), "utf8");
  expect(text).toMatch(found);
  await writeFile(join(copy, name), text.replace(found, changed));
  await expect(checkWithPython(copy)).rejects.toThrow(/the file has/);
});

async function checkWithPython(vectors: string) {
  return await promisify(execFile)("python3", [join(folder, "check.py"), vectors]);
}
