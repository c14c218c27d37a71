import { decodeId } from "@stanchion/contract";
import { checkReceipt, type Jwks, type Receipt } from "@stanchion/verify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { boundFan, errorOf, startTestServer, type TestServer, type TestShop } from "../../testing/index.ts";

const hourMs = 3_600_000;

describe("entering a draw", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
  });
  afterAll(() => server.stop());

  const jwks = async () => (await server.call("GET", "/.well-known/jwks.json")).body as unknown as Jwks;
  const faultsOf = async (receipt: unknown) =>
    checkReceipt(receipt as Receipt, await jwks()).filter(({ holds }) => !holds);

  it("gives numbers in the order of arrival, and a receipt that holds", async () => {
    const draw = await shop.draw();
    for (const [index, fan] of (await shop.fans(3)).entries()) {
      const answer = await fan.enterDraw(draw.id);
      expect(answer.status).toBe(201);
      expect(answer.headers.get("location")).toBe(`/api/v1/draws/${draw.id}/status`);
      expect(answer.body).toMatchObject({
        drawId: draw.id,
        consumerId: fan.consumerId,
        status: "ENTERED",
        number: index + 1,
      });
      const receipt = answer.body.receipt as Receipt;
      expect(receipt.body).toMatchObject({
        consumerId: fan.consumerId,
        distributionId: draw.id,
        enteredAt: answer.body.enteredAt,
        entryId: answer.body.entryId,
        level: "guest",
        number: index + 1,
        rulesHash: draw.rulesHash,
      });
      expect(await faultsOf(receipt)).toEqual([]);
    }
    expect((await shop.call("GET", `/api/v1/draws/${draw.id}`)).body.entries).toBe(3);
  });

  it("signs those together who were written together, each with a path of its own", async () => {
    const draw = await shop.draw();
    const answers = await Promise.all((await shop.fans(50)).map((fan) => fan.enterDraw(draw.id)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    const numbers = answers.map(({ body }) => Number(body.number)).sort((a, b) => a - b);
    expect(numbers).toEqual(answers.map((_, index) => index + 1));
    const receipts = answers.map(({ body }) => body.receipt as Receipt);
    expect(Math.max(...receipts.map(({ size }) => size))).toBeGreaterThan(1);
    for (const receipt of receipts) expect(await faultsOf(receipt)).toEqual([]);
    expect(new Set(receipts.map(({ salt }) => salt)).size).toBe(50);
  });

  it("makes entry ids of random bits and not of the time", async () => {
    const draw = await shop.draw();
    const fans = await shop.fans(8);
    const answers = await Promise.all(fans.map((fan) => fan.enterDraw(draw.id)));
    const heads = answers.map(({ body }) => decodeId("entry", String(body.entryId))?.slice(0, 8));
    expect(new Set(heads).size).toBe(8);
  });

  it("gives 100 simultaneous calls of one consumer one 201 and 99 times the entry it has", async () => {
    const draw = await shop.draw();
    const fan = await shop.fan();
    const answers = await Promise.all(Array.from({ length: 100 }, () => fan.enterDraw(draw.id)));
    const [entered, ...more] = answers.filter(({ status }) => status === 201);
    expect(more).toEqual([]);
    const refused = answers.filter((answer) => errorOf(answer).error === "already_registered");
    expect(refused).toHaveLength(99);
    for (const answer of refused) {
      const { details } = errorOf(answer);
      expect(details).toMatchObject({ entryId: entered?.body.entryId, number: 1, status: "ENTERED" });
      expect(await faultsOf(details.receipt)).toEqual([]);
    }
  });

  it("replays the first answer byte for byte under one idempotency key, also when the entry has left", async () => {
    const draw = await shop.draw();
    const [fan, ...others] = await shop.fans(10);
    if (fan === undefined) throw new Error("no fan");
    const enter = () => fan.enterDraw(draw.id, { "Idempotency-Key": "once" });
    const [first] = await Promise.all([enter(), ...others.map((other) => other.enterDraw(draw.id))]);
    expect(first?.status).toBe(201);
    const again = await Promise.all(Array.from({ length: 20 }, enter));
    await fan.leaveDraw(draw.id);
    for (const answer of [...again, await enter()]) {
      expect([answer.status, answer.text]).toEqual([201, first?.text]);
      expect(answer.headers.get("x-request-id")).toBe(first?.headers.get("x-request-id"));
      expect(answer.headers.get("idempotent-replayed")).toBe("true");
    }
  });

  it("takes a consumer again who has left, under a new number", async () => {
    const draw = await shop.draw();
    const fan = await shop.fan();
    const first = await fan.enterDraw(draw.id);
    await fan.leaveDraw(draw.id);
    const second = await fan.enterDraw(draw.id);
    expect([first.body.number, second.body.number]).toEqual([1, 2]);
    expect(second.body.entryId).not.toBe(first.body.entryId);
  });

  it("takes exactly as many as the capacity when more come at once, and the next when one leaves", async () => {
    const draw = await shop.draw({ capacity: 5 });
    const fans = await shop.fans(12);
    const answers = await Promise.all(fans.map((fan) => fan.enterDraw(draw.id)));
    const full = answers.filter(({ status }) => status === 409);
    expect(full).toHaveLength(7);
    for (const answer of full)
      expect(errorOf(answer)).toMatchObject({ code: "DRAW_FULL", details: { capacity: 5, limit: 5 } });
    const [inIt, out] = [
      answers.findIndex(({ status }) => status === 201),
      answers.findIndex(({ status }) => status === 409),
    ];
    await fans[inIt]?.leaveDraw(draw.id);
    expect((await fans[out]?.enterDraw(draw.id))?.body).toMatchObject({ number: 6 });
  });

  it("is refused before the opening, and in the second before it by the database's clock", async () => {
    const at = Date.now() + hourMs;
    const draw = await shop.draw({
      openAt: new Date(at).toISOString(),
      closeAt: new Date(at + hourMs).toISOString(),
      drawAt: new Date(at + hourMs).toISOString(),
    });
    const fan = await shop.fan();
    const early = await fan.enterDraw(draw.id);
    expect([early.status, errorOf(early).code, errorOf(early).details.openAt]).toEqual([
      423,
      "DRAW_NOT_OPEN",
      draw.openAt,
    ]);
    expect(Number(early.headers.get("retry-after"))).toBeGreaterThan(3_500);
    const soon = await shop.draw({ openAt: new Date(Date.now() + 900).toISOString() });
    const refused = await fan.enterDraw(soon.id);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([423, "1"]);
  });

  it("is for those who have shown as much of themselves as the draw asks for", async () => {
    const draw = await shop.draw({ entryLevel: "confirmed" });
    const answer = await (await shop.fan()).enterDraw(draw.id);
    expect(errorOf(answer)).toMatchObject({
      code: "RESOURCE_RESTRICTED",
      details: { entryLevel: "confirmed" },
    });
  });

  it("asks for the fingerprint where the draw does, and keeps the entry for that device", async () => {
    const draw = await shop.draw({ requireFingerprint: true });
    const fan = await shop.fan();
    expect(errorOf(await fan.enterDraw(draw.id)).code).toBe("FP001");
    expect(errorOf(await fan.enterDraw(draw.id, { "X-Fingerprint": "short" })).code).toBe("FP003");
    const [own, other] = [{ "X-Fingerprint": "phone-0001" }, { "X-Fingerprint": "phone-0002" }];
    expect((await fan.enterDraw(draw.id, own)).status).toBe(201);
    expect((await fan.drawStatus(draw.id, own)).status).toBe(200);
    for (const answer of [
      await fan.enterDraw(draw.id, other),
      await fan.drawStatus(draw.id, other),
      await fan.leaveDraw(draw.id, other),
    ])
      expect([answer.status, errorOf(answer).code]).toEqual([403, "FP002"]);
    expect((await fan.leaveDraw(draw.id, own)).body.status).toBe("LEFT");
  });

  it("keeps the entry for a device with a key of its own, whatever its browser calls itself later", async () => {
    const draw = await shop.draw({ requireFingerprint: true });
    const fan = await boundFan(server, shop);
    const call = (method: string, verb: string, print: string) =>
      fan.call(method, `/api/v1/draws/${draw.id}/${verb}`, { headers: { "X-Fingerprint": print } });
    const kept = async () =>
      (
        await server.db.query<{ device: Buffer }>("select device from draw_entries where draw_id = $1", [
          decodeId("draw", draw.id),
        ])
      )[0]?.device.toString("hex");
    expect((await call("POST", "enter", "phone-0001")).status).toBe(201);
    const before = await kept();
    expect((await call("GET", "status", "phone-0002")).status).toBe(200);
    const after = await kept();
    expect([after?.slice(0, 32) === before?.slice(0, 32), after?.slice(32)]).toEqual([
      false,
      before?.slice(32),
    ]);
    expect((await call("POST", "leave", "phone-0003")).body.status).toBe("LEFT");
  });

  it("is over at the close, though the list is not frozen yet", async () => {
    const moving = await startTestServer({ isWorker: false });
    const own = await moving.shop();
    const inHalfAnHour = new Date(Date.now() + hourMs / 2).toISOString();
    const [draw, [fan, late]] = [
      await own.draw({ closeAt: inHalfAnHour, drawAt: inHalfAnHour }),
      await own.fans(2),
    ];
    await fan?.enterDraw(draw.id);
    await moving.advance(hourMs / 2);
    const [answer, left] = [await late?.enterDraw(draw.id), await fan?.leaveDraw(draw.id)];
    expect(answer && errorOf(answer)).toMatchObject({ code: "DRAW_CLOSED", details: { state: "CLOSED" } });
    expect(left && errorOf(left)).toMatchObject({ code: "INVALID_STATE", details: { state: "CLOSED" } });
    const again = await fan?.enterDraw(draw.id);
    expect(again && errorOf(again).code).toBe("ALREADY_REGISTERED");
    await moving.stop();
  });

  it("counts in the organization's quota of people, together with its lines", async () => {
    const own = await server.shop();
    await server.db.query("insert into organization_quotas (organization_id, people) values ($1, 3)", [
      decodeId("organization", own.organizationId),
    ]);
    const [queue, one, two] = [await own.queue(), await own.draw(), await own.draw()];
    const fans = await own.fans(5);
    const enter = (at: number, drawId: string) => fans[at]?.enterDraw(drawId);
    expect((await fans[0]?.enter(queue.id))?.status).toBe(201);
    expect((await enter(1, one.id))?.status).toBe(201);
    expect((await enter(2, two.id))?.status).toBe(201);
    const refused = await enter(3, two.id);
    expect(refused && errorOf(refused)).toMatchObject({
      code: "DRAW_FULL",
      details: { limit: 3, quota: "people", capacity: null },
    });
    const queued = await fans[3]?.enter(queue.id);
    expect(queued && errorOf(queued).code).toBe("QUEUE_FULL");
    await shop.call("GET", "/api/v1/draws");
    await own.call("POST", `/api/v1/draws/${one.id}/cancel`);
    expect((await enter(3, two.id))?.status).toBe(201);
  });

  it("answer a repeat under its key with the very entry of the first, whatever came between", async () => {
    const draw = await shop.draw();
    const fan = await shop.fan();
    const headers = { "Idempotency-Key": "kept" };
    const first = await fan.enterDraw(draw.id, headers);
    await fan.leaveDraw(draw.id);
    await fan.enterDraw(draw.id);
    expect((await fan.enterDraw(draw.id, headers)).text).toBe(first.text);
  });
});
