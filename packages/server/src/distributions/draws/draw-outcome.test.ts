import { checkDrawEntry, type DrawEntryProof, type Jwks, type PublishedDrawProof } from "@stanchion/verify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkDrawProof, drawProofOf } from "../../testing/check-draw-proof.ts";
import {
  errorOf,
  startTestServer,
  type TestFan,
  type TestServer,
  type TestShop,
} from "../../testing/index.ts";

/** From the opening to the close of the draws here. */
const openMs = 60_000;
const claimSeconds = 100;
const graceSeconds = 20;
const faultsOf = (steps: readonly { holds: boolean }[]): unknown[] => steps.filter(({ holds }) => !holds);

interface Award {
  readonly entryId: string;
  readonly outcome: string;
  readonly reason: string | null;
  readonly seat: number;
}

describe("what comes of a draw", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer();
    shop = await server.shop();
  });
  afterAll(() => server.stop());

  const makeDraw = async (settings: object = {}): Promise<string> => {
    const [row] = await server.db.query<{ now: Date }>("select stanchion_now() as now");
    const closeAt = new Date((row?.now.getTime() ?? 0) + openMs).toISOString();
    const times = { closeAt, drawAt: closeAt };
    const claim = { admissionExpirationSeconds: claimSeconds, completionGraceSeconds: graceSeconds };
    return (await shop.draw({ ...times, ...claim, ...settings })).id;
  };
  const untilDrawn = (drawId: string) =>
    server.until(
      () => drawProofOf(server, drawId),
      ({ drawnAt }) => typeof drawnAt === "string",
    );
  const draw = async (fans: readonly TestFan[], settings: object): Promise<string> => {
    const drawId = await makeDraw(settings);
    for (const fan of fans) await fan.enterDraw(drawId);
    await server.advance(openMs);
    await untilDrawn(drawId);
    return drawId;
  };
  const awardsOf = async (drawId: string) => (await drawProofOf(server, drawId)).awards as Award[];
  const untilAwards = (drawId: string, count: number) =>
    server.until(
      () => awardsOf(drawId),
      (awards) => awards.length >= count,
    );
  const byStatus = async (fans: readonly TestFan[], drawId: string) => {
    const found: Record<string, { fan: TestFan; body: Record<string, unknown> }[]> = {};
    for (const fan of fans) {
      const { body } = await fan.drawStatus(drawId);
      const status = String(body.status);
      found[status] = [...(found[status] ?? []), { fan, body }];
    }
    return found;
  };
  const asShop = (drawId: string, verb: string, fan: TestFan, more: object = {}) =>
    shop.call("POST", `/api/v1/draws/${drawId}/${verb}`, { body: { consumerId: fan.consumerId, ...more } });
  const onlyOf = <T>(of: readonly T[] | undefined): T => {
    const [one] = of ?? [];
    if (one === undefined) throw new Error("there is none");
    return one;
  };

  it("is proved: rules, list, seed, ranking and winners hold for a verifier that shares no code", async () => {
    const drawId = await makeDraw({ winnerCount: 2 });
    const fans = await shop.fans(6);
    for (const fan of fans) await fan.enterDraw(drawId);
    await fans[1]?.leaveDraw(drawId);
    await asShop(drawId, "remove", onlyOf(fans.slice(3)), { reason: "BOT" });
    expect(await checkDrawProof(server, drawId)).toMatchObject({ stage: "announced", level: null });
    await server.advance(openMs);
    const proof = await untilDrawn(drawId);
    expect(proof).toMatchObject({
      level: "consistent",
      lastNumber: 6,
      count: 4,
      levels: { guest: 4, confirmed: 0, external: 0 },
      removals: [
        { number: 2, reason: "LEFT" },
        { number: 4, reason: "REMOVED_BOT" },
      ],
      witness: null,
      beacon: null,
    });
    const checked = await checkDrawProof(server, drawId);
    expect(faultsOf(checked.steps)).toEqual([]);
    expect(checked).toMatchObject({ stage: "drawn", level: "consistent" });
    const found = await byStatus(fans, drawId);
    expect(Object.entries(found).map(([status, of]) => [status, of.length])).toEqual(
      expect.arrayContaining([
        ["WON", 2],
        ["LOST", 2],
        ["LEFT", 1],
        ["DENIED", 1],
      ]),
    );
    const won = found.WON?.map(({ body }) => body) ?? [];
    expect(won.map(({ entryId }) => entryId).sort()).toEqual([...(proof.winners as string[])].sort());
    expect(won.every(({ admission }) => admission !== undefined)).toBe(true);
    expect(found.LOST?.some(({ body }) => body.admission !== undefined)).toBe(false);
    expect((await shop.call("GET", `/api/v1/draws/${drawId}`)).body).toMatchObject({
      status: "COMPLETED",
      drawnAt: proof.drawnAt,
    });
    const { data } = (await shop.call("GET", "/api/v1/draws?status=COMPLETED")).body;
    expect(data).toContainEqual(expect.objectContaining({ id: drawId }));
  });

  it("lets all win where they are no more than the seats, and comes to a result where nobody entered", async () => {
    const fans = await shop.fans(2);
    const few = await draw(fans, { winnerCount: 5 });
    expect((await byStatus(fans, few)).WON).toHaveLength(2);
    const none = await draw([], { winnerCount: 5 });
    expect(await drawProofOf(server, none)).toMatchObject({
      count: 0,
      winners: [],
      ranking: [],
      uniformity: null,
    });
    for (const drawId of [few, none])
      expect(faultsOf((await checkDrawProof(server, drawId)).steps)).toEqual([]);
  });

  it("proves each entrant's place without the list", async () => {
    const fans = await shop.fans(5);
    const drawId = await draw(fans, { winnerCount: 1 });
    const proof = (await drawProofOf(server, drawId)) as unknown as PublishedDrawProof;
    const jwks = (await server.call("GET", "/.well-known/jwks.json")).body as unknown as Jwks;
    const places = await Promise.all(
      fans.map(async (fan) => {
        const { entryId, receipt } = (await fan.drawStatus(drawId)).body;
        const path = `/api/v1/draws/${drawId}/proof/entries/${String(entryId)}`;
        const entry = (await server.call("GET", path)).body as unknown as DrawEntryProof;
        const checked = await checkDrawEntry({ proof, jwks, entry, receipt: receipt as never });
        expect(faultsOf(checked.steps)).toEqual([]);
        return checked.standing?.place;
      }),
    );
    expect(places.sort()).toEqual([1, 2, 3, 4, 5]);
    const strange = await server.call("GET", `/api/v1/draws/${drawId}/proof/entries/ent_nobody`);
    expect(errorOf(strange).code).toBe("ENTRY_NOT_FOUND");
  });

  it("shows the list packed, in parts and raw, and nothing of it before it is frozen", async () => {
    const drawId = await makeDraw();
    const path = `/api/v1/draws/${drawId}/proof/leaves`;
    for (const fan of await shop.fans(3)) await fan.enterDraw(drawId);
    expect(errorOf(await server.call("GET", path)).code).toBe("INVALID_STATE");
    expect(errorOf(await server.call("GET", `/api/v1/draws/${drawId}/proof/entries/ent_x`)).code).toBe(
      "INVALID_STATE",
    );
    await server.advance(openMs);
    await untilDrawn(drawId);
    const raw = await server.call("GET", path, { headers: { "Accept-Encoding": "identity" } });
    expect(raw.text.split("\n")).toHaveLength(4);
    expect(raw.headers.get("content-type")).toBe("application/x-ndjson");
    const etag = raw.headers.get("etag") ?? "";
    expect((await server.call("GET", path, { headers: { "If-None-Match": etag } })).status).toBe(304);
    const part = await server.call("GET", path, { headers: { Range: "bytes=5-14", "If-Range": etag } });
    expect([part.status, part.text]).toEqual([206, raw.text.slice(5, 15)]);
    const packed = await fetch(server.url + path, { headers: { "Accept-Encoding": "gzip" } });
    expect(packed.headers.get("content-encoding")).toBe("gzip");
    // fetch has unpacked it already.
    expect(await packed.text()).toBe(raw.text);
  });

  it("gives a seat that was not claimed to the next of the ranking, with the whole time to claim it", async () => {
    const fans = await shop.fans(3);
    const drawId = await draw(fans, { winnerCount: 1, backfill: true });
    const first = onlyOf((await byStatus(fans, drawId)).WON);
    await server.advance((claimSeconds + graceSeconds) * 1_000);
    const awards = await untilAwards(drawId, 3);
    const { ranking, winners } = await drawProofOf(server, drawId);
    expect(winners).toEqual([first.body.entryId]);
    const found = await byStatus(fans, drawId);
    expect(onlyOf(found.EXPIRED).body.entryId).toBe(first.body.entryId);
    const second = onlyOf(found.WON);
    expect(awards.map(({ entryId, outcome, seat }) => [entryId, outcome, seat])).toEqual([
      [first.body.entryId, "ADMITTED", 1],
      [first.body.entryId, "EXPIRED", 1],
      [second.body.entryId, "ADMITTED", 1],
    ]);
    expect(Number(second.body.number)).toBe(Number((ranking as number[])[1]) + 1);
    const { expiresAt } = second.body.admission as { expiresAt: string };
    const [row] = await server.db.query<{ left: number }>(
      "select extract(epoch from $1::timestamptz - stanchion_now())::float8 as left",
      [expiresAt],
    );
    expect(row?.left).toBeGreaterThan(claimSeconds - 15);
    expect(faultsOf((await checkDrawProof(server, drawId)).steps)).toEqual([]);
  });

  it("hands out no token in the grace, in which alone the shop can still report what was bought", async () => {
    const fans = await shop.fans(1);
    const drawId = await draw(fans, { winnerCount: 1 });
    const fan = onlyOf(fans);
    await server.advance((claimSeconds + 2) * 1_000);
    const { body } = await fan.drawStatus(drawId);
    expect([body.status, body.admission]).toEqual(["WON", undefined]);
    expect((await asShop(drawId, "complete", fan)).body.status).toBe("COMPLETED");
  });

  it("lets a winner give up the seat, once, which then goes on", async () => {
    const fans = await shop.fans(2);
    const drawId = await draw(fans, { winnerCount: 1, backfill: true });
    const winner = onlyOf((await byStatus(fans, drawId)).WON);
    const left = await winner.fan.leaveDraw(drawId);
    expect([left.status, left.body.status]).toEqual([200, "LEFT"]);
    expect((await winner.fan.leaveDraw(drawId)).text).toBe(left.text);
    expect((await winner.fan.drawStatus(drawId)).body).toMatchObject({ status: "LEFT" });
    expect(errorOf(await asShop(drawId, "complete", winner.fan)).code).toBe("INVALID_STATE");
    const loser = onlyOf((await byStatus(fans, drawId)).LOST).fan;
    expect(errorOf(await loser.leaveDraw(drawId))).toMatchObject({
      code: "INVALID_STATE",
      details: { state: "CLOSED" },
    });
    await server.advance(65_000);
    expect((await untilAwards(drawId, 3)).map(({ outcome }) => outcome)).toEqual([
      "ADMITTED",
      "LEFT",
      "ADMITTED",
    ]);
    expect((await loser.drawStatus(drawId)).body.status).toBe("WON");
    expect(faultsOf((await checkDrawProof(server, drawId)).steps)).toEqual([]);
  });

  it("gives no seat on without backfill", async () => {
    const fans = await shop.fans(2);
    const drawId = await draw(fans, { winnerCount: 1 });
    await server.advance((claimSeconds + graceSeconds) * 1_000);
    expect((await untilAwards(drawId, 2)).map(({ outcome }) => outcome)).toEqual(["ADMITTED", "EXPIRED"]);
    expect(Object.keys(await byStatus(fans, drawId)).sort()).toEqual(["EXPIRED", "LOST"]);
  });

  it("lets the shop check and complete a win once, and nobody else's", async () => {
    const fans = await shop.fans(2);
    const drawId = await draw(fans, { winnerCount: 1 });
    const found = await byStatus(fans, drawId);
    const [winner, loser] = [onlyOf(found.WON), onlyOf(found.LOST)];
    const { token, id } = winner.body.admission as { token: string; id: string };
    const validate = () => shop.call("POST", `/api/v1/draws/${drawId}/validate`, { body: { token } });
    expect((await validate()).body).toMatchObject({
      valid: true,
      admission: { id, drawId, entryId: winner.body.entryId, status: "WON" },
    });
    expect(errorOf(await asShop(drawId, "complete", loser.fan)).code).toBe("INVALID_STATE");
    const completed = await asShop(drawId, "complete", winner.fan, { orderId: "order-1" });
    expect(completed.body.status).toBe("COMPLETED");
    expect(errorOf(await asShop(drawId, "complete", winner.fan)).code).toBe("ADMISSION_USED");
    expect(errorOf(await asShop(drawId, "deny", winner.fan, { reason: "RULES" })).code).toBe(
      "ALREADY_COMPLETED",
    );
    expect(errorOf(await validate()).code).toBe("ADMISSION_USED");
    expect((await awardsOf(drawId)).map(({ outcome }) => outcome)).toEqual(["ADMITTED", "COMPLETED"]);
  });

  it("honours a checkout within the grace, and none after it", async () => {
    const fans = await shop.fans(2);
    const drawId = await draw(fans, { winnerCount: 2 });
    await server.advance((claimSeconds + 5) * 1_000);
    const [late, tooLate] = fans;
    if (late === undefined || tooLate === undefined) throw new Error("there are two");
    expect((await asShop(drawId, "complete", late)).status).toBe(200);
    expect(errorOf(await asShop(drawId, "deny", tooLate, { reason: "BOT" })).code).toBe("ADMISSION_EXPIRED");
    await server.advance(graceSeconds * 1_000);
    expect(errorOf(await asShop(drawId, "complete", tooLate)).code).toBe("ADMISSION_EXPIRED");
  });

  it("gives a denied seat on once no token for it can be good any more, and the proof names the reason", async () => {
    const fans = await shop.fans(2);
    const drawId = await draw(fans, { winnerCount: 1, backfill: true });
    const winner = onlyOf((await byStatus(fans, drawId)).WON);
    const denied = await asShop(drawId, "deny", winner.fan, { reason: "DUPLICATE" });
    expect((await winner.fan.drawStatus(drawId)).body).toMatchObject({
      status: "DENIED",
      reason: "DUPLICATE",
    });
    expect(denied.body.status).toBe("DENIED");
    expect(errorOf(await asShop(drawId, "deny", winner.fan, { reason: "BOT" })).code).toBe("INVALID_STATE");
    expect(await awardsOf(drawId)).toHaveLength(2);
    await server.advance(65_000);
    expect((await untilAwards(drawId, 3)).map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ["ADMITTED", null],
      ["DENIED", "DUPLICATE"],
      ["ADMITTED", null],
    ]);
  });

  it("keeps on the log what a draw would have come to that was cancelled after its freeze", async () => {
    const [row] = await server.db.query<{ now: Date }>("select stanchion_now() as now");
    const drawAt = new Date((row?.now.getTime() ?? 0) + 2 * openMs).toISOString();
    const drawId = await makeDraw({ drawAt, winnerCount: 1 });
    const fans = await shop.fans(2);
    for (const fan of fans) await fan.enterDraw(drawId);
    await server.advance(openMs);
    await server.until(
      () => drawProofOf(server, drawId),
      ({ freeze }) => freeze !== undefined,
    );
    const cancelled = await shop.call("POST", `/api/v1/draws/${drawId}/cancel`);
    expect(cancelled.body.status).toBe("CANCELLED");
    await server.advance(openMs);
    const proof = await server.until(
      () => drawProofOf(server, drawId),
      ({ seed }) => seed !== undefined,
    );
    expect(proof).toMatchObject({ drawnAt: null, awards: [], cancelledAt: expect.stringMatching(/Z$/) });
    expect(proof.winners).toHaveLength(1);
    const { ENTERED: told = [], ...others } = await byStatus(fans, drawId);
    expect(told.map(({ body }) => body.drawStatus)).toEqual(["CANCELLED", "CANCELLED"]);
    expect(others).toEqual({});
    const checked = await checkDrawProof(server, drawId);
    expect(faultsOf(checked.steps)).toEqual([]);
    expect(checked.cancelledAt).toBe(proof.cancelledAt);
    const log = await server.call(
      "GET",
      `/api/v1/organizations/${shop.organizationId}/fairness-log?mode=test&first=100`,
    );
    expect(log.text).toContain(String(proof.seed));
  });

  it("cannot be cancelled once it is drawn", async () => {
    const drawId = await draw(await shop.fans(1), {});
    expect(errorOf(await shop.call("POST", `/api/v1/draws/${drawId}/cancel`))).toMatchObject({
      code: "INVALID_STATE",
      details: { state: "COMPLETED", hint: expect.stringMatching("deny") },
    });
  });

  it("says of each verb that comes too late what can be done instead, or that nothing needs to be", async () => {
    const fans = await shop.fans(2);
    const drawId = await draw(fans, { winnerCount: 1 });
    const found = await byStatus(fans, drawId);
    const [winner, loser] = [onlyOf(found.WON).fan, onlyOf(found.LOST).fan];
    const told = async (verb: string, fan: TestFan, more = {}) => {
      const { code, details } = errorOf(await asShop(drawId, verb, fan, more));
      return [code, details.state, details.hint];
    };
    const reason = { reason: "BOT" };
    const hint = (words: string) => expect.stringMatching(words);
    expect(await told("remove", winner, reason)).toEqual(["INVALID_STATE", "COMPLETED", hint("deny")]);
    expect(await told("complete", loser)).toEqual(["INVALID_STATE", "LOST", hint("not won")]);
    expect(await told("deny", loser, reason)).toEqual(["INVALID_STATE", "LOST", hint("not won")]);
    await asShop(drawId, "deny", winner, reason);
    expect(await told("complete", winner)).toEqual(["INVALID_STATE", "DENIED", hint("taken back")]);
    expect(await told("deny", winner, reason)).toEqual(["INVALID_STATE", "DENIED", hint("nothing needs")]);
    const patched = await shop.call("PATCH", `/api/v1/draws/${drawId}`, { body: { winnerCount: 2 } });
    expect(errorOf(patched).details).toMatchObject({ state: "COMPLETED", hint: hint("Make another") });
    const kept = await shop.call("DELETE", `/api/v1/draws/${drawId}`);
    expect(errorOf(kept).details).toEqual({ entries: 2, hint: hint("its proof") });
  });

  it("says of a draw that is cancelled that nobody wins, and that nobody needs to be taken out", async () => {
    const [drawId, fan] = [await makeDraw(), await shop.fan()];
    await fan.enterDraw(drawId);
    await shop.call("POST", `/api/v1/draws/${drawId}/cancel`);
    for (const [verb, more] of [
      ["complete", {}],
      ["deny", { reason: "BOT" }],
      ["remove", { reason: "BOT" }],
    ] as const)
      expect(errorOf(await asShop(drawId, verb, fan, more))).toMatchObject({
        code: "INVALID_STATE",
        details: { hint: expect.stringMatching("admits nobody") },
      });
    expect(errorOf(await fan.leaveDraw(drawId)).details).toMatchObject({
      state: "CANCELLED",
      hint: expect.stringMatching("nothing to leave"),
    });
  });

  it("says of somebody who has not won yet how they are taken out", async () => {
    const [drawId, fan] = [await makeDraw(), await shop.fan()];
    await fan.enterDraw(drawId);
    expect(errorOf(await asShop(drawId, "deny", fan, { reason: "BOT" }))).toMatchObject({
      code: "INVALID_STATE",
      details: { state: "ENTERED", hint: expect.stringMatching("remove") },
    });
  });

  it("freezes nothing that was cancelled before its close", async () => {
    const drawId = await makeDraw();
    expect(await drawProofOf(server, drawId)).toMatchObject({ cancelledAt: null });
    const stateOfList = async () =>
      errorOf(await server.call("GET", `/api/v1/draws/${drawId}/proof/leaves`)).details;
    expect(await stateOfList()).toMatchObject({
      state: "NOT_FROZEN",
      hint: expect.stringMatching("closeAt"),
    });
    await shop.call("POST", `/api/v1/draws/${drawId}/cancel`);
    expect(await stateOfList()).toMatchObject({ state: "CANCELLED" });
    await server.advance(openMs);
    const dueOf = () =>
      server.db.query<{ due: Date | null }>(
        "select o.due_at as due from draw_outcomes o join draws d on d.id = o.draw_id where d.cancelled_at is not null and o.frozen_at is null",
      );
    await server.until(dueOf, (rows) => rows.every(({ due }) => due === null));
    expect(await checkDrawProof(server, drawId)).toMatchObject({
      stage: "announced",
      cancelledAt: expect.stringMatching(/Z$/),
    });
  });

  it("is exported with the win and its order, and erased to what names nobody, while the proof stands", async () => {
    const fans = await shop.fans(1);
    const drawId = await draw(fans, {});
    const winner = onlyOf(fans);
    await asShop(drawId, "complete", winner, { orderId: "order-of-ada" });
    const path = `/api/v1/consumers/${winner.consumerId}`;
    const exported = await shop.call("GET", `${path}/export`);
    expect(exported.body.drawEntries).toMatchObject([
      { drawId, status: "COMPLETED", admission: { status: "COMPLETED", orderId: "order-of-ada" } },
    ]);
    await shop.call("POST", `${path}/erase`);
    const kept = await server.db.query("select 1 from admissions where order_id = 'order-of-ada'");
    expect(kept).toEqual([]);
    expect(faultsOf((await checkDrawProof(server, drawId)).steps)).toEqual([]);
  });

  it("is drawn once: who had nobody in it cannot set it back", async () => {
    const drawId = await draw([], {});
    const later = new Date(Date.now() + 1_000 * openMs).toISOString();
    for (const body of [{ closeAt: later, drawAt: later }, { winnerCount: 9 }]) {
      const refused = await shop.call("PATCH", `/api/v1/draws/${drawId}`, { body });
      expect([refused.status, errorOf(refused).code]).toEqual([409, "INVALID_STATE"]);
    }
  });
});
