import { execFile } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer, type TestShop } from "../../server/src/testing/index.ts";

const main = new URL("./main.ts", import.meta.url).pathname;

describe("the commands that make an organization and its first owner", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
  });
  afterAll(() => server.stop());

  const run = (more: Record<string, string>, ...args: string[]) =>
    new Promise<{ code: number; out: string; err: string }>((done) => {
      const { PORT: _, PUBLIC_URL: __, ...env } = process.env;
      const own = {
        DATABASE_URL: server.db.url,
        STANCHION_SECRET: "a secret of the tests, long enough to be one",
        STANCHION_DATA: server.server.config.dataFolder,
      };
      execFile(process.execPath, [main, ...args], { env: { ...env, ...own, ...more } }, (error, out, err) =>
        done({ code: error === null ? 0 : Number(error.code), out, err }),
      );
    });
  const origins = [
    "https://shop.example",
    "https://*.shop.example",
    "http://localhost:5173",
    "https://*.example",
    "*",
    "https://shop.example/",
    `https://${"a".repeat(300)}.example`,
  ];

  it("takes the very origins that the API takes, and no others", async () => {
    const taken = { byCommand: [] as string[], byApi: [] as string[] };
    for (const origin of origins) {
      const made = await run(
        {},
        "init",
        "--name",
        `With ${origin}`.slice(0, 100),
        "--origin",
        origin,
        "--json",
      );
      if (made.code === 0) taken.byCommand.push(origin);
      else expect(made.err).toMatch(/^--origin cannot be used: .* Given was: /);
      const body = { allowedOrigins: [origin] };
      const changed = await shop.call("PATCH", "/api/v1/organizations/current", { body });
      if (changed.status === 200) taken.byApi.push(origin);
      if (made.code !== 0) continue;
      const { secretKey: bearer } = JSON.parse(made.out) as { secretKey: string };
      const current = await server.call("GET", "/api/v1/organizations/current", { bearer });
      expect(current.body.allowedOrigins).toEqual([origin]);
    }
    expect(taken.byCommand).toEqual(taken.byApi);
    expect(taken.byApi).toEqual(origins.slice(0, 3));
  });

  it("needs a name that can be seen", async () => {
    expect(await run({}, "init", "--name", "  ")).toMatchObject({
      code: 2,
      err: "init needs --name NAME.\n",
    });
    const long = await run({}, "init", "--name", "a".repeat(201));
    expect(long.err).toContain("--name cannot be used: name must have at most 200 characters.");
  });

  it("invites by the name of an organization, and says the truth where there is none", async () => {
    const { name } = (await shop.call("GET", "/api/v1/organizations/current")).body;
    const invite = (organization: string) =>
      run({}, "members", "invite", "--organization", organization, "--email", "named@example.com", "--json");
    expect(JSON.parse((await invite(String(name))).out)).toMatchObject({ email: "named@example.com" });
    const refused = {
      code: 2,
      err: "There is no organization Nowhere in this database. keys list shows their ids.\n",
    };
    expect(await invite("Nowhere")).toMatchObject(refused);
    const faulty = ["--organization", "Nowhere", "--email", "nobody", "--role", "king"];
    const { err } = await run({}, "members", "invite", ...faulty);
    expect(err).toMatch(/^There is no organization Nowhere .*\n--(email|role) .*\n--(email|role) .*\n$/);
  });

  it("makes none under another secret than the database was made under", async () => {
    const STANCHION_SECRET = "another secret, and long enough to be one";
    const { code, out, err } = await run({ STANCHION_SECRET }, "init", "--name", "Shop");
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/^STANCHION_SECRET is not the secret that this database was made under/);
  });

  it("tells an invited owner the address where the server listens, whatever port that is", async () => {
    const invite = async (more: Record<string, string> = {}) => {
      const email = `owner-${Math.random()}@example.com`;
      const asked = ["--organization", shop.organizationId, "--email", email, "--json"];
      const { out, err } = await run(more, "members", "invite", ...asked);
      expect(err).toBe("");
      return String((JSON.parse(out) as { guide: string }).guide);
    };
    const guide = "/docs/guides/members-and-roles";
    expect(await invite()).toBe(server.url + guide);
    expect(await invite({ PUBLIC_URL: "https://line.example" })).toBe(`https://line.example${guide}`);
    // Beside no server the environment says where one would listen.
    const nowhere = { STANCHION_DATA: "/nowhere", HOST: "0.0.0.0", PORT: "4899" };
    expect(await invite(nowhere)).toBe(`http://127.0.0.1:4899${guide}`);
  });
});
