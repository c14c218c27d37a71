import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { errorOf, startTestServer, type TestServer, type TestShop } from "../../testing/index.ts";

describe("entering a queue", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
  });
  afterAll(() => server.stop());

  it("gives tickets in the order of arrival", async () => {
    const queue = await shop.queue();
    for (const [index, fan] of (await shop.fans(3)).entries()) {
      const answer = await fan.enter(queue.id);
      expect(answer.status).toBe(201);
      expect(answer.body).toMatchObject({
        ticket: index + 1,
        rank: index + 1,
        position: index + 1,
        ahead: index,
        status: "QUEUED",
      });
    }
  });

  it("gives 200 simultaneous calls of one consumer one 201 and 199 times the entry it already has", async () => {
    const queue = await shop.queue();
    const fan = await shop.fan();
    const answers = await Promise.all(Array.from({ length: 200 }, () => fan.enter(queue.id)));
    const joined = answers.filter((answer) => answer.status === 201);
    expect(joined).toHaveLength(1);
    const refused = answers.filter((answer) => errorOf(answer).error === "already_in_queue");
    expect(refused).toHaveLength(199);
    for (const answer of refused) expect(errorOf(answer).details.entryId).toBe(joined[0]?.body.entryId);
  });

  it("replays the first answer byte for byte under one idempotency key", async () => {
    const queue = await shop.queue();
    const fan = await shop.fan();
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => fan.enter(queue.id, { "Idempotency-Key": "once" })),
    );
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([201]));
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
    expect(new Set(answers.map((answer) => answer.headers.get("x-request-id"))).size).toBe(1);
    expect(answers.filter((answer) => answer.headers.get("idempotent-replayed") === "true")).toHaveLength(
      199,
    );
  });
});
