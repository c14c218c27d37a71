import { execFile } from "node:child_process";
import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";

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

  it.each([[["keys", "create", "--help"]], [["init", "-h"]], [["--help"]], [["start", "--help"]]])(
    "prints the usage: %j",
    async (args) => {
      const { code, out, err } = await runIn("/nowhere", ...args);
      expect([code, err]).toEqual([0, ""]);
      expect(out).toMatch(/^Usage: stanchion /);
    },
  );
});
