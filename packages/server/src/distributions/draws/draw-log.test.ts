import { decodeId } from "@stanchion/contract";
import {
  type AnnouncedDrawProof,
  checkLog,
  type DrawProof,
  type Jwks,
  type LogPage,
  type Receipt,
} from "@stanchion/verify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drawProofOf } from "../../testing/check-draw-proof.ts";
import {
  bringDrawsOn,
  drawAmong,
  startTestServer,
  type TestFan,
  type TestServer,
  type TestShop,
} from "../../testing/index.ts";

describe("the log of a draw", () => {
  let server: TestServer;
  let jwks: Jwks;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    jwks = (await server.call("GET", "/.well-known/jwks.json")).body as unknown as Jwks;
  });
  afterAll(() => server.stop());

  /** All of it, in pages of two, as anyone reads it. */
  async function readPages({ organizationId }: TestShop): Promise<LogPage[]> {
    const pages: LogPage[] = [];
    for (let query = ""; ; ) {
      const path = `/api/v1/organizations/${organizationId}/fairness-log?mode=test&first=2${query}`;
      const { body } = await server.call("GET", path);
      const page = body as unknown as LogPage & { pageInfo: { endCursor: string; hasNextPage: boolean } };
      pages.push(page);
      if (!page.pageInfo.hasNextPage) return pages;
      query = `&after=${page.pageInfo.endCursor}&size=${page.size}`;
    }
  }
  async function readRules(shop: TestShop, id: string): Promise<AnnouncedDrawProof> {
    const { rules, rulesHash, commitment } = (await shop.call("GET", `/api/v1/draws/${id}`)).body;
    return { algorithm: "fair-draw-v1", rules, rulesHash, commitment } as AnnouncedDrawProof;
  }
  const brokenSteps = (evidence: Parameters<typeof checkLog>[0]) =>
    checkLog(evidence).filter(({ holds }) => !holds);

  it("has its rules from before the first entry on, which the receipt proves for ever", async () => {
    const shop = await server.shop();
    const draw = await shop.draw({ winnerCount: 1 });
    const before = await readPages(shop);
    await shop.call("PATCH", `/api/v1/draws/${draw.id}`, { body: { winnerCount: 2 } });
    await shop.draw();
    const entered = (await (await shop.fan()).enterDraw(draw.id)).body.receipt as Receipt;
    await shop.draw();
    const proof = await readRules(shop, draw.id);
    const pages = await readPages(shop);
    expect(pages.map(({ data }) => data.length)).toEqual([2, 2, 2, 2]);
    const earlierHeads = before.map(({ head }) => head);
    expect(brokenSteps({ pages, jwks, proof, receipt: entered, earlierHeads })).toEqual([]);
  });

  it("has one freeze, one result and every award of a draw that is drawn, whose receipts saw it grow", async () => {
    const shop = await server.shop();
    const fans = await shop.fans(4);
    const drawId = await drawAmong(server, shop, fans, { winnerCount: 2, backfill: true });
    const statuses = await Promise.all(fans.map(async (fan) => (await fan.drawStatus(drawId)).body));
    const winners = fans.filter((_, at) => statuses[at]?.status === "WON");
    const [denied, paid] = winners as [TestFan, TestFan];
    const asShop = (verb: string, { consumerId }: TestFan, more = {}) =>
      shop.call("POST", `/api/v1/draws/${drawId}/${verb}`, { body: { consumerId, ...more } });
    expect((await asShop("deny", denied, { reason: "BOT" })).status).toBe(200);
    expect((await asShop("complete", paid)).status).toBe(200);
    const awardsOf = async () => (await drawProofOf(server, drawId)).awards as readonly unknown[];
    // Two seats, one used and one taken away, which goes on once no token for it can be good any more.
    await server.advance(65_000);
    await bringDrawsOn(server, async () => (await awardsOf()).length === 5);
    const proof = (await drawProofOf(server, drawId)) as unknown as DrawProof;
    const pages = await readPages(shop);
    const kinds = pages.flatMap(({ data }) => data.map(({ entry }) => entry.kind));
    expect(kinds.slice(0, 4)).toEqual(["rules.made", "rules.announced", "freeze", "result"]);
    expect(new Set(kinds.slice(4))).toEqual(new Set(["awards"]));
    for (const { receipt } of statuses) {
      const evidence = { pages, jwks, proof, receipt: receipt as Receipt };
      expect(brokenSteps(evidence)).toEqual([]);
      expect(checkLog(evidence).map(({ step }) => step)).toContain("logged awards");
    }
    // Of two seats the other one.
    const awards = proof.awards.map((award, at) => (at === 2 ? { ...award, seat: 3 - award.seat } : award));
    expect(brokenSteps({ pages, jwks, proof: { ...proof, awards } }).map(({ step }) => step)).toEqual([
      "logged awards",
    ]);
  });

  it("has the result of a draw that was called off once its list was fixed", async () => {
    const shop = await server.shop();
    const [row] = await server.db.query<{ now: Date }>("select stanchion_now() as now");
    const inMinutes = (minutes: number) =>
      new Date((row?.now.getTime() ?? 0) + minutes * 60_000).toISOString();
    const { id } = await shop.draw({ winnerCount: 1, closeAt: inMinutes(1), drawAt: inMinutes(3) });
    const receipt = (await (await shop.fan()).enterDraw(id)).body.receipt as Receipt;
    const has = async (member: string) => (await drawProofOf(server, id))[member] !== undefined;
    await server.advance(60_000);
    await bringDrawsOn(server, () => has("freeze"));
    expect((await shop.call("POST", `/api/v1/draws/${id}/cancel`)).body.status).toBe("CANCELLED");
    await server.advance(120_000);
    await bringDrawsOn(server, () => has("seed"));
    const proof = (await drawProofOf(server, id)) as unknown as DrawProof;
    const pages = await readPages(shop);
    const kinds = pages.flatMap(({ data }) => data.map(({ entry }) => entry.kind));
    expect(kinds).toEqual(["rules.made", "rules.announced", "freeze", "cancelled", "result"]);
    expect(brokenSteps({ pages, jwks, proof, receipt })).toEqual([]);
    const unmarked = brokenSteps({ pages, jwks, proof: { ...proof, cancelledAt: null }, receipt });
    expect(unmarked.map(({ step }) => step)).toEqual(["logged cancellation"]);
  });

  it("cannot be rewritten by who holds the database without the receipt showing it", async () => {
    const shop = await server.shop();
    const draw = await shop.draw();
    const receipt = (await (await shop.fan()).enterDraw(draw.id)).body.receipt as Receipt;
    // Whoever holds the database: the log begins anew, with all that the draw has now.
    for (const table of ["fairness_logs", "fairness_log_entries", "fairness_log_nodes"])
      await server.db.query(`delete from ${table} where organization_id = $1`, [
        decodeId("organization", shop.organizationId),
      ]);
    const other = await shop.draw();
    const proof = await readRules(shop, other.id);
    const pages = await readPages(shop);
    expect(brokenSteps({ pages, jwks, proof })).toEqual([]);
    expect(brokenSteps({ pages, jwks, proof, receipt }).map(({ step, says }) => [step, says])).toEqual([
      ["receipt's log", expect.stringMatching(/^The log was rewritten: its first 2 entries/)],
    ]);
  });
});
