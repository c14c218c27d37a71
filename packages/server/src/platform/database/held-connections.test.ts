import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer, type TestShop, testLine } from "../../testing/index.ts";

const manyAtOnce = 40;

describe("many requests at once that keep their answers", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false, env: { DATABASE_CONNECTIONS: "3" } });
    shop = await server.shop();
  });
  afterAll(() => server.stop());

  const keyedAtOnce = (path: string, bodyOf: (index: number) => object, word: string) =>
    Promise.all(
      Array.from({ length: manyAtOnce }, (_, index) =>
        shop.call("POST", path, {
          body: bodyOf(index),
          headers: { "Idempotency-Key": `${word} ${index}`.replaceAll(" ", "-") },
        }),
      ),
    );

  it("validate admissions, although each holds a connection and asks for another", async () => {
    const queue = await shop.queue();
    const fan = await shop.fan();
    await fan.enter(queue.id);
    await testLine(server.db, queue.id).tick();
    const { body } = await fan.status(queue.id);
    const { token } = body.admission as { token: string };
    const answers = await keyedAtOnce(`/api/v1/queues/${queue.id}/validate`, () => ({ token }), "validate");
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: manyAtOnce }, () => 200));
  });

  it("invite, although each mails meanwhile", async () => {
    const body = (index: number) => ({ email: `colleague-${index}@example.org`, role: "viewer" });
    const answers = await keyedAtOnce("/api/v1/invitations", body, "invite");
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: manyAtOnce }, () => 201));
  });

  it("complete what this process has not met, or what there is not", async () => {
    const queue = await shop.queue();
    const other = await server.shop();
    const fan = await shop.fan();
    const consumerId = fan.consumerId;
    const answers = await Promise.all(
      Array.from({ length: manyAtOnce }, (_, index) =>
        (index % 2 === 0 ? shop : other).call("POST", `/api/v1/queues/${queue.id}/complete`, {
          body: { consumerId },
        }),
      ),
    );
    const codes = new Set(answers.map((answer) => answer.body.code));
    expect(codes).toEqual(new Set(["NOT_IN_QUEUE", "OTHER_ORGANIZATION"]));
  });

  it("leave again what was left", async () => {
    const queue = await shop.queue();
    const fans = await shop.fans(manyAtOnce);
    await Promise.all(fans.map((fan) => fan.enter(queue.id)));
    await Promise.all(fans.map((fan) => fan.leave(queue.id)));
    const again = await Promise.all(
      fans.map((fan, index) => fan.leave(queue.id, { "Idempotency-Key": `leave-${index}` })),
    );
    expect(again.map(({ status }) => status)).toEqual(fans.map(() => 200));
  });
});
