import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeLine, makeLineReceipt } from "../../verify/src/testing/make-line-proof.ts";

const program = new URL("./stanchion.ts", import.meta.url).pathname;
const line = makeLine(30);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "stanchion-verify-"));
  await write("proof.json", JSON.stringify(line.proof));
  await write("leaves.ndjson", line.leaves.map((leaf) => `${leaf}\n`).join(""));
  await write("jwks.json", JSON.stringify(line.jwks));
  await write("receipt.json", JSON.stringify({ receipt: makeLineReceipt(line.proof.rules, 7) }));
});
afterAll(() => rm(folder, { recursive: true }));

describe("stanchion verify-line", () => {
  it("proves a saved opening, and says which rank the ticket has", async () => {
    const { code, out, err } = await run("proof.json", "--receipt", "receipt.json");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(
      /\n\nThe ticket has rank \d+; the order of the first 30 was drawn\.\n\nLevel: consistent\n/,
    );
  });

  it("names the step that is broken, and fails", async () => {
    await write(
      "other.ndjson",
      line.leaves
        .slice(1)
        .map((leaf) => `${leaf}\n`)
        .join(""),
    );
    const { code, out } = await run("proof.json", "--leaves", "other.ndjson");
    expect([code, out]).toEqual([1, expect.stringMatching(/NOT PROVEN: leaves\. .*\nNext: /)]);
  });

  it("judges nothing that is missing, and nothing from an address", async () => {
    expect(await run("none.json")).toMatchObject({ code: 3, out: "" });
    expect((await run("https://line.example.com/q/queue_1")).code).toBe(2);
  });
});

function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((done) => {
    execFile(process.execPath, [program, "verify-line", ...args], { cwd: folder }, (error, out, err) =>
      done({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

function write(name: string, text: string): Promise<void> {
  return writeFile(path.join(folder, name), text);
}
