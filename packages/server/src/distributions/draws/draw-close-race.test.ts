import { decodeId } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSigningKeys, type SigningKeys } from "../../platform/signing-keys/index.ts";
import {
  checkDrawProof,
  drawProofOf,
  startTestServer,
  type TestFan,
  type TestServer,
  type TestShop,
} from "../../testing/index.ts";
import { readDueDraw } from "./draw-outcome-store.ts";
import { freezeDraw } from "./freeze-draw.ts";

const races = 40;
const openMs = 60_000;

describe("the close of a draw", () => {
  let server: TestServer;
  let shop: TestShop;
  let keys: SigningKeys;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
    keys = await openSigningKeys(server.server.database, server.server.secrets, server.server.log);
  });
  afterAll(async () => {
    keys.close();
    await server.stop();
  });

  const freeze = async (drawId: string): Promise<void> => {
    const { database } = server.server;
    const draw = await readDueDraw(database.pool, decodeId("draw", drawId) ?? "");
    if (draw === undefined) throw new Error("there is no such draw");
    await freezeDraw({ database, keys }, draw, null);
  };

  it(`fixes the list once: ${races} races of who enters and leaves against it`, {
    timeout: 120_000,
  }, async () => {
    let [inTime, late] = [0, 0];
    for (let race = 0; race < races; race += 1) {
      const [row] = await server.db.query<{ now: Date }>("select stanchion_now() as now");
      const closeAt = new Date((row?.now.getTime() ?? 0) + openMs).toISOString();
      const { id } = await shop.draw({ closeAt, drawAt: closeAt });
      const fans = await shop.fans(12);
      const [early, coming] = [fans.slice(0, 6), fans.slice(6)];
      for (const fan of early) await fan.enterDraw(id);
      const close = async (): Promise<void> => {
        await server.advance(openMs);
        await freeze(id);
      };
      const say = (fan: TestFan, verb: "enterDraw" | "leaveDraw") => async () => ({
        fan,
        verb,
        isDone: (await fan[verb](id)).status < 300,
      });
      const calls = [
        ...coming.map((fan) => say(fan, "enterDraw")),
        ...early.slice(3).map((fan) => say(fan, "leaveDraw")),
      ];
      const closing = race % 2 === 0 ? close() : null;
      const said = await Promise.all(
        calls.map(async (call, index) => {
          // Some before, some in the middle, some after.
          for (let turn = 0; turn < (index * race) % 7; turn += 1)
            await shop.call("GET", "/api/v1/draws?first=1");
          return call();
        }),
      );
      await (closing ?? close());
      inTime += said.filter(({ isDone }) => isDone).length;
      late += said.filter(({ isDone }) => !isDone).length;

      const { removals, lastNumber } = await drawProofOf(server, id);
      const list = await server.call("GET", `/api/v1/draws/${id}/proof/leaves`);
      const entries = await Promise.all(
        fans.map(async (fan) => ({ fan, body: (await fan.drawStatus(id)).body })),
      );
      for (const { fan, body } of entries) {
        const isIn =
          early.includes(fan) ||
          said.some((one) => one.fan === fan && one.verb === "enterDraw" && one.isDone);
        const hasLeft = said.some((one) => one.fan === fan && one.verb === "leaveDraw" && one.isDone);
        expect(list.text.includes(String(body.entryId))).toBe(isIn && !hasLeft);
        if (hasLeft) expect(removals).toContainEqual({ number: body.number, reason: "LEFT" });
      }
      expect((removals as unknown[]).length + list.text.split("\n").length - 1).toBe(lastNumber);
      expect((await checkDrawProof(server, id)).steps.filter(({ holds }) => !holds)).toEqual([]);
    }
    // Both sides of the close were met.
    expect(inTime).toBeGreaterThan(0);
    expect(late).toBeGreaterThan(0);
  });
});
