import { writeFile } from "node:fs/promises";
import { makeVectorFiles } from "./make-vectors.ts";

const folder = new URL("../../vectors/", import.meta.url);

for (const [name, text] of Object.entries(await makeVectorFiles())) {
  await writeFile(new URL(name, folder), text);
  console.log(`packages/verify/vectors/${name}: ${text.length} characters`);
}
console.log("Next: python3 packages/verify/vectors/check.py");
