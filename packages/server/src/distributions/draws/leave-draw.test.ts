import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { errorOf, startTestServer, type TestServer, type TestShop } from "../../testing/index.ts";

let server: TestServer;
let shop: TestShop;
beforeAll(async () => {
  server = await startTestServer({ isWorker: false });
  shop = await server.shop();
});
afterAll(() => server.stop());

const entriesOf = async (drawId: string) => (await shop.call("GET", `/api/v1/draws/${drawId}`)).body.entries;

describe("leaving a draw", () => {
  it("keeps the number and takes the entrant out, and is no error when repeated", async () => {
    const [draw, fan] = [await shop.draw(), await shop.fan()];
    const entered = await fan.enterDraw(draw.id);
    const left = await fan.leaveDraw(draw.id);
    const { drawStatus, ...entry } = entered.body;
    expect(left.body).toEqual({ ...entry, status: "LEFT", receipt: null });
    expect(drawStatus).toBe("OPEN");
    expect((await fan.leaveDraw(draw.id)).body).toEqual(left.body);
    expect(await entriesOf(draw.id)).toBe(0);
    const status = await fan.drawStatus(draw.id);
    expect(status.body).toMatchObject({ entryId: entered.body.entryId, status: "LEFT" });
    expect(status.body.receipt).toMatchObject({ body: { number: 1 } });
  });

  it("is told who has never entered", async () => {
    const [draw, fan] = [await shop.draw(), await shop.fan()];
    for (const answer of [await fan.leaveDraw(draw.id), await fan.drawStatus(draw.id)])
      expect([answer.status, errorOf(answer).code]).toEqual([404, "NOT_IN_DRAW"]);
  });

  it("does not end an entry that was made after the first answer under its idempotency key", async () => {
    const [draw, fan] = [await shop.draw(), await shop.fan()];
    await fan.enterDraw(draw.id);
    const leave = () => fan.leaveDraw(draw.id, { "Idempotency-Key": "once" });
    const first = await leave();
    await fan.enterDraw(draw.id);
    const again = await leave();
    expect([again.status, again.text, again.headers.get("idempotent-replayed")]).toEqual([
      200,
      first.text,
      "true",
    ]);
    expect((await fan.drawStatus(draw.id)).body).toMatchObject({ status: "ENTERED", number: 2 });
  });

  it("and entering in one breath keep the order of one consumer's calls", async () => {
    const [draw, fan] = [await shop.draw(), await shop.fan()];
    await fan.enterDraw(draw.id);
    await Promise.all([fan.leaveDraw(draw.id), fan.enterDraw(draw.id)]);
    expect([0, 1]).toContain(await entriesOf(draw.id));
    expect(
      await server.db.query(
        "select l.last_number - l.removed = count(e.entry_id) as same from draw_lists l left join draw_entries e on e.draw_id = l.draw_id and e.status = 'ENTERED' group by l.draw_id, l.last_number, l.removed having l.last_number - l.removed <> count(e.entry_id)",
      ),
    ).toEqual([]);
  });
});

describe("taking somebody out of a draw", () => {
  const remove = (drawId: string, consumerId: string, reason = "BOT") =>
    shop.call("POST", `/api/v1/draws/${drawId}/remove`, { body: { consumerId, reason } });

  it("says why, keeps the person out, and changes nothing when repeated", async () => {
    const [draw, fan] = [await shop.draw(), await shop.fan()];
    const entered = await fan.enterDraw(draw.id);
    const removed = await remove(draw.id, fan.consumerId, "DUPLICATE");
    expect(removed.body).toEqual({ ...entered.body, status: "DENIED", reason: "DUPLICATE", receipt: null });
    expect((await remove(draw.id, fan.consumerId, "BOT")).body).toEqual(removed.body);
    expect(await entriesOf(draw.id)).toBe(0);
    expect((await fan.drawStatus(draw.id)).body).toMatchObject({ status: "DENIED", reason: "DUPLICATE" });
    expect(errorOf(await fan.enterDraw(draw.id))).toMatchObject({
      code: "RESOURCE_RESTRICTED",
      message: expect.stringMatching("taken you out"),
      details: { hint: expect.stringMatching("status there says why") },
    });
    expect(errorOf(await fan.leaveDraw(draw.id))).toMatchObject({
      code: "INVALID_STATE",
      details: { state: "DENIED", hint: expect.stringMatching("out of this draw already") },
    });
  });

  it("keeps out who has left, too, and is then the reason in the proof; the leave is answered as before", async () => {
    const [draw, fan] = [await shop.draw(), await shop.fan()];
    await fan.enterDraw(draw.id);
    const leave = () =>
      fan.call("POST", `/api/v1/draws/${draw.id}/leave`, { headers: { "Idempotency-Key": "gone" } });
    const left = await leave();
    const removed = await remove(draw.id, fan.consumerId);
    expect(removed.body).toMatchObject({ status: "DENIED", reason: "BOT" });
    expect(errorOf(await fan.enterDraw(draw.id)).code).toBe("RESOURCE_RESTRICTED");
    expect((await leave()).text).toBe(left.text);
    const counted = await server.db.query(
      "select l.last_number, l.removed, e.status::text, e.reason from draw_lists l join draw_entries e on e.draw_id = l.draw_id join draws d on d.id = l.draw_id where d.rules like $1",
      [`%${draw.id}%`],
    );
    expect(counted).toEqual([{ last_number: 1, removed: 1, status: "REMOVED", reason: "BOT" }]);
  });

  it("ends with the close and with the freeze", async () => {
    const [draw, fan] = [await shop.draw(), await shop.fan()];
    await fan.enterDraw(draw.id);
    await server.db.query(
      "update draw_lists l set frozen_at = stanchion_now() from draws d where d.id = l.draw_id and d.rules like $1",
      [`%${draw.id}%`],
    );
    expect(errorOf(await remove(draw.id, fan.consumerId))).toMatchObject({
      code: "INVALID_STATE",
      details: { hint: expect.stringMatching("denied once it is drawn") },
    });
    expect(errorOf(await fan.leaveDraw(draw.id))).toMatchObject({
      code: "INVALID_STATE",
      details: { state: "CLOSED" },
    });
    expect(errorOf(await (await shop.fan()).enterDraw(draw.id)).code).toBe("DRAW_CLOSED");
    expect((await fan.drawStatus(draw.id)).body.status).toBe("ENTERED");
    await server.db.query(
      "update draw_outcomes o set voided_at = stanchion_now() from draws d where d.id = o.draw_id and d.rules like $1",
      [`%${draw.id}%`],
    );
    expect((await fan.drawStatus(draw.id)).body).toMatchObject({ status: "ENTERED", drawStatus: "VOID" });
    expect(errorOf(await fan.leaveDraw(draw.id)).details).toMatchObject({ state: "VOID" });
  });
});
