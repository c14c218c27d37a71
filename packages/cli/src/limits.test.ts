import { execFile } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createOrganization } from "../../server/src/identity/index.ts";
import { startTestServer, type TestServer, type TestShop } from "../../server/src/testing/index.ts";

const main = new URL("./main.ts", import.meta.url).pathname;

describe("stanchion limits", () => {
  let server: TestServer;
  let second: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    second = await startTestServer({ isWorker: false, database: server.db });
    shop = await server.shop();
  });
  afterAll(async () => {
    await second.stop();
    await server.stop();
  });

  const run = (...args: string[]) =>
    new Promise<{ code: number; out: string; err: string }>((done) => {
      const env = {
        ...process.env,
        DATABASE_URL: server.db.url,
        STANCHION_SECRET: "a secret of the tests, long enough to be one",
        RATE_LIMITS: '{"general":{"limit":700,"windowSeconds":60}}',
      };
      execFile(process.execPath, [main, "limits", ...args], { env }, (error, out, err) =>
        done({ code: error === null ? 0 : Number(error.code), out, err }),
      );
    });
  const of = (...args: string[]) => run("--organization", shop.organizationId, ...args);
  const limitAt = async (asked: TestServer) =>
    (await asked.call("GET", "/api/v1/queues", { bearer: shop.secretKey })).headers.get("x-ratelimit-limit");

  it("shows what holds, whose numbers it is, and what can be done", async () => {
    const { code, out, err } = await of();
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^org_\S+ {2}"Shop /);
    expect(out).toMatch(/\nauthentication +10 +60 s +client address +as for everyone\n/);
    expect(out).toMatch(/\ngeneral +700 +60 s +consumer, else key and address +RATE_LIMITS, as set here\n/);
    expect(out.trimEnd().split("\n").at(-1)).toMatch(/^Next: /);
  });

  it("sets what holds in every process within two seconds, and takes it back", async () => {
    for (const asked of [server, second]) expect(await limitAt(asked)).toBe("1000000");
    const { code, out } = await of("--set", "general=200/60s", "--set", "guest=500/60");
    const began = performance.now();
    expect(code).toBe(0);
    expect(out).toMatch(/\ngeneral +200 +60 s .*this organization's own\n/);
    expect(out).toMatch(/\nguest +500 +60 s .*this organization's own\n/);
    for (const asked of [server, second])
      await asked.until(
        () => limitAt(asked),
        (limit) => limit === "200",
      );
    expect(performance.now() - began).toBeLessThan(2_000);
    const back = JSON.parse((await of("--unset", "general", "--json")).out);
    expect(back.rateLimits).toMatchObject({
      general: { limit: 700, setFor: "server" },
      guest: { limit: 500 },
    });
  });

  it("sets quotas beside what is used now, and takes them back", async () => {
    await shop.queue();
    const { code, out } = await of("--quota", "openQueues=20", "--quota", "deliveries=5000");
    expect(code).toBe(0);
    expect(out).toMatch(/\nopenQueues +20 +1 in test mode, 0 in live mode\n/);
    expect(out).toMatch(/\npeople +none +0 in test mode, 0 in live mode\n/);
    expect(out).toMatch(/\ndeliveries +5000 +0 in 24 hours\n/);
    const back = JSON.parse((await of("--unset-quota", "openQueues", "--json")).out);
    expect(back.quotas.live).toEqual({
      openQueues: { limit: null, used: 0 },
      people: { limit: null, used: 0 },
      deliveries: { limit: 5000, used: 0, resetsAt: null },
    });
  });

  it("stands in the audit log as the host's own doing", async () => {
    await of("--set", "webhook=5000/60");
    const { body } = await shop.call("GET", "/api/v1/audit-log?actor=host&action=organization.limited");
    expect(JSON.stringify(body)).toContain('"webhook":{"limit":5000,"windowSeconds":60}');
  });

  it("says where nothing has changed", async () => {
    await of("--set", "entry=9/10");
    expect((await of("--set", "entry=9/10")).out).toContain("nothing has changed");
  });

  it("finds an organization by its name, and asks for the id where two have it", async () => {
    const named = { name: "Boots & Co" };
    const first = await createOrganization(server.db.database, named);
    const found = JSON.parse((await run("--organization", named.name, "--json")).out);
    expect(found).toMatchObject({ organizationId: first.organizationId, name: named.name });
    const other = await createOrganization(server.db.database, named);
    const { code, err } = await run("--organization", named.name);
    expect(code).toBe(2);
    for (const { organizationId } of [first, other]) expect(err).toContain(organizationId);
  });

  it("names every fault at once, and changes nothing then", async () => {
    const faulty = ["general=0/60", "genral=1/60", "guest", "entry=5", "webhook=10/2h", "webhook=10/60"];
    const args = [...faulty.flatMap((given) => ["--set", given]), "--unset", "authentication"];
    const quotas = ["people=-1", "queues=3", "deliveries"].flatMap((given) => ["--quota", given]);
    args.push("--unset", "authentication", "--unset", "authentication", ...quotas, "--unset-quota", "people");
    const { code, err } = await run(...args);
    expect(code).toBe(2);
    expect(err.trimEnd().split("\n")).toEqual([
      "limits needs --organization, an id such as org_… or a name.",
      '--set general: the limit must be a whole number from 1 to 1000000000, not "0".',
      '--set knows the classes authentication, guest, entry, general, webhook; "genral" is none.',
      '--set takes CLASS=CALLS/SECONDS, such as general=200/60s, not "guest".',
      "--set entry: the window is missing, such as in entry=200/60s.",
      '--set webhook: the window must be 1 to 86400 whole seconds, not "2h".',
      "The class webhook is named twice.",
      "The class authentication is named twice.",
      '--quota people must be a whole number from 0 to 1000000000, not "-1".',
      '--quota knows the quotas openQueues, people, deliveries; "queues" is none.',
      '--quota takes QUOTA=NUMBER, such as people=100000, not "deliveries".',
      "The quota people is named twice.",
    ]);
    expect((await run("--organization", "org_01m8b892g9ft5v32c47h6nzxee")).err).toContain("no organization");
    expect(await of("--sett", "general=1/1")).toMatchObject({ code: 2, out: "" });
  });
});
