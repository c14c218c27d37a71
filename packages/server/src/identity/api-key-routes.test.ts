import { scopeNames } from "@stanchion/contract";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  addKey,
  errorOf,
  startTestServer,
  type TestAnswer,
  type TestServer,
  type TestShop,
} from "../testing/index.ts";

const apiKeys = "/api/v1/api-keys";
const queues = "/api/v1/queues";

describe("API keys as resources", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    shop = await server.shop();
  });

  const create = (settings: Record<string, unknown> = {}, bearer = shop.secretKey) =>
    server.call("POST", apiKeys, { bearer, body: { name: "Till", kind: "secret", ...settings } });
  const made = async (settings: Record<string, unknown> = {}) => {
    const answer = await create(settings);
    expect(answer.status).toBe(201);
    return answer.body as Record<string, unknown> & { id: string; key: string; scopes: string[] };
  };
  const ask = (bearer: string) => server.call("GET", queues, { bearer });
  const rotate = (id: string, overlapSeconds: number, bearer = shop.secretKey) =>
    server.call("POST", `${apiKeys}/${id}/rotate`, { bearer, body: { overlapSeconds } });
  const revoke = (id: string, body?: object) =>
    shop.call("POST", `${apiKeys}/${id}/revoke`, body === undefined ? {} : { body });
  const code = (answer: TestAnswer): string => errorOf(answer).code;
  const issues = (answer: TestAnswer) =>
    errorOf(answer).issues?.map(({ type, path }) => [type, ...path.map(({ key }) => key)]);
  const ownKey = async (of = shop) => {
    const { body } = await of.call("GET", `${apiKeys}?kind=secret&search=Secret`);
    const [own] = body.data as (Record<string, unknown> & { id: string })[];
    if (own === undefined) throw new Error("the first key is not in the list");
    return own;
  };
  const listed = async (query = "") => {
    const { body } = await shop.call("GET", `${apiKeys}${query}`);
    return (body.data as { name: string }[]).map(({ name }) => name);
  };

  it("are made with a key that is shown once and works at once", async () => {
    const answer = await create();
    const { key, ...shown } = answer.body;
    expect(answer.status).toBe(201);
    expect(answer.headers.get("location")).toBe(`${apiKeys}/${shown.id}`);
    expect(answer.headers.get("etag")).toBe('"1"');
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(key).toMatch(/^sk_test_[0-9A-Za-z]{36}$/);
    expect(shown).toMatchObject({
      name: "Till",
      kind: "secret",
      mode: "test",
      scopes: ["*"],
      status: "ACTIVE",
      hint: `${String(key).slice(0, 12)}…${String(key).slice(-4)}`,
      expiresAt: null,
      lastUsedAt: null,
      revokedAt: null,
      previous: [],
      version: 1,
    });
    expect((await shop.call("GET", `${apiKeys}/${shown.id}`)).body).toEqual(shown);
    expect((await ask(String(key))).status).toBe(200);
  });

  it("stand nowhere with more than their hash, the answers of repeats neither", async () => {
    const headers = { "Idempotency-Key": "one-till" };
    const body = { name: "Till", kind: "secret" };
    const first = await shop.call("POST", apiKeys, { body, headers });
    const again = await shop.call("POST", apiKeys, { body, headers });
    expect([again.text, again.headers.get("idempotent-replayed")]).toEqual([first.text, "true"]);
    const tables = await server.db.query<{ text: string }>(
      `select query_to_xml('select * from ' || quote_ident(tablename), true, false, '')::text as text
       from pg_tables where schemaname = 'public'`,
    );
    const secret = String(first.body.key).slice(12, -4);
    expect(tables.map(({ text }) => text).filter((text) => text.includes(secret))).toEqual([]);
    const texts = await Promise.all(
      [apiKeys, `${apiKeys}/${first.body.id}`].map(async (path) => (await shop.call("GET", path)).text),
    );
    for (const text of texts) expect(text).not.toContain(secret);
  });

  it("are listed newest first in their own mode, by kind, state and name", async () => {
    const till = await made({ name: "Till" });
    await made({ name: "Tablet", kind: "publishable" });
    await made({ name: "Short", expiresAt: new Date(Date.now() + 60_000).toISOString() });
    await revoke(till.id);
    const other = await addKey(server.db, shop, { kind: "secret", isLive: true, name: "Live" });
    expect((await listed()).slice(0, 3)).toEqual(["Short", "Tablet", "Till"]);
    expect(await listed("?status=REVOKED")).toEqual(["Till"]);
    expect((await listed("?kind=publishable")).sort()).toEqual(["Publishable key", "Tablet"]);
    expect((await listed("?status=ACTIVE&search=T")).sort()).toEqual(["Secret key", "Short", "Tablet"]);
    const { body } = await shop.call("GET", `${apiKeys}?first=2`);
    const { endCursor, hasNextPage } = body.pageInfo as { endCursor: string; hasNextPage: boolean };
    expect(hasNextPage).toBe(true);
    expect((await listed(`?first=2&after=${endCursor}`))[0]).toBe("Till");
    await server.advance(61_000);
    expect(await listed("?status=EXPIRED")).toEqual(["Short"]);
    const inLive = await server.call("GET", apiKeys, { bearer: other.key });
    expect(
      (inLive.body.data as { name: string; mode: string }[]).map(({ name, mode }) => [name, mode]),
    ).toEqual([["Live", "live"]]);
    expect(code(await server.call("GET", `${apiKeys}/${till.id}`, { bearer: other.key }))).toBe(
      "API_KEY_NOT_FOUND",
    );
  });

  it("have names of their own in the organization, in both modes, until they are revoked", async () => {
    const till = await made();
    expect(issues(await create())).toEqual([["unique", "name"]]);
    await addKey(server.db, shop, { kind: "secret", isLive: true, name: "Live" });
    expect(issues(await create({ name: "Live" }))).toEqual([["unique", "name"]]);
    const other = await made({ name: "Other" });
    const rename = (name: string) => shop.call("PATCH", `${apiKeys}/${other.id}`, { body: { name } });
    expect(issues(await rename("Till"))).toEqual([["unique", "name"]]);
    expect((await rename("Other")).status).toBe(200);
    await revoke(till.id);
    expect((await rename("Till")).body).toMatchObject({ name: "Till", version: 3 });
    expect((await shop.call("PATCH", `${apiKeys}/${till.id}`, { body: { name: "Till" } })).status).toBe(200);
  });

  it("are refused with every fault at once", async () => {
    const settings = {
      mode: "live",
      kind: "publishable",
      scopes: ["queues:read"],
      expiresAt: "2020-01-01T00:00:00Z",
    };
    await made();
    expect(issues(await create(settings))).toEqual([
      ["unique", "name"],
      ["enum", "mode"],
      ["max_length", "scopes"],
      ["min_value", "expiresAt"],
    ]);
    expect(issues(await create({ scopes: ["queues:read", "everything"] }))).toEqual([["enum", "scopes", 1]]);
    expect(issues(await create({ scopes: [] }))).toEqual([["min_length", "scopes"]]);
  });

  it("belong to nobody else", async () => {
    const [till, other] = [await made(), await server.shop()];
    for (const [method, path, body] of [
      ["GET", "", undefined],
      ["PATCH", "", { name: "Mine" }],
      ["POST", "/rotate", { overlapSeconds: 0 }],
      ["POST", "/revoke", {}],
    ] as const)
      expect(
        code(await other.call(method, `${apiKeys}/${till.id}${path}`, body === undefined ? {} : { body })),
      ).toBe("OTHER_ORGANIZATION");
    expect((await ask(till.key)).status).toBe(200);
  });

  describe("with scopes", () => {
    it("can do what these say, and are told what they lack", async () => {
      const till = await made({ scopes: ["queues:read", "queues:read"] });
      expect(till.scopes).toEqual(["queues:read"]);
      expect((await ask(till.key)).status).toBe(200);
      const refused = await server.call("POST", queues, { bearer: till.key, body: {} });
      expect(errorOf(refused)).toMatchObject({
        error: "forbidden",
        code: "INSUFFICIENT_SCOPE",
        details: { scope: "queues:write" },
        retryable: false,
      });
      expect(refused.status).toBe(403);
      expect(refused.headers.get("x-ratelimit-remaining")).not.toBeNull();
    });

    it("are asked for them where a publishable key would do as well", async () => {
      const till = await made({ scopes: ["queues:read"] });
      const guest = await server.call("POST", "/api/v1/auth/guest", { bearer: till.key });
      expect(errorOf(guest)).toMatchObject({
        code: "INSUFFICIENT_SCOPE",
        details: { scope: "sessions:write" },
      });
      const { publishableKey } = shop;
      expect((await server.call("POST", "/api/v1/auth/guest", { publishableKey })).status).toBe(201);
    });

    it("make no keys unless that is named", async () => {
      const till = await made();
      const refused = await create({ name: "Another" }, till.key);
      expect(errorOf(refused)).toMatchObject({
        code: "INSUFFICIENT_SCOPE",
        details: { scope: "keys:write" },
      });
      const maker = await made({ name: "Maker", scopes: ["*", "keys:write"] });
      expect((await create({ name: "Another" }, maker.key)).status).toBe(201);
    });

    it("hand on nothing that they have not: neither by a new key nor by rotating one", async () => {
      const few = ["keys:write", "queues:read"];
      const maker = await made({ name: "Maker", scopes: few });
      const more = await create({ name: "More", scopes: ["queues:read", "queues:write", "*"] }, maker.key);
      expect(errorOf(more)).toMatchObject({
        code: "INSUFFICIENT_SCOPE",
        details: { scope: "queues:write", scopes: ["queues:write", "*"] },
      });
      const mighty = await made({ name: "Mighty", scopes: ["*"] });
      expect(code(await rotate(mighty.id, 0, maker.key))).toBe("INSUFFICIENT_SCOPE");
      expect((await ask(mighty.key)).status).toBe(200);
      expect((await create({ name: "As much", scopes: few }, maker.key)).status).toBe(201);
      expect((await create({ name: "Page", kind: "publishable" }, maker.key)).body.scopes).toEqual([]);
      expect((await create({ name: "Unsaid" }, maker.key)).body.scopes).toEqual(["queues:read"]);
    });

    it("are all within the reach of the first key", async () => {
      const scopes = [...scopeNames];
      expect((await create({ scopes })).body.scopes).toEqual(scopes);
      expect((await ownKey()).scopes).toEqual(["*", "keys:write"]);
    });
  });

  describe("that are rotated", () => {
    it("go on under the old secret for as long as was asked for", async () => {
      const till = await made();
      const answer = await rotate(till.id, 3_600);
      const { key, ...rotated } = answer.body;
      expect(answer.status).toBe(200);
      expect(rotated).toMatchObject({
        id: till.id,
        name: "Till",
        version: 2,
        previous: [{ hint: till.hint, lastUsedAt: null }],
      });
      expect(rotated.hint).not.toBe(till.hint);
      for (const bearer of [till.key, String(key)]) expect((await ask(bearer)).status).toBe(200);
      await server.advance(3_600_000);
      expect(code(await ask(till.key))).toBe("KEY_REVOKED");
      expect((await ask(String(key))).status).toBe(200);
      expect((await shop.call("GET", `${apiKeys}/${till.id}`)).body.previous).toEqual([]);
    });

    it("without overlap are refused under the old secret at once, in this process", async () => {
      const till = await made();
      expect((await ask(till.key)).status).toBe(200);
      const { key } = (await rotate(till.id, 0)).body;
      expect(code(await ask(till.key))).toBe("KEY_REVOKED");
      expect((await ask(String(key))).status).toBe(200);
    });

    it("again give no old secret more time than it had", async () => {
      const till = await made();
      await rotate(till.id, 60);
      const { previous } = (await rotate(till.id, 3_600)).body as { previous: { endsAt: string }[] };
      const ends = previous.map(({ endsAt }) => Date.parse(endsAt)).sort((a, b) => a - b);
      expect(ends).toHaveLength(2);
      expect((ends[1] ?? 0) - (ends[0] ?? 0)).toBeGreaterThan(3_000_000);
      expect((await rotate(till.id, 0)).body.previous).toEqual([]);
      for (let count = 0; count < 9; count += 1) expect((await rotate(till.id, 3_600)).status).toBe(200);
      expect(errorOf(await rotate(till.id, 3_600))).toMatchObject({
        code: "INVALID_STATE",
        details: { state: "ROTATING", secrets: 10 },
      });
    });

    it("keep their idempotency keys: a call that is repeated under the new secret is done once", async () => {
      const till = await made();
      const body = { name: "Night drop", admitRate: 60 };
      const headers = { "Idempotency-Key": "across-the-rotation" };
      const first = await server.call("POST", queues, { bearer: till.key, body, headers });
      const bearer = String((await rotate(till.id, 0)).body.key);
      const again = await server.call("POST", queues, { bearer, body, headers });
      expect([again.text, again.headers.get("idempotent-replayed")]).toEqual([first.text, "true"]);
    });

    it("can be the one that asks", async () => {
      const own = await ownKey();
      const { key } = (await rotate(own.id, 0)).body;
      expect(code(await shop.call("GET", queues))).toBe("KEY_REVOKED");
      expect((await ask(String(key))).status).toBe(200);
    });

    it("must be good: neither revoked nor expired", async () => {
      const [gone, over] = [
        await made({ name: "Gone" }),
        await made({ name: "Over", expiresAt: new Date(Date.now() + 5_000_000_000).toISOString() }),
      ];
      await revoke(gone.id);
      await server.advance(5_000_000_000);
      const states = [await rotate(gone.id, 0), await rotate(over.id, 0)].map(
        (answer) => errorOf(answer).details,
      );
      expect(states).toMatchObject([{ state: "REVOKED" }, { state: "EXPIRED" }]);
    });
  });

  describe("that are revoked", () => {
    it("are refused from now on, stay on the record, and stay as they are when it is repeated", async () => {
      const till = await made();
      expect((await ask(till.key)).status).toBe(200);
      const revoked = await revoke(till.id);
      expect(revoked.body).toMatchObject({ status: "REVOKED", version: 2, previous: [] });
      expect(code(await ask(till.key))).toBe("KEY_REVOKED");
      expect((await revoke(till.id)).body).toEqual(revoked.body);
      expect((await shop.call("GET", `${apiKeys}/${till.id}`)).body).toEqual(revoked.body);
    });

    it("take their old secrets with them", async () => {
      const till = await made();
      const { key } = (await rotate(till.id, 3_600)).body;
      await revoke(till.id);
      for (const bearer of [till.key, String(key)]) expect(code(await ask(bearer))).toBe("KEY_REVOKED");
    });

    it("are not the last secret key, nor the last that makes keys, unless that is meant", async () => {
      const own = await ownKey();
      expect(errorOf(await revoke(own.id)).details).toMatchObject({ state: "LAST_SECRET_KEY" });
      const till = await made();
      expect(errorOf(await revoke(own.id)).details).toMatchObject({ state: "LAST_KEY_THAT_MAKES_KEYS" });
      expect((await revoke(till.id)).status).toBe(200);
      const [publishable] = (await shop.call("GET", `${apiKeys}?kind=publishable`)).body.data as {
        id: string;
      }[];
      expect((await revoke(String(publishable?.id))).status).toBe(200);
      expect((await shop.call("GET", queues)).status).toBe(200);
      expect((await revoke(own.id, { evenIfLast: true })).body.status).toBe("REVOKED");
      expect(code(await shop.call("GET", queues))).toBe("KEY_REVOKED");
    });

    it("do not count on a key that ends within days", async () => {
      const own = await ownKey();
      const { createdAt } = await made({ name: "Now", kind: "publishable" });
      const soon = new Date(Date.parse(String(createdAt)) + 86_400_000).toISOString();
      const ending = await made({ name: "Ending", scopes: ["*", "keys:write"], expiresAt: soon });
      const answer = await server.call("POST", `${apiKeys}/${own.id}/revoke`, { bearer: ending.key });
      expect([answer.status, errorOf(answer).details.state]).toEqual([409, "LAST_SECRET_KEY"]);
    });

    it("cannot be revoked by a key that may do less", async () => {
      const own = await ownKey();
      const narrow = await made({ name: "Narrow", scopes: ["keys:write", "queues:read"] });
      const answer = await server.call("POST", `${apiKeys}/${own.id}/revoke`, { bearer: narrow.key });
      expect([answer.status, code(answer)]).toEqual([403, "INSUFFICIENT_SCOPE"]);
      expect((await shop.call("GET", queues)).status).toBe(200);
    });

    it("leave one where the last two are revoked at once", async () => {
      const [own, other] = [await ownKey(), await made({ name: "Other", scopes: ["*", "keys:write"] })];
      const answers = await Promise.all([
        revoke(own.id),
        server.call("POST", `${apiKeys}/${other.id}/revoke`, { bearer: other.key }),
      ]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    });
  });
});
