import { decodeId } from "@stanchion/contract";
import { checkReceipt, type Jwks, type Receipt } from "@stanchion/verify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  codeCalls,
  errorOf,
  latestCode,
  startTestServer,
  type TestServer,
  type TestShop,
} from "../testing/index.ts";

describe("a consumer who is in a draw", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
  });
  afterAll(() => server.stop());

  const rowsOf = (drawId: string) =>
    server.db.query<{ status: string; hasSalt: boolean; hasDevice: boolean; removed: number }>(
      `select e.status::text, e.salt is not null as "hasSalt", e.device is not null as "hasDevice", l.removed
       from draw_entries e join draw_lists l on l.draw_id = e.draw_id where e.draw_id = $1 order by number`,
      [decodeId("draw", drawId)],
    );

  it("takes part there until the draw, or until it is cancelled", async () => {
    const [draw, other, fan] = [await shop.draw(), await shop.draw(), await shop.fan()];
    const { body } = await fan.enterDraw(draw.id);
    await fan.enterDraw(other.id);
    await shop.call("POST", `/api/v1/draws/${other.id}/cancel`);
    const entry = { entryId: body.entryId, drawId: draw.id, status: "ENTERED", enteredAt: body.enteredAt };
    expect((await fan.call("GET", "/api/v1/consumers/me")).body.active).toEqual([entry]);
    expect((await shop.call("GET", `/api/v1/consumers/${fan.consumerId}`)).body.active).toEqual([entry]);
    const refused = await shop.call("DELETE", `/api/v1/consumers/${fan.consumerId}`);
    expect(errorOf(refused)).toMatchObject({ code: "RESOURCE_IN_USE", details: { entries: 1 } });
    await fan.leaveDraw(draw.id);
    expect((await shop.call("DELETE", `/api/v1/consumers/${fan.consumerId}`)).status).toBe(204);
  });

  it("is exported with every entry", async () => {
    const [draw, fan] = [await shop.draw(), await shop.fan()];
    const first = await fan.enterDraw(draw.id, { "X-Fingerprint": "phone-0001" });
    await fan.leaveDraw(draw.id);
    const second = await fan.enterDraw(draw.id);
    const { body } = await shop.call("GET", `/api/v1/consumers/${fan.consumerId}/export`);
    const receipts = [second, first].map((answer) => answer.body.receipt as Receipt);
    expect(body.drawEntries).toMatchObject([
      { entryId: second.body.entryId, drawId: draw.id, drawName: draw.name, status: "ENTERED", number: 2 },
      { entryId: first.body.entryId, status: "LEFT", number: 1, deviceHash: expect.any(String) },
    ]);
    expect(
      (body.drawEntries as { salt: string; subject: string }[]).map(({ salt, subject }) => [salt, subject]),
    ).toEqual(receipts.map(({ salt, body: { subject } }) => [salt, subject]));
  });

  it("is erased out of draws whose lists stand open, and unknown in those that are fixed", async () => {
    const [open, fixed, fan] = [await shop.draw(), await shop.draw(), await shop.fan()];
    const headers = { "X-Fingerprint": "phone-0001" };
    for (const { id } of [open, fixed]) await fan.enterDraw(id, headers);
    await server.db.query("update draw_lists set frozen_at = stanchion_now() where draw_id = $1", [
      decodeId("draw", fixed.id),
    ]);
    const erased = await shop.call("POST", `/api/v1/consumers/${fan.consumerId}/erase`);
    expect(erased.body).toMatchObject({ entriesKept: 2 });
    expect(await rowsOf(open.id)).toEqual([
      { status: "ERASED", hasSalt: false, hasDevice: false, removed: 1 },
    ]);
    expect(await rowsOf(fixed.id)).toEqual([
      { status: "ENTERED", hasSalt: false, hasDevice: false, removed: 0 },
    ]);
    expect((await shop.call("GET", `/api/v1/draws/${open.id}`)).body.entries).toBe(0);
    const again = await shop.call("POST", `/api/v1/consumers/${fan.consumerId}/erase`);
    expect(again.body).toEqual(erased.body);
    expect(await rowsOf(open.id)).toMatchObject([{ removed: 1 }]);
  });

  it("keeps entry and receipt under another id, where the guest's own was given away", async () => {
    const [draw, fan, other] = [await shop.draw(), await shop.fan(), await server.shop()];
    await other.call("POST", "/api/v1/consumers", { body: { id: fan.consumerId, name: "Somebody else" } });
    const entered = await fan.enterDraw(draw.id);
    expect(entered.status).toBe(201);
    const email = "moved@example.com";
    const calls = codeCalls(server, shop);
    await calls.request(email);
    const signedIn = await fan.call("POST", "/api/v1/auth/otp/verify", {
      body: { email, code: await latestCode(server, email) },
    });
    const { session, accessToken } = signedIn.body as {
      session: { consumerId: string };
      accessToken: string;
    };
    expect(session.consumerId).not.toBe(fan.consumerId);
    const status = await fan.call("GET", `/api/v1/draws/${draw.id}/status`, { bearer: accessToken });
    expect(status.body).toMatchObject({
      entryId: entered.body.entryId,
      consumerId: session.consumerId,
      receipt: { body: { consumerId: fan.consumerId } },
    });
    const jwks = (await server.call("GET", "/.well-known/jwks.json")).body as unknown as Jwks;
    expect(checkReceipt(status.body.receipt as Receipt, jwks).filter(({ holds }) => !holds)).toEqual([]);
  });
});
