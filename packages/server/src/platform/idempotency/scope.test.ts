/** One Idempotency-Key is good for organization, mode, operation and the caller: each of them has it for itself. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  addKey,
  startTestServer,
  type TestAnswer,
  type TestServer,
  type TestShop,
} from "../../testing/index.ts";

const consumers = "/api/v1/consumers";
const headers = { "Idempotency-Key": "one-key-for-all" };
const isReplay = (answer: TestAnswer): boolean => answer.headers.get("idempotent-replayed") === "true";

describe("one Idempotency-Key", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
  });
  afterAll(() => server.stop());

  /** One more key of the shop's organization. */
  const oneMore = async (shop: TestShop, kind: "secret" | "publishable", isLive: boolean): Promise<string> =>
    (await addKey(server.db, shop, { kind, isLive })).key;
  const makeConsumer = (bearer: string) => server.call("POST", consumers, { bearer, body: {}, headers });
  const guestOf = async (publishableKey: string) => {
    const { body } = await server.call("POST", "/api/v1/auth/guest", { publishableKey });
    const bearer = String(body.accessToken);
    const post = (path: string, by = publishableKey) =>
      server.call("POST", `/api/v1/queues/${path}`, { publishableKey: by, bearer, headers });
    return { post };
  };
  const queueOf = async (bearer: string): Promise<string> =>
    String(
      (await server.call("POST", "/api/v1/queues", { bearer, body: { name: "Drop", admitRate: 60 } })).body
        .id,
    );

  describe.each([
    ["a second secret key of the organization", false],
    ["a live key of the same organization", true],
  ])("of a write, used by %s too,", (_, isLive) => {
    it("makes one thing for each, and brings each its own again", async () => {
      const shop = await server.shop();
      const keys = [shop.secretKey, await oneMore(shop, "secret", isLive)];
      const made = [];
      for (const key of keys) made.push(await makeConsumer(key));
      expect(made.map((answer) => [answer.status, isReplay(answer)])).toEqual(Array(2).fill([201, false]));
      expect(made[0]?.body.id).not.toBe(made[1]?.body.id);
      for (const [index, key] of keys.entries()) {
        const again = await makeConsumer(key);
        expect([isReplay(again), again.text]).toEqual([true, made[index]?.text]);
      }
    });
  });

  it("of a write has one effect for each of two secret keys that use it at the same moment", async () => {
    const shop = await server.shop();
    const keys = [shop.secretKey, await oneMore(shop, "secret", false)];
    const answers = await Promise.all([...keys, ...keys, ...keys].map(makeConsumer));
    const made = answers.filter(({ status }) => status === 201);
    expect(new Set(made.map(({ body }) => body.id)).size).toBe(2);
    expect((await shop.call("GET", consumers)).body.data).toHaveLength(2);
  });

  it("of a leave is the consumer's, whatever publishable key comes along, and another one in live mode", async () => {
    const shop = await server.shop();
    const [second, live] = [
      await oneMore(shop, "publishable", false),
      await oneMore(shop, "publishable", true),
    ];
    const queueId = await queueOf(shop.secretKey);
    const liveQueueId = await queueOf(await oneMore(shop, "secret", true));
    // A page of the server's own: live keys take no other, and none is sent here.
    const [fan, other, liveFan] = [
      await guestOf(shop.publishableKey),
      await guestOf(second),
      await guestOf(live),
    ];
    await fan.post(`${queueId}/enter`);
    await other.post(`${queueId}/enter`);
    await liveFan.post(`${liveQueueId}/enter`);
    const first = await fan.post(`${queueId}/leave`);
    const answers = [first, await other.post(`${queueId}/leave`), await liveFan.post(`${liveQueueId}/leave`)];
    expect(answers.map((answer) => [answer.status, answer.body.status, isReplay(answer)])).toEqual(
      Array(3).fill([200, "LEFT", false]),
    );
    expect(new Set(answers.map(({ body }) => body.consumerId)).size).toBe(3);
    const again = await fan.post(`${queueId}/leave`, second);
    expect([isReplay(again), again.text]).toEqual([true, first.text]);
    const liveAgain = await liveFan.post(`${liveQueueId}/leave`);
    expect([isReplay(liveAgain), liveAgain.text]).toEqual([true, answers[2]?.text]);
  });
});
