import { execFile } from "node:child_process";
import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";

const program = new URL("./stanchion.ts", import.meta.url).pathname;

async function runIn(folder: string, ...args: string[]) {
  const { DATABASE_URL: _, STANCHION_SECRET: __, ...env } = process.env;
  return new Promise<{ code: number; out: string; err: string }>((done) => {
    execFile(
      process.execPath,
      [program, ...args],
      { env: { ...env, STANCHION_DATA: folder } },
      (error, out, err) => done({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

describe("stanchion where there is no database", () => {
  it.each([
    [["keys"]],
    [["members", "invite", "--organization", "Shop", "--email", "ada@example.com"]],
    [["limits", "--organization", "Shop"]],
    [["audit-log"]],
    [["verify-audit"]],
    [["explain", "req_1"]],
    [["maintenance"]],
    [["signing-keys", "rotate"]],
  ])("makes none: %j", async (args) => {
    const folder = await mkdtemp(path.join(tmpdir(), "stanchion-test-"));
    const { code, out, err } = await runIn(folder, ...args);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/^There is no database in \S+: say with STANCHION_DATA .* or with DATABASE_URL /);
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    [
      ["verify-draw", "proof.json", "--recipt", "8.json"],
      /^There is no option --recipt\. Did you mean --receipt\?$/,
      "verify-draw",
    ],
    [["keys", "--jsno"], /^There is no option --jsno\. Did you mean --json\?$/, "keys"],
    [["maintenance", "--mesage"], /^There is no option --mesage\. Did you mean --message\?$/, "maintenance"],
    [["signing-keys", "rotate", "--now"], /^There is no option --now\.$/, "signing-keys rotate"],
    [["init", "shop"], /^"shop" is one word too many\.$/, "init"],
    [["members"], /^members needs one more word\.$/, "members invite"],
    [["signing-keys", "turn"], /^There is no command "signing-keys turn"\.$/, "signing-keys rotate"],
  ])("says in a line what is wrong, and then how that command is used: %j", async (args, says, command) => {
    const { code, out, err } = await runIn("/nowhere", ...args);
    const [line, , usage] = err.split("\n");
    expect([code, out, line]).toEqual([2, "", expect.stringMatching(says)]);
    expect(usage).toMatch(new RegExp(`^Usage: stanchion ${command} `));
    expect(err).not.toContain("  audit-log ");
  });

  it("names the command that was probably meant", async () => {
    const { code, err } = await runIn("/nowhere", "verfy-draw", "proof.json");
    expect([code, err]).toEqual([
      2,
      `There is no command "verfy-draw". Did you mean verify-draw?\nNext: stanchion help tells all of them.\n`,
    ]);
  });

  it("prints what is wrong with the environment, and not how the command is used", async () => {
    vi.stubEnv("PORT", "none");
    const { code, err } = await runIn("/nowhere", "keys");
    vi.unstubAllEnvs();
    expect([code, err]).toEqual([2, expect.stringMatching(/^The environment cannot be used:\n {2}- PORT /)]);
    expect(err).not.toContain("Usage:");
  });

  it("lists the keys without a word for it, also with options", async () => {
    const { code, err } = await runIn("/nowhere", "keys", "--json");
    expect([code, err]).toEqual([1, expect.stringContaining("There is no database in /nowhere")]);
  });

  it.each([[["keys", "create", "--help"]], [["init", "-h"]], [["--help"]], [["start", "--help"]]])(
    "prints the usage: %j",
    async (args) => {
      const { code, out, err } = await runIn("/nowhere", ...args);
      expect([code, err]).toEqual([0, ""]);
      expect(out).toMatch(/^Usage: stanchion /);
    },
  );
});
