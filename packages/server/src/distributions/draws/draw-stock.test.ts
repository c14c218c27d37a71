import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  bringDrawsOn,
  drawAmong,
  errorOf,
  startTestServer,
  stocked,
  type TestFan,
  type TestServer,
  type TestShop,
} from "../../testing/index.ts";

describe("a draw whose winners hold stock", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
  });
  afterAll(() => server.stop());

  const patch = (id: string, body: object) => shop.call("PATCH", `/api/v1/draws/${id}`, { body });

  it("holds for all its winners from the beginning, and is refused where there is not enough", async () => {
    const print = await stocked(shop, 5);
    const draw = await shop.draw({ winnerCount: 2, holds: [{ id: print.id, quantity: 2 }] });
    expect(draw.holds).toEqual([{ id: print.id, quantity: 2 }]);
    expect(await print.levels()).toEqual({ reserved: 4, sold: 0, available: 1 });
    expect(errorOf(await patch(draw.id, { winnerCount: 3 }))).toMatchObject({
      code: "OUT_OF_STOCK",
      details: { items: [{ id: print.id, available: 5 }] },
    });
    expect(await print.levels()).toMatchObject({ reserved: 4 });
    expect((await patch(draw.id, { winnerCount: 1 })).status).toBe(200);
    expect(await print.levels()).toMatchObject({ reserved: 2 });
    expect((await patch(draw.id, { holds: null })).body.holds).toEqual([]);
    expect(await print.levels()).toMatchObject({ reserved: 0 });
  });

  it("gives back what it held when it is cancelled or deleted", async () => {
    const print = await stocked(shop, 2);
    const holds = [{ id: print.id }];
    const [one, other] = [await shop.draw({ holds }), await shop.draw({ holds })];
    expect(await print.levels()).toMatchObject({ reserved: 2 });
    await shop.call("POST", `/api/v1/draws/${one.id}/cancel`);
    await shop.call("DELETE", `/api/v1/draws/${other.id}`);
    expect(await print.levels()).toEqual({ reserved: 0, sold: 0, available: 2 });
    expect(errorOf(await patch(String(one.id), { holds: [{ id: print.id, quantity: 2 }] }))).toMatchObject({
      code: "INVALID_STATE",
      details: { state: "CANCELLED", hint: expect.stringMatching("nothing is held") },
    });
  });

  it("leaves with the result what each winner holds, and frees what nobody has won", async () => {
    const print = await stocked(shop, 5);
    const fans = await shop.fans(2);
    const drawId = await drawAmong(server, shop, fans, { winnerCount: 5, holds: [{ id: print.id }] });
    expect(await print.levels()).toEqual({ reserved: 2, sold: 0, available: 3 });
    const body = { consumerId: fans[0]?.consumerId };
    await shop.call("POST", `/api/v1/draws/${drawId}/complete`, { body });
    expect(await print.levels()).toEqual({ reserved: 1, sold: 1, available: 3 });
    expect(errorOf(await patch(drawId, { holds: null }))).toMatchObject({
      code: "INVALID_STATE",
      details: { state: "COMPLETED", hint: expect.stringMatching("winners hold") },
    });
  });

  it.each([
    [true, { reserved: 1, sold: 0, available: 0 }],
    [false, { reserved: 0, sold: 0, available: 1 }],
  ])("hands a win that was let pass on with what it held, where backfill is %s", async (backfill, after) => {
    const print = await stocked(shop, 1);
    const fans = await shop.fans(2);
    const drawId = await drawAmong(server, shop, fans, {
      winnerCount: 1,
      backfill,
      admissionExpirationSeconds: 10,
      completionGraceSeconds: 0,
      holds: [{ id: print.id }],
    });
    expect(await print.levels()).toMatchObject({ reserved: 1, available: 0 });
    await server.advance(11_000);
    const statuses = async () => {
      const answers = await Promise.all(fans.map((fan: TestFan) => fan.drawStatus(drawId)));
      return answers.map(({ body }) => body.status).sort();
    };
    const wished = backfill ? "EXPIRED,WON" : "EXPIRED,LOST";
    await bringDrawsOn(server, async () => {
      const isThere = (await statuses()).join() === wished;
      return isThere && (await print.levels()).reserved === after.reserved;
    });
    expect(await print.levels()).toEqual(after);
  });
});
