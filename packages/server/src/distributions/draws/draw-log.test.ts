import { decodeId } from "@stanchion/contract";
import { type AnnouncedDrawProof, checkLog, type Jwks, type LogPage, type Receipt } from "@stanchion/verify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer, type TestShop } from "../../testing/index.ts";

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
