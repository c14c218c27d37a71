import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  errorOf,
  startTestServer,
  type TestFan,
  type TestServer,
  type TestShop,
  testLine,
} from "../../testing/index.ts";

describe("reading one's entry", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
  });
  afterAll(() => server.stop());

  const lineToken = (token: unknown) => ({ "X-Line-Token": String(token) });

  it("counts the position down as those in front leave, with and without the line token", async () => {
    const queue = await shop.queue();
    const [first, second, third] = [await shop.fan(), await shop.fan(), await shop.fan()];
    for (const fan of [first, second]) await fan.enter(queue.id);
    const { body } = await third.enter(queue.id);
    expect((await third.status(queue.id)).body).toMatchObject({ ticket: 3, rank: 3, position: 3, ahead: 2 });
    await second.leave(queue.id);
    expect((await third.status(queue.id)).body).toMatchObject({ rank: 3, position: 2 });
    const answer = await third.status(queue.id, lineToken(body.lineToken));
    expect(answer.body).toMatchObject({ entryId: body.entryId, rank: 3, position: 2, ahead: 1 });
    expect(answer.body.enteredAt).toBe(body.enteredAt);
    expect(answer.headers.get("cache-control")).toBe("no-store");
  });

  it("answers the holder of a line token who waits without a query of the tables", async () => {
    const queue = await shop.queue();
    const fan = await shop.fan();
    const { body } = await fan.enter(queue.id);
    await server.until(
      () => server.call("GET", `/api/v1/queues/${queue.id}/now-serving`),
      (board) => board.body.lastTicket === 1,
    );
    await server.db.query("update entries set entered_at = entered_at - interval '1 hour' where ticket = 1");
    const withToken = await fan.status(queue.id, lineToken(body.lineToken));
    expect(withToken.body.enteredAt).toBe(body.enteredAt);
    expect((await fan.status(queue.id)).body.enteredAt).not.toBe(body.enteredAt);
  });

  it("takes the row's word over a line token's once the rank is served or departed", async () => {
    const queue = await shop.queue();
    const fan = await shop.fan();
    const token = lineToken((await fan.enter(queue.id)).body.lineToken);
    await fan.leave(queue.id);
    expect((await fan.status(queue.id, token)).body.status).toBe("LEFT");
    const again = await fan.enter(queue.id);
    expect((await fan.status(queue.id, token)).body).toMatchObject({
      ticket: 2,
      entryId: again.body.entryId,
    });
    await testLine(server.db, queue.id).tick();
    const served = await server.until(
      () => fan.status(queue.id, lineToken(again.body.lineToken)),
      (answer) => answer.body.status !== "QUEUED",
    );
    expect(served.body).toMatchObject({ status: "ADMITTED", position: null, ahead: null });
  });

  it("reads the row where a line token is forged, cut, another queue's or another consumer's", async () => {
    const [queue, other] = [await shop.queue(), await shop.queue()];
    const [fan, stranger] = [await shop.fan(), await shop.fan()];
    await stranger.enter(queue.id);
    const own = String((await fan.enter(queue.id)).body.lineToken);
    const elsewhere = (await fan.enter(other.id)).body.lineToken;
    const strange = (await stranger.status(queue.id)).body.lineToken;
    const flipped = Buffer.from(own, "base64url");
    flipped.writeUIntBE(1, 17, 6);
    for (const token of ["", "x", own.slice(1), `${own}A`, flipped.toString("base64url"), elsewhere, strange])
      expect((await fan.status(queue.id, lineToken(token))).body).toMatchObject({ ticket: 2, position: 2 });
  });

  it("says what became of everybody, also of those who left", async () => {
    const queue = await shop.queue({ admissionExpirationSeconds: 10, completionGraceSeconds: 5 });
    const path = `/api/v1/queues/${queue.id}`;
    const line = testLine(server.db, queue.id);
    const [buyer, denied, late, leaver] = await admitted(queue.id, 4);
    await shop.call("POST", `${path}/complete`, { body: { consumerId: buyer?.consumerId } });
    await shop.call("POST", `${path}/deny`, { body: { consumerId: denied?.consumerId, reason: "no" } });
    await leaver?.leave(queue.id);
    const statusOf = async (fan: TestFan | undefined) => (await fan?.status(queue.id))?.body.status;
    expect([
      await statusOf(buyer),
      await statusOf(denied),
      await statusOf(late),
      await statusOf(leaver),
    ]).toEqual(["COMPLETED", "DENIED", "ADMITTED", "LEFT"]);
    await server.advance(15_000);
    expect(await statusOf(late)).toBe("EXPIRED");
    await line.tick();
    for (const fan of [buyer, denied, late, leaver]) {
      const { body } = (await fan?.status(queue.id)) ?? {};
      expect(body).toMatchObject({ position: null, ahead: null, estimatedWaitSeconds: null });
      expect(body).not.toHaveProperty("admission");
    }
    expect(await statusOf(late)).toBe("EXPIRED");
  });

  it("keeps an admission ADMITTED through its grace, and reads EXPIRED from then on before any tick", async () => {
    const queue = await shop.queue({ admissionExpirationSeconds: 10, completionGraceSeconds: 5 });
    const [fan] = await admitted(queue.id, 1);
    expect((await fan?.status(queue.id))?.body).toHaveProperty("admission.token");
    await server.advance(12_000);
    const inGrace = (await fan?.status(queue.id))?.body;
    expect(inGrace?.status).toBe("ADMITTED");
    expect(inGrace).not.toHaveProperty("admission");
    await server.advance(3_500);
    expect((await fan?.status(queue.id))?.body.status).toBe("EXPIRED");
    expect(await testLine(server.db, queue.id).stays()).toMatchObject([{ status: "ADMITTED" }]);
  });

  it("reads DENIED for those whose line was ended, with the line token too", async () => {
    const queue = await shop.queue();
    const fan = await shop.fan();
    const { body } = await fan.enter(queue.id);
    await shop.call("POST", `/api/v1/queues/${queue.id}/close`, { body: { drain: false } });
    expect((await fan.status(queue.id)).body.status).toBe("DENIED");
    expect((await fan.status(queue.id, lineToken(body.lineToken))).body.status).toBe("DENIED");
    expect(await testLine(server.db, queue.id).stays()).toMatchObject([{ status: "QUEUED" }]);
  });

  it("says 404 to a consumer who never entered", async () => {
    const queue = await shop.queue();
    const answer = await (await shop.fan()).status(queue.id);
    expect([answer.status, errorOf(answer).code]).toEqual([404, "NOT_IN_QUEUE"]);
  });

  it("answers 300 questions at once each with its own entry", async () => {
    const queue = await shop.queue();
    const fans = await shop.fans(300);
    const joined = await Promise.all(fans.map((fan) => fan.enter(queue.id)));
    const read = await Promise.all(fans.map((fan) => fan.status(queue.id)));
    expect(read.map((answer) => answer.body.entryId)).toEqual(joined.map((answer) => answer.body.entryId));
  });

  async function admitted(queueId: string, count: number): Promise<TestFan[]> {
    const fans = await shop.fans(count);
    for (const fan of fans) await fan.enter(queueId);
    expect(await testLine(server.db, queueId).tick()).toMatchObject({ admitted: count });
    return fans;
  }
});
