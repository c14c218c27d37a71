import { decodeId } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestAnswer, type TestServer, testLine } from "../../testing/index.ts";
import { verifyAuditLog } from "./index.ts";

describe("operators who change many things at once, with fans and admissions among them", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
  });
  afterAll(() => server.stop());

  const deadlocks = async (): Promise<number> => {
    const [row] = await server.db.query<{ count: number }>(
      "select deadlocks as count from pg_stat_database where datname = current_database()",
    );
    return row?.count ?? 0;
  };

  it("never wait for each other in a circle, and leave one row for each change in a chain that holds", async () => {
    const shop = await server.shop();
    const before = await deadlocks();
    const rounds = Array.from({ length: 4 }, async (_, round) => {
      const queue = await shop.queue({ admitRate: 100_000 });
      const fans = await shop.fans(8);
      await Promise.all(fans.map((fan) => fan.enter(queue.id)));
      const ask = (verb: string, body: object = {}) =>
        shop.call("POST", `/api/v1/queues/${queue.id}/${verb}`, { body });
      const product = await shop.call("POST", "/api/v1/products", {
        body: { name: `P${round}`, sku: `P-${round}` },
      });
      const line = testLine(server.db, queue.id);
      const changes: Promise<TestAnswer>[] = [
        ...fans.slice(0, 3).map(({ consumerId }) => ask("admit", { consumerId })),
        ...fans.slice(3, 6).map(({ consumerId }) => ask("deny", { consumerId, reason: "no" })),
        ...[1, 2, 3].map((rate) =>
          shop.call("PATCH", `/api/v1/queues/${queue.id}`, { body: { admitRate: 100_000 + rate } }),
        ),
        ...[1, 2, 3].map((n) =>
          shop.call("PATCH", `/api/v1/products/${product.body.id}`, { body: { name: `P${round} ${n}` } }),
        ),
        ask("pause"),
        ask("resume"),
        ...[1, 2].map((n) => shop.call("POST", "/api/v1/experiences", { body: { name: `E${round} ${n}` } })),
      ];
      const others = [
        fans[6]?.leave(queue.id),
        fans[7]?.leave(queue.id),
        line.tick().then(() => line.tick()),
      ];
      const answers = await Promise.all(changes);
      await Promise.all(others);
      return answers;
    });
    const answers = (await Promise.all(rounds)).flat();
    const byCode = answers.filter(({ status }) => status >= 400).map(({ body }) => body.code);
    // An admission by hand and the tick may both have wanted the same fan; nobody was told to try again.
    expect(byCode.filter((code) => code !== "INVALID_STATE")).toEqual([]);
    const organizationId = decodeId("organization", shop.organizationId) ?? "";
    const [chain] = (await verifyAuditLog(server.db.database, { organizationId })).chains;
    expect(chain).toMatchObject({ fault: null });
    // A pause or a resumption that finds nothing to change leaves no row.
    const effects = answers.filter(({ status }) => status < 300).length;
    const rows = (chain?.head.number ?? 0) - 1 - 4 - 4;
    expect(effects - rows).toBeLessThanOrEqual(4);
    expect(rows).toBeLessThanOrEqual(effects);
    expect(await deadlocks()).toBe(before);
  });
});
