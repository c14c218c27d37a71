import { decodeId } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { beginMaintenance, endMaintenance } from "../../switch-maintenance.ts";
import { checkDrawProof, drawProofOf } from "../../testing/check-draw-proof.ts";
import {
  bringDrawsOn,
  drawAmong,
  errorOf,
  startTestServer,
  type TestFan,
  type TestServer,
  type TestShop,
} from "../../testing/index.ts";

const claim = { admissionExpirationSeconds: 100, completionGraceSeconds: 20 };
const turnMs = 30_000;
const paced = { ...claim, admitRate: 2 };

interface Award {
  readonly at: string;
  readonly entryId: string;
  readonly outcome: string;
  readonly seat: number;
}

describe("a draw whose winners come one after the other", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
  });
  afterAll(() => server.stop());

  const awardsOf = async (drawId: string) => (await drawProofOf(server, drawId)).awards as Award[];
  const faultsOf = async (drawId: string) =>
    (await checkDrawProof(server, drawId)).steps.filter(({ holds }) => !holds);
  /** The winners in the order of their seats, and who has lost. */
  const inOrder = async (drawId: string, fans: readonly TestFan[]) => {
    const awards = await awardsOf(drawId);
    const read = await Promise.all(
      fans.map(async (fan) => ({ fan, body: (await fan.drawStatus(drawId)).body })),
    );
    const seatOf = ({ body }: (typeof read)[number]) =>
      awards.find(({ entryId }) => entryId === body.entryId)?.seat ?? Number.POSITIVE_INFINITY;
    return read.sort((one, other) => seatOf(one) - seatOf(other));
  };
  const asShop = (drawId: string, verb: string, fan: TestFan | undefined, more: object = {}) =>
    shop.call("POST", `/api/v1/draws/${drawId}/${verb}`, {
      body: { consumerId: fan?.consumerId, ...more },
    });

  it("tells all of them at once that they have won, and each when the time to buy begins", async () => {
    const fans = await shop.fans(4);
    const drawId = await drawAmong(server, shop, fans, { ...paced, winnerCount: 3 });
    const drawnAtMs = Date.parse(String((await drawProofOf(server, drawId)).drawnAt));
    const turns = [0, turnMs, 2 * turnMs].map((afterMs) => new Date(drawnAtMs + afterMs).toISOString());
    expect((await awardsOf(drawId)).map(({ at }) => at)).toEqual(turns);
    const [first, second, third, loser] = await inOrder(drawId, fans);
    expect(first?.body).toMatchObject({ status: "WON", admission: { token: expect.any(String) } });
    expect(first?.body).not.toHaveProperty("admissionAt");
    for (const [index, one] of [second, third].entries()) {
      expect(one?.body).toMatchObject({ status: "WON", admissionAt: turns[index + 1] });
      expect(one?.body).not.toHaveProperty("admission");
    }
    expect(loser?.body).toMatchObject({ status: "LOST" });
    expect(await faultsOf(drawId)).toEqual([]);

    const early = await asShop(drawId, "complete", second?.fan);
    expect(errorOf(early)).toMatchObject({
      code: "INVALID_STATE",
      details: { state: "WON", admissionAt: turns[1] },
    });
    await server.advance(turnMs);
    const come = (await second?.fan.drawStatus(drawId))?.body as { admission: { expiresAt: string } };
    expect(come).not.toHaveProperty("admissionAt");
    expect(Date.parse(come.admission.expiresAt)).toBe(drawnAtMs + turnMs + 100_000);
    expect((await asShop(drawId, "complete", second?.fan)).body.status).toBe("COMPLETED");
    expect((await third?.fan.drawStatus(drawId))?.body).not.toHaveProperty("admission");
  });

  it("lets nobody be later than the time that the rules give, and alternates come behind the winners", async () => {
    const fans = await shop.fans(4);
    const drawId = await drawAmong(server, shop, fans, { ...paced, winnerCount: 2, backfill: true });
    const [first, second, third, fourth] = await inOrder(drawId, fans);
    // Before the turn has come the win can be given up, and taken back.
    expect((await second?.fan.leaveDraw(drawId))?.body).toMatchObject({ status: "LEFT" });
    await server.advance(66_000);
    await bringDrawsOn(server, async () => (await awardsOf(drawId)).length === 4);
    const [, secondTurn, , third2] = await awardsOf(drawId);
    expect(third2).toMatchObject({ outcome: "ADMITTED", seat: 2 });
    expect(Date.parse(third2?.at ?? "") - Date.parse(secondTurn?.at ?? "")).toBeGreaterThanOrEqual(turnMs);
    expect(await faultsOf(drawId)).toEqual([]);
    await server.advance(60_000);
    await bringDrawsOn(server, async () => (await awardsOf(drawId)).length === 6);
    const [, , , , expired, last] = await awardsOf(drawId);
    expect(expired).toMatchObject({ outcome: "EXPIRED", seat: 1, entryId: first?.body.entryId });
    expect(last).toMatchObject({ outcome: "ADMITTED", seat: 1 });
    const promoted = [third, fourth].map((one) => one?.body.entryId);
    expect(promoted).toEqual(expect.arrayContaining([third2?.entryId, last?.entryId]));
    expect(await faultsOf(drawId)).toEqual([]);
  });

  it("may be changed until the result is out, outside of the rules, and not after", async () => {
    const draw = await shop.draw();
    expect(draw.admitRate).toBe(null);
    const path = `/api/v1/draws/${draw.id}`;
    await (await shop.fan()).enterDraw(draw.id);
    const changed = await shop.call("PATCH", path, { body: { admitRate: 600 } });
    expect(changed.body).toMatchObject({ admitRate: 600, rulesHash: draw.rulesHash });
    expect((await shop.call("PATCH", path, { body: { admitRate: null } })).body.admitRate).toBe(null);
    const drawn = await drawAmong(server, shop, await shop.fans(1), paced);
    const late = await shop.call("PATCH", `/api/v1/draws/${drawn}`, { body: { admitRate: 3 } });
    expect(errorOf(late)).toMatchObject({
      code: "INVALID_STATE",
      details: { state: "COMPLETED", fields: ["admitRate"], hint: expect.stringMatching("when to come") },
    });
    const same = await shop.call("PATCH", `/api/v1/draws/${drawn}`, { body: { admitRate: 2, name: "Same" } });
    expect(same.body).toMatchObject({ admitRate: 2, name: "Same" });
  });

  it("is put off as a whole by a maintenance, and whoever could buy has the time back", async () => {
    const fans = await shop.fans(3);
    const drawId = await drawAmong(server, shop, fans, paced);
    const timesOf = () =>
      server.db.query<{ admitted: Date; expires: Date }>(
        "select admitted_at as admitted, expires_at as expires from admissions where distribution_id = $1 order by seat",
        [decodeId("draw", drawId)],
      );
    const before = await timesOf();
    const { database } = server.server;
    await beginMaintenance(database, { retryAfterSeconds: 5, message: null });
    await server.advance(45_000);
    await endMaintenance(database);
    const after = await timesOf();
    const passed = after.map(
      ({ expires }, seat) => expires.getTime() - (before[seat]?.expires.getTime() ?? 0),
    );
    for (const ms of passed) expect(ms).toBeGreaterThanOrEqual(45_000);
    expect(new Set(passed).size).toBe(1);
    const put = after.map(
      ({ admitted }, seat) => admitted.getTime() - (before[seat]?.admitted.getTime() ?? 0),
    );
    expect(put).toEqual([0, passed[0], passed[0]]);
  });
});
