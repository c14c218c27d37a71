import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  codeCalls,
  errorOf,
  latestCode,
  startTestServer,
  type TestFan,
  type TestServer,
  type TestShop,
  testLine,
} from "../../testing/index.ts";

describe("denying an entry", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
  });
  afterAll(() => server.stop());

  const deny = (queueId: string, fan: TestFan, more: Record<string, unknown> = {}) =>
    shop.call("POST", `/api/v1/queues/${queueId}/deny`, {
      body: { consumerId: fan.consumerId, reason: "asked by the shop", ...more },
    });

  it("takes a waiting consumer out of the line, who may come again at the end", async () => {
    const queue = await shop.queue();
    const [fan, behind] = [await entered(queue.id), await entered(queue.id)];
    expect((await deny(queue.id, fan)).body).toMatchObject({ status: "DENIED", ticket: 1, position: null });
    expect((await behind.status(queue.id)).body.position).toBe(1);
    expect((await fan.enter(queue.id)).body).toMatchObject({ ticket: 3, position: 2 });
  });

  it("takes an admission back: its token is refused at once, its place is free a minute later", async () => {
    const queue = await shop.queue({ maxConcurrentAdmissions: 1 });
    const line = testLine(server.db, queue.id);
    const [fan, next] = [await entered(queue.id), await entered(queue.id)];
    await line.tick();
    const { admission } = (await fan.status(queue.id)).body as { admission: { token: string } };
    expect((await deny(queue.id, fan)).body.status).toBe("DENIED");
    const validated = await shop.call("POST", `/api/v1/queues/${queue.id}/validate`, {
      body: { token: admission.token },
    });
    expect([validated.status, errorOf(validated).code]).toEqual([409, "INVALID_STATE"]);
    expect(errorOf(validated).details.hint).toMatch("no admission");
    await server.advance(60_000);
    expect(await line.tick()).toMatchObject({ admitted: 0, settled: 0 });
    await server.advance(6_000);
    expect(await line.tick()).toMatchObject({ admitted: 1, settled: 1 });
    expect((await next.status(queue.id)).body.status).toBe("ADMITTED");
    expect((await fan.status(queue.id)).body.status).toBe("DENIED");
  });

  it("frees the place no later than the admission would have, whose last token ends with it", async () => {
    const queue = await shop.queue({
      maxConcurrentAdmissions: 1,
      admissionExpirationSeconds: 20,
      completionGraceSeconds: 600,
    });
    const line = testLine(server.db, queue.id);
    const fan = await entered(queue.id);
    await entered(queue.id);
    await line.tick();
    await deny(queue.id, fan);
    await server.advance(21_000);
    expect(await line.tick()).toMatchObject({ admitted: 1, settled: 1 });
  });

  it("with a block bars the consumer from this queue for good, and from no other", async () => {
    const [queue, other] = [await shop.queue(), await shop.queue()];
    const fan = await entered(queue.id);
    await deny(queue.id, fan, { block: true });
    const expectBarred = async (bearer: string): Promise<void> => {
      const refused = await fan.call("POST", `/api/v1/queues/${queue.id}/enter`, { bearer });
      expect(refused.status).toBe(403);
      expect(errorOf(refused)).toMatchObject({
        error: "forbidden",
        code: "RESOURCE_RESTRICTED",
        retryable: false,
        details: { hint: expect.stringMatching("cannot join it again") },
      });
    };
    await expectBarred(fan.tokens.accessToken);
    // Neither new tokens, nor an address that was shown to be the consumer's, nor time makes it another consumer.
    const refreshed = await server.call("POST", "/api/v1/auth/refresh", {
      publishableKey: shop.publishableKey,
      body: { refreshToken: fan.tokens.refreshToken },
    });
    const bearer = String(refreshed.body.accessToken);
    await expectBarred(bearer);
    const [calls, email] = [codeCalls(server, shop), "barred@example.com"];
    await calls.request(email);
    const person = await calls.verify(email, await latestCode(server, email), bearer);
    expect(person.body.session).toMatchObject({ type: "authenticated", consumerId: fan.consumerId });
    await expectBarred(String(person.body.accessToken));
    await server.advance(3_000_000);
    await expectBarred(String(person.body.accessToken));
    const elsewhere = await fan.call("POST", `/api/v1/queues/${other.id}/enter`, {
      bearer: String(person.body.accessToken),
    });
    expect(elsewhere.status).toBe(201);
  });

  it("with a block bars who was admitted already, and takes the admission's token back", async () => {
    const queue = await shop.queue();
    const fan = await entered(queue.id);
    await testLine(server.db, queue.id).tick();
    const { admission } = (await fan.status(queue.id)).body as { admission: { token: string } };
    await deny(queue.id, fan, { block: true });
    const validated = await shop.call("POST", `/api/v1/queues/${queue.id}/validate`, {
      body: { token: admission.token },
    });
    expect(validated.status).toBe(409);
    expect(errorOf(await fan.enter(queue.id)).code).toBe("RESOURCE_RESTRICTED");
  });

  it("refuses who has left, was denied before, has completed, is past the admission's end, or never came", async () => {
    const queue = await shop.queue({ admissionExpirationSeconds: 10, completionGraceSeconds: 5 });
    const path = `/api/v1/queues/${queue.id}`;
    const [left, denied, buyer] = [await entered(queue.id), await entered(queue.id), await entered(queue.id)];
    await left.leave(queue.id);
    await deny(queue.id, denied);
    const late = await entered(queue.id);
    await testLine(server.db, queue.id).tick();
    await shop.call("POST", `${path}/complete`, { body: { consumerId: buyer.consumerId } });
    const errorFor = async (fan: TestFan) => {
      const { code, details } = errorOf(await deny(queue.id, fan));
      return [code, details.state];
    };
    expect(await errorFor(left)).toEqual(["INVALID_STATE", "LEFT"]);
    expect(await errorFor(denied)).toEqual(["INVALID_STATE", "DENIED"]);
    expect(await errorFor(buyer)).toEqual(["ALREADY_COMPLETED", "COMPLETED"]);
    await server.advance(11_000);
    expect(await errorFor(late)).toEqual(["ADMISSION_EXPIRED", "EXPIRED"]);
    await server.advance(5_000);
    await testLine(server.db, queue.id).tick();
    expect(await errorFor(late)).toEqual(["ADMISSION_EXPIRED", "EXPIRED"]);
    expect(await errorFor(await shop.fan())).toEqual(["NOT_IN_QUEUE", undefined]);
  });

  it("refuses those of an ended line, and a deny without a reason", async () => {
    const queue = await shop.queue();
    const fan = await entered(queue.id);
    const refused = await shop.call("POST", `/api/v1/queues/${queue.id}/deny`, {
      body: { consumerId: fan.consumerId },
    });
    expect([refused.status, errorOf(refused).issues?.[0]?.type]).toEqual([422, "required"]);
    await shop.call("POST", `/api/v1/queues/${queue.id}/close`, { body: { drain: false } });
    const outAlready = { state: "DENIED", hint: expect.stringMatching("out of the line already") };
    expect(errorOf(await deny(queue.id, fan)).details).toEqual(outAlready);
  });

  async function entered(queueId: string): Promise<TestFan> {
    const fan = await shop.fan();
    await fan.enter(queueId);
    return fan;
  }
});
