import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  accountCalls,
  codeCalls,
  errorOf,
  latestCode,
  startTestServer,
  type TestAnswer,
  type TestFan,
  type TestServer,
  type TestShop,
  testLine,
} from "../testing/index.ts";

describe("a guest whose id another organization gives to a consumer of its own", () => {
  let server: TestServer;
  let shop: TestShop;
  let other: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    [shop, other] = await Promise.all([server.shop(), server.shop()]);
  });
  afterAll(() => server.stop());

  let addresses = 0;
  const signIn = async (fan: TestFan): Promise<TestAnswer> => {
    addresses += 1;
    const [calls, email] = [codeCalls(server, shop), `taken${addresses}@example.com`];
    await calls.request(email);
    return calls.verify(email, await latestCode(server, email), fan.tokens.accessToken);
  };
  const asPerson = (signedIn: TestAnswer, method: string, path: string) =>
    server.call(method, path, {
      publishableKey: shop.publishableKey,
      bearer: String(signedIn.body.accessToken),
    });
  const give = (by: TestShop, { consumerId }: TestFan) =>
    by.call("POST", "/api/v1/consumers", { body: { id: consumerId, name: "Not the guest" } });
  const idOf = (signedIn: TestAnswer): string => String(Object(signedIn.body.session).consumerId);

  it("waits, is admitted and signs in as a person all the same, and keeps every place", async () => {
    const fan = await shop.fan();
    expect((await give(other, fan)).status).toBe(201);
    const [waiting, admitted, left, barred] = [
      await shop.queue(),
      await shop.queue(),
      await shop.queue(),
      await shop.queue(),
    ];
    const entries = new Map<string, TestAnswer>();
    for (const { id } of [waiting, admitted, left, barred]) {
      const entry = await fan.enter(id);
      expect(entry.status).toBe(201);
      entries.set(id, entry);
    }
    await testLine(server.db, admitted.id).tick();
    await fan.leave(left.id);
    const denial = { consumerId: fan.consumerId, reason: "asked by the shop", block: true };
    await shop.call("POST", `/api/v1/queues/${barred.id}/deny`, { body: denial });

    const signedIn = await signIn(fan);
    expect(signedIn.status).toBe(200);
    const id = idOf(signedIn);
    expect(id).not.toBe(fan.consumerId);
    for (const [queue, status] of [
      [waiting, "QUEUED"],
      [admitted, "ADMITTED"],
      [left, "LEFT"],
      [barred, "DENIED"],
    ] as const) {
      const { body } = await asPerson(signedIn, "GET", `/api/v1/queues/${queue.id}/status`);
      expect(body).toMatchObject({ consumerId: id, entryId: entries.get(queue.id)?.body.entryId, status });
    }
    const again = await asPerson(signedIn, "POST", `/api/v1/queues/${barred.id}/enter`);
    expect(errorOf(again).code).toBe("RESOURCE_RESTRICTED");
    const { admission } = (await asPerson(signedIn, "GET", `/api/v1/queues/${admitted.id}/status`)).body;
    const { token } = admission as { token: string };
    const path = `/api/v1/queues/${admitted.id}`;
    const valid = await shop.call("POST", `${path}/validate`, { body: { token } });
    expect(valid.body).toMatchObject({ valid: true, admission: { consumerId: id } });
    const completed = await shop.call("POST", `${path}/complete`, { body: { consumerId: id } });
    expect(completed.body).toMatchObject({ status: "COMPLETED", consumerId: id });
    const known = await shop.call("GET", `/api/v1/consumers/${id}`);
    expect(known.body.active).toMatchObject([{ queueId: waiting.id }]);
    expect(errorOf(await fan.status(waiting.id)).code).toBe("INVALID_TOKEN");
  });

  it("signs in by an account of the shop's own all the same", async () => {
    const [fan, queue] = [await shop.fan(), await shop.queue()];
    expect((await give(other, fan)).status).toBe(201);
    await fan.enter(queue.id);
    const accounts = accountCalls(server, shop);
    const signedIn = await accounts.exchange(await accounts.codeFor("taken"), fan.tokens.accessToken);
    expect(signedIn.status).toBe(200);
    const { body } = await asPerson(signedIn, "GET", `/api/v1/queues/${queue.id}/status`);
    expect(body).toMatchObject({ consumerId: idOf(signedIn), status: "QUEUED" });
    const again = await accounts.exchange(await accounts.codeFor("taken"));
    expect(idOf(again)).toBe(idOf(signedIn));
  });

  it("is not disturbed by what the other does with that consumer, nor is that one by the guest", async () => {
    const [fan, queue] = [await shop.fan(), await shop.queue()];
    await give(other, fan);
    await fan.enter(queue.id);
    const path = `/api/v1/consumers/${fan.consumerId}`;
    const before = await other.call("GET", path);
    expect(before.body).toMatchObject({ name: "Not the guest", active: [] });
    expect((await other.call("DELETE", path)).status).toBe(204);
    expect((await fan.status(queue.id)).body.status).toBe("QUEUED");
    const signedIn = await signIn(fan);
    expect(signedIn.status).toBe(200);
    const status = await asPerson(signedIn, "GET", `/api/v1/queues/${queue.id}/status`);
    expect(status.body.status).toBe("QUEUED");
    expect(errorOf(await other.call("GET", path)).details).toEqual({ deleted: true });
  });

  it("keeps the id where the guest joined first: the other is refused it", async () => {
    const [fan, queue] = [await shop.fan(), await shop.queue()];
    await fan.enter(queue.id);
    expect(errorOf(await give(other, fan)).code).toBe("ALREADY_EXISTS");
    expect(idOf(await signIn(fan))).toBe(fan.consumerId);
  });

  it("keeps the id where it is the own shop that gives it", async () => {
    const fan = await shop.fan();
    expect((await give(shop, fan)).status).toBe(201);
    expect(idOf(await signIn(fan))).toBe(fan.consumerId);
  });

  it("is one of test where the own shop gives it in live", async () => {
    const fan = await shop.fan();
    const owner = await shop.member();
    const given = await owner.call("POST", "/api/v1/consumers", {
      headers: { "X-Stanchion-Mode": "live" },
      body: { id: fan.consumerId },
    });
    expect(given.status).toBe(201);
    const signedIn = await signIn(fan);
    expect([signedIn.status, idOf(signedIn) === fan.consumerId]).toEqual([200, false]);
  });
});
