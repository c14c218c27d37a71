import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const run = promisify(execFile);

/** Ends without doing anything else. */
async function tell(tool: string, ...given: string[]) {
  const script = path.join(import.meta.dirname, `${tool}.ts`);
  try {
    const { stdout, stderr } = await run(process.execPath, [script, ...given]);
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

describe("a tool's options", () => {
  it.each(["bench", "conformance", "crowd", "fuzz", "torture"])(
    "npm run %s tells what it takes",
    async (tool) => {
      const { code, stdout, stderr } = await tell(tool, "--help");
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toContain(`npm run ${tool} -- [options]: `);
    },
  );

  it("says what it does not know, and what it does", async () => {
    const { code, stdout, stderr } = await tell("crowd", "--fan", "10");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("Unknown option '--fan'");
    expect(stderr).toContain("--fans N");
    expect(stderr).not.toContain("    at ");
  });

  it.each([
    [["--fans", "many"], '--fans takes a whole number from 1 to 131072, not "many".\n'],
    [["--fans", "0"], '--fans takes a whole number from 1 to 131072, not "0".\n'],
    [["--at-once", "1.5"], '--at-once takes a whole number of at least 1, not "1.5".\n'],
    [["--leave", "2"], "--leave takes a share from 0 to 1, such as 0.2.\n"],
  ])("refuses %j in a line", async (given, message) => {
    expect(await tell("crowd", ...given)).toEqual({ code: 2, stdout: "", stderr: message });
  });
});
