import { decodeId, limits, type RequestRecords } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { errorOf, startTestServer, strangeId, type TestServer, type TestShop } from "../testing/index.ts";
import { forgetOldRequests, readRequests } from "./index.ts";

describe("readRequest", () => {
  let server: TestServer;
  let other: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
    other = await startTestServer({ database: server.db, isWorker: false });
  });
  afterAll(async () => {
    await other.stop();
    await server.stop();
  });

  const read = async (shop: TestShop, requestId: string): Promise<RequestRecords> => {
    const answer = await shop.call("GET", `/api/v1/requests/${requestId}`);
    expect(answer.status).toBe(200);
    return answer.body as unknown as RequestRecords;
  };

  it("tells what was asked, what was answered and what stood in the way", async () => {
    const shop = await server.shop();
    const queue = await shop.queue({ capacity: 1, maxAdmissions: 1 });
    await shop.call("POST", `/api/v1/queues/${queue.id}/pause`);
    const [first, second] = await shop.fans(2);
    await first?.enter(queue.id);
    const refused = await second?.enter(`${queue.id}`);
    expect(refused?.status).toBe(409);
    const { requestId } = errorOf(refused as NonNullable<typeof refused>);
    const found = await read(shop, requestId);
    expect(found).toMatchObject({ requestId, hasMore: false });
    expect(found.requests).toHaveLength(1);
    expect(found.requests[0]).toEqual({
      answeredAt: expect.stringMatching(/^\d{4}-.*Z$/),
      tookMs: expect.any(Number),
      process: expect.stringMatching(new RegExp(`^${process.pid}-[0-9a-f]{4}$`)),
      asked: {
        method: "POST",
        path: `/api/v1/queues/${queue.id}/enter`,
        operation: "enterQueue",
        credential: "consumer_token",
        keyId: expect.stringMatching(/^key_/),
        keyName: "Publishable key",
        consumerId: second?.consumerId,
        memberId: null,
      },
      answered: {
        status: 409,
        error: "conflict",
        code: "QUEUE_FULL",
        message: expect.stringContaining("at most 1 may wait, and as many do. A place comes free"),
        todo: expect.any(String),
        details: { capacity: 1, limit: 1, hint: "A place comes free when someone leaves." },
        issues: [],
        retryable: false,
        docs: "/docs/errors/QUEUE_FULL",
        isReplay: false,
      },
      rateLimit: {
        class: "entry",
        limit: 1_000_000,
        windowSeconds: 60,
        countedPer: "consumer",
        remaining: 999_999,
        resetAt: expect.any(String),
      },
    });
  });

  it("keeps the issues of a body without what was received", async () => {
    const shop = await server.shop();
    const refused = await shop.call("POST", "/api/v1/queues", {
      body: { name: "", admitRate: 0, checkoutUrl: "https://user:pass@shop.example.com" },
    });
    expect(refused.status).toBe(422);
    const [kept] = (await read(shop, errorOf(refused).requestId)).requests;
    expect(kept?.asked).toMatchObject({ credential: "secret_key", keyName: "Secret key", consumerId: null });
    expect(kept?.answered.issues).toEqual([
      { type: "min_length", path: [{ type: "object", key: "name" }] },
      { type: "min_value", path: [{ type: "object", key: "admitRate" }] },
      { type: "format", path: [{ type: "object", key: "checkoutUrl" }] },
    ]);
    expect(JSON.stringify(kept)).not.toContain("pass");
  });

  it("gives the sentence of a refusal as it was answered, its hint whole", async () => {
    const shop = await server.shop();
    const body = { email: "grace@example.com", role: "owner" };
    const refused = errorOf(await shop.call("POST", "/api/v1/invitations", { body }));
    expect(String(refused.details.hint).length).toBeGreaterThan(120);
    const [kept] = (await read(shop, refused.requestId)).requests;
    expect(kept?.answered.message).toBe(refused.message);
  });

  it("keeps what a secret key changed, and says of other successes that they are not kept", async () => {
    const shop = await server.shop();
    const made = await shop.call("POST", "/api/v1/queues", { body: { name: "Drop", admitRate: 60 } });
    const [kept] = (await read(shop, made.headers.get("x-request-id") ?? "")).requests;
    expect(kept).toMatchObject({
      asked: { operation: "createQueue", path: "/api/v1/queues" },
      answered: { status: 201, error: null, code: null, message: null, docs: null },
    });
    const fan = await shop.fan();
    const entered = await fan.enter(String(made.body.id));
    expect(entered.status).toBe(201);
    const missing = await shop.call("GET", `/api/v1/requests/${entered.headers.get("x-request-id")}`);
    expect(errorOf(missing)).toMatchObject({
      code: "REQUEST_NOT_FOUND",
      message: expect.stringContaining("not every request is kept"),
    });
  });

  it("finds every request under a caller's own id, newest first, and says when there are more than it shows", async () => {
    const shop = await server.shop();
    const headers = { "X-Request-Id": "order-4711" };
    for (const id of [strangeId("queue"), "no-id"])
      await shop.call("GET", `/api/v1/queues/${id}`, { headers });
    const two = await read(shop, "order-4711");
    expect(two.requests.map(({ asked }) => asked.path)).toEqual([
      "/api/v1/queues/{queueId}",
      expect.stringMatching(/^\/api\/v1\/queues\/queue_/),
    ]);
    expect(two.hasMore).toBe(false);
    for (let count = 0; count < limits.requestsShownMax; count += 1)
      await shop.call("GET", `/api/v1/queues/${strangeId("queue")}`, { headers });
    const many = await read(shop, "order-4711");
    expect(many.requests).toHaveLength(limits.requestsShownMax);
    expect(many.hasMore).toBe(true);
    const times = many.requests.map(({ answeredAt }) => answeredAt);
    expect(times).toEqual([...times].sort().reverse());
  });

  it("shows an organization its own requests only, and a mode its own", async () => {
    const shop = await server.shop();
    const stranger = await server.shop();
    const headers = { "X-Request-Id": "shared-id" };
    await shop.call("GET", `/api/v1/queues/${strangeId("queue")}`, { headers });
    const asked = await stranger.call("GET", "/api/v1/requests/shared-id");
    expect(asked.status).toBe(404);
    await stranger.call("GET", `/api/v1/experiences/${strangeId("experience")}`, { headers });
    const found = await read(stranger, "shared-id");
    expect(found.requests.map(({ asked: { operation } }) => operation)).toEqual(["readExperience"]);
    const organizationId = decodeId("organization", stranger.organizationId) ?? "";
    const asLive = { tenant: { organizationId, isLive: true }, publicUrl: null };
    expect((await readRequests(server.db.database.kysely, "shared-id", asLive)).requests).toEqual([]);
  });

  it.each(["req_", "a b", "ä", "x".repeat(65), "%00"])(
    "answers 404 to %j, which can be no id",
    async (id) => {
      const shop = await server.shop();
      const answer = await shop.call("GET", `/api/v1/requests/${encodeURIComponent(id)}`);
      expect(answer.status).toBe(404);
      expect(errorOf(answer).code).toBe("REQUEST_NOT_FOUND");
    },
  );

  it("finds what another process answered", async () => {
    const shop = await server.shop();
    const elsewhere = await fetch(`${other.url}/api/v1/queues/${strangeId("queue")}`, {
      headers: { Authorization: `Bearer ${shop.secretKey}` },
    });
    const requestId = elsewhere.headers.get("x-request-id") ?? "";
    const found = await server.until(
      () => shop.call("GET", `/api/v1/requests/${requestId}`),
      (answer) => answer.status === 200,
    );
    expect(found.body).toMatchObject({ requests: [{ asked: { operation: "readQueue" } }] });
  });

  it("gives a refused token to the organization of its publishable key, and other failed credentials to nobody", async () => {
    const shop = await server.shop();
    const { publishableKey } = shop;
    const forged = await server.call("POST", `/api/v1/queues/${strangeId("queue")}/enter`, {
      publishableKey,
      bearer: "forged",
    });
    expect((await read(shop, errorOf(forged).requestId)).requests[0]).toMatchObject({
      asked: { credential: "consumer_token", keyId: expect.stringMatching(/^key_/), consumerId: null },
      answered: { status: 401, code: "INVALID_TOKEN" },
    });
    const strange = await server.call("GET", "/api/v1/queues", {
      bearer: "sk_test_00000000000000000000000000000",
    });
    const { requestId } = errorOf(strange);
    expect((await shop.call("GET", `/api/v1/requests/${requestId}`)).status).toBe(404);
    const byOperator = await readRequests(server.db.database.kysely, requestId, {
      tenant: null,
      publicUrl: null,
    });
    expect(byOperator.requests).toMatchObject([
      { organizationId: null, isLive: null, asked: { credential: "secret_key", keyId: null } },
    ]);
    expect(JSON.stringify(byOperator)).not.toContain("sk_test_0");
  });

  it("shows the refusal that an Idempotency-Key brings back", async () => {
    const shop = await server.shop();
    const body = { id: strangeId("queue"), name: "Drop", admitRate: 60 };
    await shop.call("POST", "/api/v1/queues", { body });
    const headers = { "Idempotency-Key": "again" };
    const first = await shop.call("POST", "/api/v1/queues", { body, headers });
    const second = await shop.call("POST", "/api/v1/queues", { body, headers });
    expect([first.status, second.status]).toEqual([409, 409]);
    const found = await read(shop, errorOf(first).requestId);
    expect(found.requests.map(({ answered }) => [answered.code, answered.isReplay])).toEqual([
      ["ALREADY_EXISTS", true],
      ["ALREADY_EXISTS", false],
    ]);
  });

  it("keeps neither tokens, keys and queries nor texts that the database cannot hold", async () => {
    const shop = await server.shop();
    const queue = await shop.queue();
    const fan = await shop.fan();
    await fan.enter(queue.id);
    const again = await fan.enter(queue.id);
    expect(again.status).toBe(409);
    const [kept] = (await read(shop, errorOf(again).requestId)).requests;
    expect(kept?.answered.details).toMatchObject({
      queueId: queue.id,
      status: expect.any(String),
      ticket: 1,
    });
    expect(kept?.answered.details).not.toHaveProperty("lineToken");
    expect(kept?.answered.details).not.toHaveProperty("admission");
    const strange = await shop.call("POST", "/api/v1/queues", {
      rawBody: `{"name":"x","admitRate":1,"a\\u0000\\ud800":1,"${shop.secretKey}":1}`,
    });
    const [other] = (await read(shop, errorOf(strange).requestId)).requests;
    expect(other?.answered.code).toBe("UNKNOWN_FIELD");
    const query = await shop.call("GET", "/api/v1/queues?password=hunter2");
    const [third] = (await read(shop, errorOf(query).requestId)).requests;
    expect(third?.asked.path).toBe("/api/v1/queues");
    const pasted = await shop.call("GET", `/api/v1/queues/${shop.secretKey}`);
    const [fourth] = (await read(shop, errorOf(pasted).requestId)).requests;
    expect(fourth?.asked.path).toBe("/api/v1/queues/{queueId}");
    const all = JSON.stringify([kept, other, third, fourth]);
    for (const secret of [shop.secretKey, fan.tokens.accessToken, "hunter2"])
      expect(all).not.toContain(secret);
  });

  it("forgets after seven days by the clock of the database", async () => {
    const shop = await server.shop();
    const answer = await shop.call("GET", `/api/v1/queues/${strangeId("queue")}`);
    const { requestId } = errorOf(answer);
    await read(shop, requestId);
    const count = () =>
      server.db.query<{ count: number }>("select count(*) as count from requests where request_id = $1", [
        requestId,
      ]);
    await server.advance(limits.requestsKeptSeconds * 1000 - 60_000);
    await forgetOldRequests(server.db.database);
    await read(shop, requestId);
    await server.advance(limits.requestsKeptSeconds * 1000 + 60_000);
    expect((await shop.call("GET", `/api/v1/requests/${requestId}`)).status).toBe(404);
    expect(await count()).toEqual([{ count: 1 }]);
    await forgetOldRequests(server.db.database);
    expect(await count()).toEqual([{ count: 0 }]);
    await server.advance(0);
  });
});
