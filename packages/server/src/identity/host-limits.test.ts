import { decodeId, type RateClass, rateClassNames } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  errorOf,
  startTestServer,
  type TestAnswer,
  type TestServer,
  type TestShop,
} from "../testing/index.ts";
import { changeLimitsOnHost, type LimitChange } from "./host-limits.ts";

const current = "/api/v1/organizations/current";
const three = { limit: 3, windowSeconds: 60 };

/** A call of each class, made once for a shop and sent again and again. */
const callOf: Record<RateClass, (shop: TestShop, server: TestServer) => Promise<() => Promise<TestAnswer>>> =
  {
    authentication: async ({ publishableKey }, server) => {
      const body = { exchangeCode: "a code that there is not" };
      return () => server.call("POST", "/api/v1/auth/external/exchange", { publishableKey, body });
    },
    guest:
      async ({ publishableKey }, server) =>
      () =>
        server.call("POST", "/api/v1/auth/guest", { publishableKey }),
    entry: async (shop) => {
      const [fan, { id }] = [await shop.fan(), await shop.queue()];
      return () => fan.enter(id);
    },
    general: async (shop) => () => shop.call("GET", "/api/v1/queues"),
    webhook: async (shop) => {
      const { id } = await shop.queue();
      return () => shop.call("POST", `/api/v1/queues/${id}/validate`, { body: { token: "none" } });
    },
  };

describe("limits that the host sets for one organization", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
  });
  afterAll(() => server.stop());

  const change = (shop: TestShop, rateLimits: NonNullable<LimitChange["rateLimits"]>, on = server) =>
    changeLimitsOnHost(on.db.database, decodeId("organization", shop.organizationId) ?? "", { rateLimits });
  const limitOf = (answer: TestAnswer) => answer.headers.get("x-ratelimit-limit");
  const countRefused = async (send: () => Promise<TestAnswer>, calls: number) => {
    const answers = await Promise.all(Array.from({ length: calls }, send));
    return answers.filter(({ status }) => status === 429).length;
  };

  it.each(rateClassNames)("hold in the class %s for it, and not for its neighbour", async (rateClass) => {
    const [shop, neighbour] = [await server.shop(), await server.shop()];
    const send = await callOf[rateClass](shop, server);
    const sendBeside = await callOf[rateClass](neighbour, server);
    await change(shop, { [rateClass]: three });
    await server.until(send, (answer) => limitOf(answer) === "3");
    await server.advance(61_000);
    expect(await countRefused(send, 8)).toBe(5);
    expect(await countRefused(sendBeside, 8)).toBe(0);
  });

  it("leave a neighbour behind the same address what it had, however much the shop was granted", async () => {
    const strict = await startTestServer({ isWorker: false, env: { RATE_LIMITS: "{}" } });
    try {
      const [shop, neighbour] = [await strict.shop(), await strict.shop()];
      await change(shop, { guest: { limit: 500, windowSeconds: 60 } }, strict);
      const send = await callOf.guest(shop, strict);
      const sendBeside = await callOf.guest(neighbour, strict);
      expect(await countRefused(send, 200)).toBe(0);
      expect(await countRefused(sendBeside, 125)).toBe(5);
    } finally {
      await strict.stop();
    }
  });

  it("are shown to the organization, with whose numbers they are, and cannot be changed by it", async () => {
    const shop = await server.shop();
    const first = await shop.call("GET", current);
    expect(first.body.rateLimits).toMatchObject({
      entry: { limit: 1_000_000, windowSeconds: 60, countedPer: "consumer", setFor: "server" },
    });
    await change(shop, { entry: three });
    const { body, headers } = await shop.call("GET", current);
    expect(body.rateLimits).toMatchObject({
      entry: { limit: 3, windowSeconds: 60, countedPer: "consumer", setFor: "organization" },
      guest: { setFor: "server" },
    });
    expect([body.version, headers.get("etag")]).toEqual([2, '"2"']);
    const refused = await shop.call("PATCH", current, { body: { rateLimits: body.rateLimits } });
    expect([refused.status, errorOf(refused).code]).toEqual([400, "UNKNOWN_FIELD"]);
  });

  it("stay as they are and on no record where nothing changes, and end where they are taken back", async () => {
    const shop = await server.shop();
    expect(await change(shop, { guest: three, entry: three })).toBe(true);
    expect(await change(shop, { guest: three })).toBe(false);
    expect(await change(shop, { guest: null, general: null })).toBe(true);
    const { body } = await shop.call("GET", current);
    expect(body.rateLimits).toMatchObject({ guest: { setFor: "server" }, entry: { setFor: "organization" } });
    const log = await shop.call("GET", "/api/v1/audit-log?action=organization.limited");
    expect(log.body.data).toMatchObject([
      { before: { rateLimits: { guest: three, entry: three } }, after: { rateLimits: { entry: three } } },
      { actor: { type: "host" }, target: { id: shop.organizationId }, before: { rateLimits: null } },
    ]);
  });
});
