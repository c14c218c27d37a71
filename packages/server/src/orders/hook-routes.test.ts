import { limits } from "@stanchion/contract";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { errorOf, startTestServer, strangeId, type TestServer, type TestShop } from "../testing/index.ts";

const hooks = "/api/v1/hooks";

describe("hooks", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    shop = await server.shop();
  });
  const create = (body: object, by: TestShop = shop) => by.call("POST", hooks, { body });

  it("of systems that sign by Standard Webhooks have a secret that is made and shown once", async () => {
    const answer = await create({ source: "hmac", description: "Till" });
    const { id, createdAt, secret } = answer.body;
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^hook_[0-9a-z]{26}$/),
      source: "hmac",
      url: `${server.url}${hooks}/${id}`,
      description: "Till",
      previousSecretEndsAt: null,
      secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
      version: 1,
      createdAt,
      updatedAt: createdAt,
    });
    const read = await shop.call("GET", `${hooks}/${id}`);
    const { secret: _, ...shown } = answer.body;
    expect([read.body, read.headers.get("etag")]).toEqual([shown, '"1"']);
    const log = await shop.call("GET", "/api/v1/audit-log?action=hook.created");
    expect(log.text).not.toContain(String(secret));
  });

  it("have ids that tell nothing: no time, and nothing in common", async () => {
    const made = await Promise.all(Array.from({ length: 8 }, () => create({ source: "hmac" })));
    const starts = made.map(({ body }) => String(body.id).slice("hook_".length, "hook_".length + 8));
    expect(new Set(starts).size).toBe(8);
  });

  it.each(["shopify", "stripe"])("of %s take its secret, and never show it", async (source) => {
    const secret = `the secret that ${source} has`;
    const made = await create({ source, secret });
    expect([made.status, made.body.secret]).toEqual([201, undefined]);
    const rotated = await shop.call("POST", `${hooks}/${made.body.id}/rotate-secret`, {
      body: { secret: `${secret}, new`, overlapSeconds: 60 },
    });
    expect(rotated.body).toMatchObject({ version: 2, previousSecretEndsAt: expect.any(String) });
    for (const { text } of [made, rotated, await shop.call("GET", hooks)]) expect(text).not.toContain(secret);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["a shop system's without its secret", { source: "stripe" }, "required"],
    ["one whose secret is made, and a secret", { source: "hmac", secret: "my own" }, "pattern"],
    ["a shop system's with an empty secret", { source: "shopify", secret: "" }, "min_length"],
  ])("are refused: %s", async (_, body, type) => {
    const answer = await create(body);
    expect(errorOf(answer).issues).toMatchObject([{ type, path: [{ key: "secret" }] }]);
    expect(answer.text).not.toContain("my own");
  });

  it("are as many as an organization may have, also when many are made at once", async () => {
    const answers = await Promise.all(
      Array.from({ length: limits.hooksMax + 5 }, () => create({ source: "hmac" })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(limits.hooksMax);
    expect(errorOf(await create({ source: "hmac" }))).toMatchObject({
      code: "INVALID_STATE",
      details: { state: "HOOKS_FULL", limit: limits.hooksMax },
    });
  });

  it("are gone once deleted, and nobody else's to see", async () => {
    const { body } = await create({ source: "hmac" });
    const path = `${hooks}/${body.id}`;
    expect(errorOf(await (await server.shop()).call("GET", path)).code).toBe("OTHER_ORGANIZATION");
    expect((await shop.call("DELETE", path)).status).toBe(204);
    expect(errorOf(await shop.call("GET", path)).details).toEqual({ deleted: true });
    expect(errorOf(await shop.call("GET", `${hooks}/${strangeId("hook")}`)).code).toBe("HOOK_NOT_FOUND");
  });
});
