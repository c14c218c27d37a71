import { execFile } from "node:child_process";
import { decodeId } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { beginMaintenance, endMaintenance } from "../../server/src/switch-maintenance.ts";
import { startTestServer, type TestServer, type TestShop } from "../../server/src/testing/index.ts";

const main = new URL("./main.ts", import.meta.url).pathname;

describe("stanchion verify-audit", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
    await shop.queue();
    await shop.queue();
  });
  afterAll(() => server.stop());

  const run = (...args: string[]) => command("verify-audit", ...args);
  const command = (...args: string[]) =>
    new Promise<{ code: number; out: string; err: string }>((done) => {
      const env = {
        ...process.env,
        DATABASE_URL: server.db.url,
        STANCHION_SECRET: "a secret of the tests, long enough to be one",
      };
      execFile(process.execPath, [main, ...args], { env }, (error, out, err) =>
        done({ code: error === null ? 0 : Number(error.code), out, err }),
      );
    });

  it("says that every chain holds, the server's own too, and prints the heads; one that was noted is found again", async () => {
    const all = await run();
    expect(all).toMatchObject({ code: 0, err: "" });
    expect(all.out).toMatch(/^the server itself: rows 1 to 2 hold\n {2}head 2:[0-9a-f]{64}\n/);
    expect(all.out).toContain(`${shop.organizationId} test: rows 1 to 3 hold\n`);
    const head = /head (3:[0-9a-f]{64})/.exec(all.out)?.[1] ?? "";
    await shop.queue();
    const later = await run("--organization", shop.organizationId, "--noted", head, "--json");
    expect(JSON.parse(later.out)).toMatchObject({
      chains: [{ head: { number: 4 }, fault: null }],
      missing: [],
    });
    const lost = await run("--noted", `3:${"0".repeat(64)}`);
    expect([lost.code, lost.out]).toEqual([1, expect.stringContaining(`in none of these chains: 3:000`)]);
  });

  it("names the first row that does not hold, and fails", async () => {
    const other = await server.shop();
    await other.queue();
    await server.db.query(
      `update audit_records set actor_name = 'Nobody' where number = 2 and chain_id =
         (select id from audit_chains where organization_id = $1)`,
      [decodeId("organization", other.organizationId)],
    );
    const { code, out } = await run("--organization", other.organizationId);
    expect(code).toBe(1);
    expect(out).toMatch(/test: row 2 \(aud_[0-9a-z]{26}\) DOES NOT HOLD: it is not as it was written\n/);
    expect((await run("--organization", shop.organizationId)).code).toBe(0);
  });

  it("stands beside audit-log, which prints the server's own records and an organization's", async () => {
    await beginMaintenance(server.db.database, { retryAfterSeconds: 60, message: "New disks" });
    await endMaintenance(server.db.database);
    const linesOf = async (...args: string[]) => {
      const { code, out } = await command("audit-log", ...args);
      expect(code).toBe(0);
      return out
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line));
    };
    expect(await linesOf()).toMatchObject([
      { action: "signing_key.created", actor: { type: "system" }, after: { purpose: "admission" } },
      { action: "signing_key.created", organizationId: null, mode: null, after: { purpose: "fairness" } },
      { action: "maintenance.begun", actor: { type: "host" }, after: { message: "New disks" } },
      { action: "maintenance.ended", before: { message: "New disks" } },
    ]);
    const own = await linesOf("--organization", shop.organizationId);
    expect(own.map(({ number }) => number)).toEqual(own.map((_, index) => index + 1));
    expect(await linesOf("--organization", shop.organizationId, "--live")).toEqual([]);
    expect((await command("audit-log", "--live")).code).toBe(2);
  });

  it.each([
    ["--organization", "shop"],
    ["--noted", "3"],
    ["--rows", "3"],
  ])("refuses %s %s", async (...args) => {
    const { code, err } = await run(...args);
    expect(code).toBe(2);
    expect(err).toContain(args[0]);
  });
});
