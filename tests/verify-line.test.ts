/** What the command says of lines of the real server that have no drawn order to prove. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestServer, type TestServer, type TestShop } from "../packages/server/src/testing/index.ts";

const program = new URL("../packages/cli/src/stanchion.ts", import.meta.url).pathname;

describe("stanchion verify-line", () => {
  let server: TestServer;
  let shop: TestShop;
  let folder: string;
  beforeAll(async () => {
    [server, folder] = await Promise.all([startTestServer(), mkdtemp(join(tmpdir(), "stanchion-verify-"))]);
    shop = await server.shop();
  });
  afterAll(async () => {
    await server?.stop();
    await rm(folder, { recursive: true });
  });

  /** A line that admits one, two fans in it, and the receipt of the second in a file. */
  async function lineOfTwo(): Promise<{ readonly id: string; readonly receipt: string }> {
    const { id } = await shop.queue({ maxConcurrentAdmissions: 1, admitRate: 6_000 });
    const receipt = join(folder, `${id}.json`);
    for (const fan of await shop.fans(2))
      await writeFile(receipt, JSON.stringify((await fan.enter(id)).body));
    return { id, receipt };
  }

  test("checks receipt and log of a line in which nothing is drawn", async () => {
    const { id, receipt } = await lineOfTwo();
    const { code, out } = await run(`${server.url}/q/${id}`, "--receipt", receipt, "--json");
    const { steps, stage, standing } = JSON.parse(out);
    expect(steps.filter(({ holds }: { holds: boolean }) => !holds)).toEqual([]);
    expect([code, stage]).toEqual([3, "plain"]);
    expect(standing).toMatchObject({ ticket: 2, rank: 2, fate: { kind: "waiting" } });
  });

  test("tells whoever waited in a line that the operator ended that they were not served", async () => {
    const { id, receipt } = await lineOfTwo();
    await shop.call("POST", `/api/v1/queues/${id}/close`, { body: { drain: false } });
    const { out } = await run(`${server.url}/q/${id}`, "--receipt", receipt);
    expect(out).not.toContain("FAILS");
    expect(out).toMatch(/the operator ended the line at .*; this rank was not served\./);
  });
});

function run(...args: string[]): Promise<{ code: number; out: string }> {
  return new Promise((done) => {
    execFile(process.execPath, [program, "verify-line", ...args], (error, out) =>
      done({ code: error === null ? 0 : Number(error.code), out }),
    );
  });
}
