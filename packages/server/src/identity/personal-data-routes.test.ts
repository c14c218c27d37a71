import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  accountCalls,
  codeCalls,
  errorOf,
  latestCode,
  startTestServer,
  type TestFan,
  type TestServer,
  type TestShop,
  testLine,
} from "../testing/index.ts";

const consumers = "/api/v1/consumers";

describe("personal data", () => {
  let server: TestServer;
  let other: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    other = await startTestServer({ isWorker: false, database: server.db });
  });
  afterAll(async () => {
    await other.stop();
    await server.stop();
  });
  beforeEach(async () => {
    shop = await server.shop();
  });
  const exported = (id: unknown, by: TestShop = shop) => by.call("GET", `${consumers}/${id}/export`);
  const erase = (id: unknown, by: TestShop = shop, headers: Record<string, string> = {}) =>
    by.call("POST", `${consumers}/${id}/erase`, { headers });
  const refreshAt = (at: TestServer, { tokens }: TestFan) =>
    at.call("POST", "/api/v1/auth/refresh", {
      publishableKey: shop.publishableKey,
      body: { refreshToken: tokens.refreshToken },
    });

  let word = "";
  let people = 0;
  /** A person with an address, an account, a purchase, a denial with a reason, and a code under way. */
  async function makePerson(): Promise<{ fan: TestFan; queueId: string }> {
    people += 1;
    word = `grace${people}x`;
    const email = `${word}@example.com`;
    const device = { "X-Fingerprint": `device-of-${word}` };
    const fan = await shop.fan();
    const { consumerId } = fan;
    const [bought, denied] = [await shop.queue(), await shop.queue({ name: "Second drop" })];
    await fan.enter(bought.id, device);
    await testLine(server.db, bought.id).tick();
    const complete = { body: { consumerId, orderId: `order-of-${word}` } };
    expect((await shop.call("POST", `/api/v1/queues/${bought.id}/complete`, complete)).status).toBe(200);
    const order = {
      ...{ queueId: bought.id, consumerId, externalId: `order-of-${word}`, paid: true },
      metadata: { note: `for ${word}` },
    };
    expect((await shop.call("POST", "/api/v1/orders", { body: order })).body.status).toBe("PAID");
    await fan.enter(denied.id, device);
    const deny = { body: { consumerId, reason: `${word} sold the place` } };
    expect((await shop.call("POST", `/api/v1/queues/${denied.id}/deny`, deny)).status).toBe(200);
    await fan.call("GET", "/api/v1/queues/queue_0/status");
    const body = { email, name: `Hopper ${word}`, metadata: { rank: `admiral-${word}` } };
    await shop.call("PATCH", `${consumers}/${consumerId}`, { body });
    expect((await refreshAt(server, fan)).status).toBe(200);
    const codes = codeCalls(server, shop);
    await codes.request(email);
    expect((await codes.verify(email, await latestCode(server, email))).status).toBe(200);
    await codes.request(email);
    const account = await accountCalls(server, shop).authorize(`subject-of-${word}`, {
      claims: { email, email_verified: true },
    });
    expect(account.body.resolution).toBe("linked");
    return { fan, queueId: bought.id };
  }

  describe("exported", () => {
    it("is everything that is kept of the person, and no token", async () => {
      const { fan, queueId } = await makePerson();
      const answer = await exported(fan.consumerId);
      expect(answer.body).toMatchObject({
        consumer: {
          id: fan.consumerId,
          email: `${word}@example.com`,
          name: `Hopper ${word}`,
          metadata: { rank: `admiral-${word}` },
          deletedAt: null,
          erasedAt: null,
        },
        accounts: [{ provider: "example", issuer: "https://id.example", subject: `subject-of-${word}` }],
        sessions: [{ endedAt: null }],
        entries: [
          { status: "DENIED", queueName: "Second drop", reason: `${word} sold the place`, admission: null },
          {
            queueId,
            status: "COMPLETED",
            reason: null,
            deviceHash: expect.stringMatching(/^[0-9a-f]+$/),
            admission: { status: "COMPLETED", orderId: `order-of-${word}` },
          },
        ],
        orders: [{ status: "PAID", externalId: `order-of-${word}`, metadata: { note: `for ${word}` } }],
        isCutShort: false,
      });
      const records = answer.body.requestRecords as { asked: { operation: string; consumerId: string } }[];
      expect(records.map(({ asked }) => asked.operation)).toEqual(
        expect.arrayContaining(["updateConsumer", "readEntry"]),
      );
      for (const { accessToken, refreshToken } of [fan.tokens]) {
        expect(answer.text).not.toContain(accessToken);
        expect(answer.text).not.toContain(refreshToken);
      }
      expect(answer.headers.get("cache-control")).toBe("no-store");
    });

    it("is there for a consumer who was deleted, and holds nothing of others", async () => {
      const { body: one } = await shop.call("POST", consumers, { body: { name: "One" } });
      await shop.call("POST", consumers, { body: { name: "Two" } });
      await shop.call("DELETE", `${consumers}/${one.id}`);
      const answer = await exported(one.id);
      expect(answer.body).toMatchObject({
        consumer: { name: "One", deletedAt: expect.any(String) },
        accounts: [],
        sessions: [],
        entries: [],
      });
      expect(answer.text).not.toContain("Two");
    });

    it("is the shop's own alone", async () => {
      const { body } = await shop.call("POST", consumers, { body: { name: "One" } });
      const stranger = await server.shop();
      expect(errorOf(await exported(body.id, stranger)).code).toBe("OTHER_ORGANIZATION");
      expect(errorOf(await erase(body.id, stranger)).code).toBe("OTHER_ORGANIZATION");
      expect(errorOf(await exported("cons_0")).code).toBe("CONSUMER_NOT_FOUND");
    });
  });

  describe("erased", () => {
    it("is nowhere in the database any more", async () => {
      const { fan } = await makePerson();
      const created = { email: `made.${word}@example.com`, name: word };
      const headers = { "Idempotency-Key": word };
      const { body: made } = await shop.call("POST", consumers, { body: created, headers });
      const batch = { consumers: [{ email: `batched.${word}@example.com`, name: word }] };
      const { body: batched } = await shop.call("POST", `${consumers}/batch`, { body: batch, headers });
      const [third] = batched.results as { consumer: { id: string } }[];
      const before = await findInDatabase(word);
      for (const table of [
        "consumers",
        "external_accounts",
        "entries",
        "admissions",
        "orders",
        "idempotency_keys",
      ])
        expect(before.join("\n")).toContain(`public.${table}:`);
      for (const id of [fan.consumerId, made.id, third?.consumer.id])
        expect((await erase(id)).status).toBe(200);
      expect(await findInDatabase(word)).toEqual([]);
    });

    it("leaves the stays as numbers, and every count as it was", async () => {
      const { fan, queueId } = await makePerson();
      const board = async () => {
        const { asOf: _, ...rest } = (await server.call("GET", `/api/v1/queues/${queueId}/now-serving`)).body;
        return rest;
      };
      const before = await board();
      expect((await erase(fan.consumerId)).body).toEqual({
        consumerId: fan.consumerId,
        erasedAt: expect.any(String),
        entriesKept: 2,
      });
      expect(await board()).toEqual(before);
      expect((await exported(fan.consumerId)).body).toMatchObject({
        consumer: { email: null, name: null, metadata: {}, erasedAt: expect.any(String) },
        accounts: [],
        sessions: [],
        entries: [
          { status: "DENIED", ticket: 1, reason: null, deviceHash: null },
          { status: "COMPLETED", ticket: 1, deviceHash: null, admission: { orderId: null } },
        ],
      });
      const read = await shop.call("GET", `${consumers}/${fan.consumerId}`);
      expect(errorOf(read)).toMatchObject({ code: "CONSUMER_NOT_FOUND", details: { deleted: true } });
    });

    it("ends the sessions, in another process within two seconds", async () => {
      const { fan } = await makePerson();
      const profileAt = (at: TestServer) =>
        at.call("GET", `${consumers}/me`, {
          publishableKey: shop.publishableKey,
          bearer: fan.tokens.accessToken,
        });
      expect((await profileAt(other)).status).toBe(200);
      const startedAtMs = performance.now();
      await erase(fan.consumerId);
      expect(errorOf(await profileAt(server)).code).toBe("INVALID_TOKEN");
      await other.until(
        () => profileAt(other),
        ({ status }) => status === 401,
      );
      expect(performance.now() - startedAtMs).toBeLessThan(2_000);
      expect(errorOf(await refreshAt(other, fan)).code).toBe("INVALID_TOKEN");
    });

    it("can be asked for again, and of a consumer who was deleted before; the address is free again", async () => {
      const body = { email: "again@example.com", name: "Again" };
      const { body: made } = await shop.call("POST", consumers, { body });
      await shop.call("DELETE", `${consumers}/${made.id}`);
      const first = await erase(made.id);
      expect(first.body).toMatchObject({ entriesKept: 0 });
      expect((await erase(made.id)).body).toEqual(first.body);
      expect((await shop.call("POST", consumers, { body })).status).toBe(201);
    });

    it("is not of somebody who waits or holds an admission", async () => {
      const fan = await shop.fan();
      const { id } = await shop.queue();
      await fan.enter(id);
      expect(errorOf(await erase(fan.consumerId))).toMatchObject({
        code: "RESOURCE_IN_USE",
        details: { entries: 1, hint: expect.stringMatching("Deny the place") },
      });
      await testLine(server.db, id).tick();
      expect(errorOf(await erase(fan.consumerId)).code).toBe("RESOURCE_IN_USE");
      await fan.leave(id);
      expect((await erase(fan.consumerId)).status).toBe(200);
    });

    it("frees the outside account for whoever comes back", async () => {
      const accounts = accountCalls(server, shop);
      const { body } = await accounts.exchange(await accounts.codeFor("comes-back"));
      const { consumerId } = body.session as { consumerId: string };
      const waiting = await accounts.codeFor("comes-back");
      await erase(consumerId);
      expect(errorOf(await accounts.exchange(waiting)).code).toBe("INVALID_TOKEN");
      expect((await accounts.authorize("comes-back")).body.resolution).toBe("created");
    });
  });

  /** Every row of every table that holds the text, bytes read as text too. */
  async function findInDatabase(text: string): Promise<string[]> {
    const tables = await server.db.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
       where schemaname not in ('pg_catalog', 'information_schema')`,
    );
    const found: string[] = [];
    for (const { name } of tables) {
      const rows = await server.db.query<{ row: string }>(`select t::text as row from ${name} t`);
      for (const { row } of rows) {
        const bytes = row.replace(/\\\\x([0-9a-f]+)/g, (_, hex: string) =>
          Buffer.from(hex, "hex").toString("latin1"),
        );
        if (`${row} ${bytes}`.toLowerCase().includes(text)) found.push(`${name}: ${row}`);
      }
    }
    return found;
  }
});
