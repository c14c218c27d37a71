import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  errorOf,
  startTestServer,
  type TestAnswer,
  type TestServer,
  type TestShop,
} from "../testing/index.ts";

const current = "/api/v1/organizations/current";

describe("an organization's own settings", () => {
  let server: TestServer;
  let second: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    second = await startTestServer({ isWorker: false, database: server.db });
  });
  afterAll(async () => {
    await second.stop();
    await server.stop();
  });
  beforeEach(async () => {
    shop = await server.shop({ allowedOrigins: ["https://shop.example"] });
  });

  const patch = (body: object, headers: Record<string, string> = {}) =>
    shop.call("PATCH", current, { body, headers });
  const fromPage = (asked: TestServer, origin: string) =>
    asked.call("POST", "/api/v1/auth/guest", {
      publishableKey: shop.publishableKey,
      headers: { Origin: origin },
    });
  const issues = (answer: TestAnswer) =>
    errorOf(answer).issues?.map(({ type, path }) => [type, ...path.map(({ key }) => key)]);

  it("are read by a secret key", async () => {
    const answer = await shop.call("GET", current);
    expect([answer.status, answer.headers.get("etag")]).toEqual([200, '"1"']);
    expect(answer.body).toMatchObject({
      id: shop.organizationId,
      allowedOrigins: ["https://shop.example"],
      version: 1,
    });
  });

  it("are changed by a merge patch of the present version", async () => {
    const changed = await patch({ name: "Boots & Co" }, { "If-Match": '"1"' });
    expect([changed.status, changed.headers.get("etag")]).toEqual([200, '"2"']);
    expect(changed.body).toMatchObject({ name: "Boots & Co", allowedOrigins: ["https://shop.example"] });
    expect(errorOf(await patch({ name: "Late" }, { "If-Match": '"1"' }))).toMatchObject({
      code: "CONCURRENT_MODIFICATION",
      details: { version: 2 },
    });
    expect((await patch({ allowedOrigins: null })).body).toMatchObject({
      name: "Boots & Co",
      allowedOrigins: null,
      version: 3,
    });
    expect(issues(await patch({ name: null }))).toEqual([["required", "name"]]);
  });

  it("hold origins as browsers send them, each once, and at most 100", async () => {
    const allowedOrigins = ["https://*.shop.example", "http://localhost:5173", "https://*.shop.example"];
    expect((await patch({ allowedOrigins })).body.allowedOrigins).toEqual(allowedOrigins.slice(0, 2));
    const wrong = ["null", "https://ok.example", "*", "https://shop.example/", "https://*.com"];
    expect(issues(await patch({ allowedOrigins: wrong }))).toEqual(
      [0, 2, 3, 4].map((index) => ["format", "allowedOrigins", index]),
    );
    const many = Array.from({ length: 101 }, (_, index) => `https://shop${index}.example`);
    expect(issues(await patch({ allowedOrigins: many }))).toEqual([["max_length", "allowedOrigins"]]);
  });

  it("take effect in every process within two seconds, at once in this one", async () => {
    for (const asked of [server, second]) {
      expect((await fromPage(asked, "https://shop.example")).status).toBe(201);
      expect((await fromPage(asked, "https://www.shop.example")).status).toBe(403);
    }
    const began = performance.now();
    await patch({ allowedOrigins: ["https://*.shop.example"] });
    expect((await fromPage(server, "https://www.shop.example")).status).toBe(201);
    expect((await fromPage(server, "https://shop.example")).status).toBe(403);
    await second.until(
      () => fromPage(second, "https://www.shop.example"),
      ({ status }) => status === 201,
    );
    expect((await fromPage(second, "https://shop.example")).status).toBe(403);
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it("say to a page that is not let in what must be done", async () => {
    const { details } = errorOf(await fromPage(server, "https://evil-shop.example"));
    expect(details.hint).toContain("PATCH /api/v1/organizations/current");
  });

  it("are each organization's own", async () => {
    const other = await server.shop();
    expect((await patch({ name: "Mine" })).status).toBe(200);
    expect((await other.call("GET", current)).body).toMatchObject({ id: other.organizationId, version: 1 });
  });

  it("let a revoked key in nowhere within two seconds, whichever process has revoked it", async () => {
    const body = { name: "Till", kind: "secret" };
    const till = (await shop.call("POST", "/api/v1/api-keys", { body })).body as { id: string; key: string };
    const ask = (asked: TestServer) => asked.call("GET", current, { bearer: till.key });
    for (const asked of [server, second]) expect((await ask(asked)).status).toBe(200);
    const began = performance.now();
    await shop.call("POST", `/api/v1/api-keys/${till.id}/revoke`);
    expect((await ask(server)).status).toBe(401);
    const refused = await second.until(
      () => ask(second),
      ({ status }) => status === 401,
    );
    expect(errorOf(refused).code).toBe("KEY_REVOKED");
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});
