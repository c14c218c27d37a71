import { execFile } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createOrganization } from "../../server/src/identity/index.ts";
import { errorOf, startTestServer, type TestServer, type TestShop } from "../../server/src/testing/index.ts";

const main = new URL("./main.ts", import.meta.url).pathname;

describe("stanchion keys", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
  });
  afterAll(() => server.stop());

  const run = (...args: string[]) =>
    new Promise<{ code: number; out: string; err: string }>((done) => {
      const env = {
        ...process.env,
        DATABASE_URL: server.db.url,
        STANCHION_SECRET: "a secret of the tests, long enough to be one",
      };
      execFile(process.execPath, [main, "keys", ...args], { env }, (error, out, err) =>
        done({ code: error === null ? 0 : Number(error.code), out, err }),
      );
    });
  const made = async (...args: string[]) => {
    const { out, err } = await run("create", "--organization", shop.organizationId, "--json", ...args);
    expect(err).toBe("");
    return JSON.parse(out) as { id: string; key: string; scopes: string[]; mode: string };
  };
  const ask = (bearer: string) => server.call("GET", "/api/v1/api-keys", { bearer });

  it("lets in again who has revoked the last key", async () => {
    const lost = await server.shop();
    const [own] = (await lost.call("GET", "/api/v1/api-keys?kind=secret")).body.data as { id: string }[];
    const revoked = await run("revoke", String(own?.id));
    expect(revoked).toMatchObject({ code: 0, err: "" });
    expect(revoked.out).toContain("REVOKED");
    await server.until(
      () => ask(lost.secretKey),
      ({ status }) => status === 401,
    );
    const { out } = await run("create", "--organization", lost.organizationId, "--name", "Again", "--json");
    const again = JSON.parse(out) as { key: string };
    const body = { name: "And another", kind: "secret" };
    const another = await server.call("POST", "/api/v1/api-keys", { bearer: again.key, body });
    expect(another.status).toBe(201);
  });

  it("makes keys with what was asked for, and shows them as a person reads it", async () => {
    const few = await made("--name", "Few", "--live", "--scope", "queues:read,keys:read");
    expect(few).toMatchObject({ mode: "live", scopes: ["queues:read", "keys:read"] });
    expect((await ask(few.key)).status).toBe(200);
    const page = ["--organization", shop.organizationId, "--name", "Page", "--publishable"];
    const { out } = await run("create", ...page);
    expect(out).toMatch(
      /^key_\S+ {2}org_\S+ {2}publishable test ACTIVE .*"Page" {2}never used\nKey +pk_test_/,
    );
  });

  it("takes the name of an organization where there is one of that name alone", async () => {
    const { organizationId } = await createOrganization(server.db.database, { name: "Caps & Co" });
    const { out } = await run("create", "--organization", "Caps & Co", "--name", "By name", "--json");
    expect(JSON.parse(out)).toMatchObject({ organizationId, name: "By name" });
    const listed = await run("list", "--organization", "Caps & Co");
    expect(listed.out).toContain('"By name"');
    const other = await createOrganization(server.db.database, { name: "Caps & Co" });
    const { code, err } = await run("create", "--organization", "Caps & Co", "--name", "Which");
    expect(code).toBe(2);
    for (const id of [organizationId, other.organizationId]) expect(err).toContain(id);
  });

  it("rotates: the old one goes on for the overlap", async () => {
    const { id, key } = await made("--name", "Rotated");
    const { out } = await run("rotate", id, "--overlap", "600", "--json");
    const rotated = JSON.parse(out) as { id: string; key: string };
    expect(rotated.id).toBe(id);
    for (const bearer of [key, rotated.key]) expect((await ask(bearer)).status).toBe(200);
  });

  it("lists every key, and never one itself", async () => {
    const { out } = await run("list", "--organization", shop.organizationId);
    expect(out).toContain('"Secret key" *,keys:write');
    expect(out).not.toContain(shop.secretKey);
    expect(JSON.parse((await run("list", "--json")).out).length).toBeGreaterThan(2);
  });

  it("stands in the audit log as the host's own doing", async () => {
    await made("--name", "On the record");
    const { body } = await shop.call("GET", "/api/v1/audit-log?actor=host&action=api_key.created");
    expect(JSON.stringify(body)).toContain("On the record");
  });

  it.each([
    [["create", "--name", "N"], "--organization"],
    [
      ["create", "--organization", "org_x", "--name", "N"],
      "no organization org_x in this database. keys list",
    ],
    [["list", "--organization", "Nowhere"], "no organization Nowhere in this database. keys list"],
    [["rotate"], "signing-keys rotate"],
    [["rotate", "key_x", "--overlap", "0"], "id of one API key"],
    [["revoke", "key_01m8b892g9ft5v32c47h6nzxee"], "no such key"],
    [["rotate", "key_01m8b892g9ft5v32c47h6nzxee"], "--overlap"],
    [["lose"], "list, create, rotate or revoke"],
  ])("says what it needs: %j", async (args, words) => {
    const { code, err } = await run(...args);
    expect(code).toBe(2);
    expect(err).toContain(words);
  });

  it("refuses a name that is taken and a scope that there is not", async () => {
    const create = (...more: string[]) => run("create", "--organization", shop.organizationId, ...more);
    expect((await create("--name", "Secret key")).err).toContain("already");
    expect((await create("--name", "Odd", "--scope", "everything")).err).toContain("queues:read");
    expect((await create("--name", "Old", "--expires-at", "2020-01-01T00:00:00Z")).err).toContain("to come");
    expect(errorOf(await ask("sk_test_0000")).code).toBe("INVALID_TOKEN");
  });
});
