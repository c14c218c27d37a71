import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { errorCodes } from "@stanchion/contract";
import type { SeenExample } from "./example-of.ts";

const file = fileURLToPath(new URL("../../packages/contract/src/error-examples.json", import.meta.url));

/** Writes the examples in the order of the table. A code that was not reached this time keeps the example it has. */
export async function writeExamples(examples: ReadonlyMap<string, SeenExample>): Promise<string> {
  const earlier = JSON.parse(await readFile(file, "utf8").catch(() => "{}")) as Record<string, SeenExample>;
  const entries = errorCodes.flatMap((code): [string, SeenExample][] => {
    const example = examples.get(code) ?? earlier[code];
    return example === undefined ? [] : [[code, example]];
  });
  await writeFile(file, `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`);
  return file;
}
