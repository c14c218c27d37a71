import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { errorOf, startTestServer, strangeId, type TestServer, type TestShop } from "../testing/index.ts";

const consumers = "/api/v1/consumers";
const takenEmail = {
  kind: "validation",
  type: "unique",
  expected: "unique_value",
  received: "duplicate_value",
  message: "validation.unique",
  path: [{ type: "object", key: "email" }],
};

describe("consumers", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
  });
  afterAll(() => server.stop());
  const fresh = async (): Promise<void> => {
    shop = await server.shop();
  };
  const create = (body: Record<string, unknown>, by: TestShop = shop) => by.call("POST", consumers, { body });
  const patch = (id: unknown, body: Record<string, unknown>, headers: Record<string, string> = {}) =>
    shop.call("PATCH", `${consumers}/${id}`, { body, headers });
  const read = (id: unknown) => shop.call("GET", `${consumers}/${id}`);
  const remove = (id: unknown) => shop.call("DELETE", `${consumers}/${id}`);
  const refresh = (at: TestServer, refreshToken: unknown) =>
    at.call("POST", "/api/v1/auth/refresh", {
      publishableKey: shop.publishableKey,
      body: { refreshToken },
    });
  const ownProfile = (at: TestServer, bearer: string) =>
    at.call("GET", `${consumers}/me`, { publishableKey: shop.publishableKey, bearer });

  describe("made", () => {
    it("need nothing, and have version 1, a place and an ETag", async () => {
      await fresh();
      const answer = await create({});
      const { id, createdAt } = answer.body;
      expect(answer.body).toEqual({
        id: expect.stringMatching(/^cons_[0-9a-z]{26}$/),
        email: null,
        name: null,
        metadata: {},
        version: 1,
        createdAt,
        updatedAt: createdAt,
      });
      expect(answer.headers.get("location")).toBe(`${consumers}/${id}`);
      expect(answer.headers.get("etag")).toBe('"1"');
      expect((await read(id)).body).toEqual({ ...answer.body, active: [] });
    });

    it("keep what they are given, the address in lower case", async () => {
      await fresh();
      const metadata = { "Kunde Nr.": "7 🎟️", empty: "", snake_case: "1" };
      const { body } = await create({ email: "O'Brien+Drop@Example.COM", name: "Ó Briain", metadata });
      expect(body).toMatchObject({ email: "o'brien+drop@example.com", name: "Ó Briain", metadata });
    });

    it("take the caller's own id, once, whoever has it", async () => {
      await fresh();
      const id = strangeId("consumer");
      expect((await create({ id })).body.id).toBe(id);
      expect(errorOf(await create({ id }))).toMatchObject({ code: "ALREADY_EXISTS", details: { id } });
      const other = await server.shop();
      expect(errorOf(await create({ id }, other)).code).toBe("ALREADY_EXISTS");
      await remove(id);
      expect(errorOf(await create({ id })).code).toBe("ALREADY_EXISTS");
    });

    it.each<[string, Record<string, unknown>, string, unknown[]]>([
      ["an address that is none", { email: "not-an-email" }, "email", ["email"]],
      ["an address that is too long", { email: `${"a".repeat(255)}@b.example` }, "max_length", ["email"]],
      ["an address with two dots in a row", { email: "a..b@example.org" }, "email", ["email"]],
      ["an address that is not ASCII before the @", { email: "jürgen@example.org" }, "email", ["email"]],
      ["an empty name", { name: "" }, "min_length", ["name"]],
      ["a name of spaces", { name: " \u00a0" }, "pattern", ["name"]],
      [
        "51 members of metadata",
        { metadata: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`k${n}`, ""])) },
        "max_length",
        ["metadata"],
      ],
      ["a text that is too long", { metadata: { k: "x".repeat(501) } }, "max_length", ["metadata", "k"]],
      ["an empty key", { metadata: { "": "x" } }, "min_length", ["metadata", ""]],
      [
        "a name that no one can keep",
        { metadata: { constructor: "x" } },
        "pattern",
        ["metadata", "constructor"],
      ],
    ])("refuse %s", async (_, body, type, path) => {
      await fresh();
      const answer = await create(body);
      expect(answer.status).toBe(422);
      const [issue] = errorOf(answer).issues ?? [];
      expect(issue?.type).toBe(type);
      expect(issue?.path.map((step) => step.key)).toEqual(path);
    });
  });

  describe("with an address that is taken", () => {
    it("are refused however its host is written", async () => {
      await fresh();
      const made = await create({ email: "ada@Exämple.org" });
      expect(made.body.email).toBe("ada@xn--exmple-cua.org");
      for (const email of ["ada@exämple.org", "ADA@XN--EXMPLE-CUA.ORG"])
        expect(errorOf(await create({ email })).issues).toEqual([takenEmail]);
    });

    it("are refused in the contract's exact words, whatever the case", async () => {
      await fresh();
      await create({ email: "ada@example.com" });
      const answer = await create({ email: "Ada@Example.com" });
      expect(answer.status).toBe(422);
      expect(errorOf(answer)).toMatchObject({ error: "validation_error", code: "VALIDATION_ERROR" });
      expect(errorOf(answer).issues).toEqual([takenEmail]);
    });

    it("are refused on a change as well, but may keep their own", async () => {
      await fresh();
      await create({ email: "ada@example.com" });
      const { body } = await create({ email: "bob@example.com" });
      expect(errorOf(await patch(body.id, { email: "ADA@example.com" })).issues).toEqual([takenEmail]);
      expect((await patch(body.id, { email: "BOB@example.com" })).body.email).toBe("bob@example.com");
    });

    it("are fine elsewhere, and once the other is deleted", async () => {
      await fresh();
      const { body } = await create({ email: "ada@example.com" });
      expect((await create({ email: "ada@example.com" }, await server.shop())).status).toBe(201);
      await remove(body.id);
      expect((await create({ email: "ada@example.com" })).status).toBe(201);
    });
  });

  it("are changed by a merge patch under a version, metadata member by member", async () => {
    await fresh();
    const { body } = await create({ email: "a@example.com", name: "A", metadata: { keep: "1", go: "2" } });
    const changed = await patch(body.id, { name: null, metadata: { go: null, come: "3" } });
    expect(changed.body).toMatchObject({
      email: "a@example.com",
      name: null,
      metadata: { keep: "1", come: "3" },
      version: 2,
    });
    expect(changed.headers.get("etag")).toBe('"2"');
    expect((await patch(body.id, { metadata: null, email: null })).body).toMatchObject({
      email: null,
      metadata: {},
    });
    expect(errorOf(await patch(body.id, {}, { "If-Match": '"1"' }))).toMatchObject({
      code: "CONCURRENT_MODIFICATION",
      details: { version: 3 },
    });
    const full = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`k${n}`, ""]));
    await patch(body.id, { metadata: full });
    expect(errorOf(await patch(body.id, { metadata: { more: "" } })).issues).toMatchObject([
      { type: "max_length", expected: "50 members", received: "51 members" },
    ]);
  });

  describe("that are not there", () => {
    it("are 404, another organization's 403, deleted ones say so", async () => {
      await fresh();
      const { body } = await create({});
      const mine = shop;
      await fresh();
      for (const call of [read, remove, (id: unknown) => patch(id, {})]) {
        expect(errorOf(await call(body.id)).code).toBe("OTHER_ORGANIZATION");
        expect(errorOf(await call(strangeId("consumer"))).code).toBe("CONSUMER_NOT_FOUND");
        expect(errorOf(await call("cons_1")).code).toBe("CONSUMER_NOT_FOUND");
      }
      shop = mine;
      expect((await remove(body.id)).status).toBe(204);
      expect(errorOf(await read(body.id)).details).toEqual({ deleted: true });
      expect(errorOf(await remove(body.id)).details).toEqual({ deleted: true });
    });
  });

  describe("who take part", () => {
    it("show where, to the shop and to themselves, and cannot be deleted meanwhile", async () => {
      await fresh();
      const queue = await shop.queue();
      const fan = await shop.fan();
      const { entryId, enteredAt } = (await fan.enter(queue.id)).body;
      const active = [{ entryId, queueId: queue.id, status: "QUEUED", enteredAt }];
      expect((await read(fan.consumerId)).body.active).toEqual(active);
      expect((await fan.call("GET", `${consumers}/me`)).body).toMatchObject({ id: fan.consumerId, active });
      const kept = await remove(fan.consumerId);
      expect(kept.status).toBe(409);
      expect(errorOf(kept)).toMatchObject({
        code: "RESOURCE_IN_USE",
        details: { entries: 1, hint: expect.stringMatching("Deny the place or win") },
      });
      await fan.leave(queue.id);
      expect((await read(fan.consumerId)).body.active).toEqual([]);
      expect((await remove(fan.consumerId)).status).toBe(204);
    });

    it("in a line that was ended for all are active no more", async () => {
      await fresh();
      const queue = await shop.queue();
      const fan = await shop.fan();
      await fan.enter(queue.id);
      await shop.call("POST", `/api/v1/queues/${queue.id}/close`, { body: { drain: false } });
      expect((await read(fan.consumerId)).body.active).toEqual([]);
      expect((await remove(fan.consumerId)).status).toBe(204);
    });
  });

  describe("as they see themselves", () => {
    it("are there from their first session on, although nothing is written for them", async () => {
      await fresh();
      const fan = await shop.fan();
      const own = await fan.call("GET", `${consumers}/me`);
      expect(own.body).toMatchObject({ id: fan.consumerId, email: null, name: null, active: [] });
      expect(Math.abs(Date.now() - Date.parse(String(own.body.createdAt)))).toBeLessThan(60_000);
      expect(errorOf(await read(fan.consumerId)).code).toBe("CONSUMER_NOT_FOUND");
    });

    it("do not see what the shop notes of them", async () => {
      await fresh();
      const fan = await shop.fan();
      await create({ id: fan.consumerId, email: "fan@example.com", name: "Fan", metadata: { note: "x" } });
      const { body } = await fan.call("GET", `${consumers}/me`);
      expect(body).toMatchObject({ email: "fan@example.com", name: "Fan" });
      expect(Object.keys(body).sort()).toEqual(["active", "createdAt", "email", "id", "name"]);
    });

    it("are gone once the shop has deleted them: no token of theirs is good any more", async () => {
      await fresh();
      const fan = await shop.fan();
      const renewed = (await refresh(server, fan.tokens.refreshToken)).body;
      await create({ id: fan.consumerId });
      const other = await shop.fan();
      await remove(fan.consumerId);
      for (const bearer of [fan.tokens.accessToken, String(renewed.accessToken)])
        expect(errorOf(await ownProfile(server, bearer)).code).toBe("INVALID_TOKEN");
      for (const token of [renewed.refreshToken, fan.tokens.refreshToken])
        expect(errorOf(await refresh(server, token)).code).toBe("INVALID_TOKEN");
      expect((await ownProfile(server, other.tokens.accessToken)).status).toBe(200);
    });

    it("are refused in every process within two seconds of being deleted, and for good", async () => {
      await fresh();
      const second = await startTestServer({ isWorker: false, database: server.db });
      const queue = await shop.queue();
      const fan = await shop.fan();
      await create({ id: fan.consumerId });
      const { accessToken, refreshToken } = fan.tokens;
      const status = (by: TestServer) =>
        by.call("GET", `/api/v1/queues/${queue.id}/status`, {
          publishableKey: shop.publishableKey,
          bearer: accessToken,
        });
      expect(errorOf(await status(second)).code).toBe("NOT_IN_QUEUE");
      const began = performance.now();
      await remove(fan.consumerId);
      // What asks the database knows at once.
      expect(errorOf(await ownProfile(second, accessToken)).code).toBe("INVALID_TOKEN");
      const refused = await server.until(
        () => status(second),
        (answer) => answer.status === 401,
      );
      expect(performance.now() - began).toBeLessThan(2_000);
      expect(errorOf(refused).code).toBe("INVALID_TOKEN");
      expect(errorOf(await refresh(second, refreshToken)).code).toBe("INVALID_TOKEN");
      const third = await startTestServer({ isWorker: false, database: server.db });
      expect(errorOf(await status(third)).code).toBe("INVALID_TOKEN");
      await Promise.all([second.stop(), third.stop()]);
    });

    it("keep their session where another shop deletes a consumer of its own with their id", async () => {
      await fresh();
      const fan = await shop.fan();
      const other = await server.shop();
      await other.call("POST", consumers, { body: { id: fan.consumerId } });
      expect((await other.call("DELETE", `${consumers}/${fan.consumerId}`)).status).toBe(204);
      expect((await fan.call("GET", `${consumers}/me`)).status).toBe(200);
      expect((await refresh(server, fan.tokens.refreshToken)).status).toBe(200);
    });

    it("need a session of their own", async () => {
      await fresh();
      expect(errorOf(await shop.call("GET", `${consumers}/me`)).code).toBe("PUBLISHABLE_KEY_REQUIRED");
      const { publishableKey } = shop;
      expect(errorOf(await server.call("GET", `${consumers}/me`, { publishableKey })).code).toBe(
        "AUTHENTICATION_REQUIRED",
      );
    });
  });

  it("are listed newest first, page after page, by address and by name", async () => {
    await fresh();
    for (const name of ["Ada", "Bob", "Cyd"]) await create({ name, email: `${name}@example.com` });
    const found = async (query: string) =>
      ((await shop.call("GET", `${consumers}?${query}`)).body.data as { name: string }[]).map(
        ({ name }) => name,
      );
    const first = await shop.call("GET", `${consumers}?first=2`);
    expect(first.body.data).toMatchObject([{ name: "Cyd" }, { name: "Bob" }]);
    const { endCursor } = first.body.pageInfo as { endCursor: string };
    expect(await found(`after=${endCursor}`)).toEqual(["Ada"]);
    expect(await found("email=BOB@example.com")).toEqual(["Bob"]);
    expect(await found("search=d@EX")).toEqual(["Cyd"]);
    expect(await found("search=ada")).toEqual(["Ada"]);
    expect(errorOf(await shop.call("GET", `${consumers}?email=x`))).toMatchObject({
      code: "INVALID_PARAMETER",
      issues: [{ type: "email" }],
    });
  });
});
