import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const run = promisify(execFile);
const module = new URL("./collect-seldom.ts", import.meta.url).href;

/** What a process says that runs this. V8 throws nothing at a flag that it does not know, and writes a line to standard error. */
async function said(script: string): Promise<string> {
  const { stderr } = await run(process.execPath, ["--input-type=module", "--eval", script]);
  return stderr;
}

it("sets flags that this V8 knows", async () => {
  expect(await said(`import { collectSeldom } from ${JSON.stringify(module)}; collectSeldom();`)).toBe("");
  const unknown = `import { setFlagsFromString } from "node:v8"; setFlagsFromString("--no-such-flag");`;
  expect(await said(unknown)).toContain("unrecognized flag --no-such-flag");
});
