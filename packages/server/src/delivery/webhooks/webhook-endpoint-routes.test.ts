import { limits } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { errorOf, startTestServer, strangeId, type TestServer, type TestShop } from "../../testing/index.ts";

const hooks = "/api/v1/webhook-endpoints";
const url = "https://shop.example/hooks";
const events = ["queue.paused"];
const day = 86_400_000;

describe("webhook endpoints", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
  });
  afterAll(() => server.stop());
  const fresh = async (): Promise<void> => {
    shop = await server.shop();
  };
  const create = (body: Record<string, unknown> = {}) =>
    shop.call("POST", hooks, { body: { url, events, ...body } });
  const patch = (id: unknown, body: Record<string, unknown>) =>
    shop.call("PATCH", `${hooks}/${id}`, { body });
  const subscribed = async (): Promise<string[]> => {
    const [row] = await server.db.query<{ types: string[] }>(
      `select types from event_subscriptions s join organizations o on o.id = s.organization_id
       where o.created_at = (select max(created_at) from organizations)`,
    );
    return row?.types ?? [];
  };

  it("have defaults, a place, an ETag, and a secret of 32 bytes that is shown once", async () => {
    await fresh();
    const answer = await create();
    const { id, createdAt, secret } = answer.body;
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^whe_[0-9a-z]{26}$/),
      url,
      events,
      description: null,
      maxPerMinute: 1_000,
      maxPerBatch: 1,
      status: "ENABLED",
      disabledReason: null,
      failingSinceAt: null,
      previousSecretEndsAt: null,
      secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
      version: 1,
      createdAt,
      updatedAt: createdAt,
    });
    expect(answer.headers.get("location")).toBe(`${hooks}/${id}`);
    const read = await shop.call("GET", `${hooks}/${id}`);
    expect(read.headers.get("etag")).toBe('"1"');
    const { secret: _, ...shown } = answer.body;
    expect(read.body).toEqual(shown);
    expect((await shop.call("GET", hooks)).body).toMatchObject({ data: [shown] });
    const changed = await patch(id, { description: "Till" });
    expect(changed.text).not.toContain(String(secret));
    expect((await shop.call("GET", "/api/v1/audit-log")).text).not.toContain(String(secret));
  });

  it.each<[string, Record<string, unknown>, string, string]>([
    ["an address with a user", { url: "https://user@shop.example/" }, "format", "url"],
    ["no address of the web", { url: "ftp://shop.example/" }, "format", "url"],
    ["no events", { events: [] }, "min_length", "events"],
    ["an event that there is not", { events: ["queue.melted"] }, "enum", "events"],
    ["more a minute than there may be", { maxPerMinute: 100_001 }, "max_value", "maxPerMinute"],
  ])("with %s are refused", async (_, body, type, field) => {
    await fresh();
    const answer = await create(body);
    expect(answer.status).toBe(422);
    expect(errorOf(answer).issues?.map((issue) => [issue.type, issue.path[0]?.key])).toEqual([[type, field]]);
  });

  it("note once what somebody is told of, until nobody is", async () => {
    await fresh();
    const one = await create({ events: ["queue.paused", "queue.paused"] });
    const two = await create({ events: ["queue.resumed"] });
    expect(one.body.events).toEqual(["queue.paused"]);
    expect(await subscribed()).toEqual(["queue.paused", "queue.resumed"]);
    await patch(one.body.id, { status: "DISABLED" });
    expect(await subscribed()).toEqual(["queue.resumed"]);
    await patch(one.body.id, { status: "ENABLED" });
    await shop.call("DELETE", `${hooks}/${two.body.id}`);
    expect(await subscribed()).toEqual(["queue.paused"]);
  });

  it("are switched off and on", async () => {
    await fresh();
    const { body } = await create();
    const off = await patch(body.id, { status: "DISABLED" });
    expect(off.body).toMatchObject({ status: "DISABLED", disabledReason: "BY_REQUEST", version: 2 });
    const listed = async (status: string) =>
      (await shop.call("GET", `${hooks}?status=${status}`)).body.data as unknown[];
    expect([await listed("ENABLED"), await listed("DISABLED")]).toEqual([[], [off.body]]);
    expect(errorOf(await shop.call("POST", `${hooks}/${body.id}/test`)).details).toEqual({
      state: "DISABLED",
      hint: "The endpoint is switched off; set its status to ENABLED first.",
    });
    const on = await patch(body.id, { status: "ENABLED", maxPerMinute: null, description: null });
    expect(on.body).toMatchObject({ status: "ENABLED", disabledReason: null, maxPerMinute: 1_000 });
  });

  it("have two secrets while one is rotated, for a day unless said otherwise, and never three", async () => {
    await fresh();
    const { body } = await create();
    const rotate = (given: object = {}) =>
      shop.call("POST", `${hooks}/${body.id}/rotate-secret`, { body: given });
    const before = Date.now();
    const rotated = await rotate();
    expect(rotated.body.secret).not.toBe(body.secret);
    const endsAt = Date.parse(String(rotated.body.previousSecretEndsAt));
    expect(endsAt - before).toBeGreaterThanOrEqual(day);
    expect((await rotate({ overlapSeconds: 60 })).body.previousSecretEndsAt).not.toBeNull();
    expect((await rotate({ overlapSeconds: 0 })).body.previousSecretEndsAt).toBeNull();
  });

  it("are as many as an organization may have", async () => {
    await fresh();
    for (let made = 0; made < limits.webhookEndpointsMax; made += 1)
      expect((await create()).status).toBe(201);
    expect(errorOf(await create())).toMatchObject({
      code: "INVALID_STATE",
      details: { state: "ENDPOINTS_FULL", limit: limits.webhookEndpointsMax },
    });
  });

  it("are gone once deleted, and nobody else's to see", async () => {
    await fresh();
    const { body } = await create();
    const other = await server.shop();
    const path = `${hooks}/${body.id}`;
    expect(errorOf(await other.call("GET", path)).code).toBe("OTHER_ORGANIZATION");
    expect(errorOf(await other.call("GET", `${path}/deliveries`)).code).toBe("OTHER_ORGANIZATION");
    expect((await shop.call("DELETE", path)).status).toBe(204);
    expect(errorOf(await shop.call("GET", path))).toMatchObject({
      code: "WEBHOOK_ENDPOINT_NOT_FOUND",
      details: { deleted: true },
    });
    expect(errorOf(await shop.call("GET", `${hooks}/${strangeId("webhookEndpoint")}`)).details).toEqual({});
  });
});

describe("webhook endpoints of a server on the internet", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false, env: { WEBHOOKS_ALLOW_PRIVATE_NETWORKS: "0" } });
  });
  afterAll(() => server.stop());

  it.each([
    "http://8.8.8.8/",
    "https://127.0.0.1/",
    "https://[::ffff:10.0.0.1]/",
    "https://2130706433/",
    "https://0177.0.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://localhost:5432/",
  ])("are refused at %s, at creation and at a change", async (refused) => {
    const shop = await server.shop();
    const issues = [{ type: "format", path: [{ type: "object", key: "url" }], received: refused }];
    const made = await shop.call("POST", hooks, { body: { url: refused, events } });
    expect([made.status, errorOf(made).issues]).toMatchObject([422, issues]);
    const { body } = await shop.call("POST", hooks, { body: { url: "https://8.8.8.8/", events } });
    const changed = await shop.call("PATCH", `${hooks}/${body.id}`, { body: { url: refused } });
    expect([changed.status, errorOf(changed).issues]).toMatchObject([422, issues]);
  });
});
