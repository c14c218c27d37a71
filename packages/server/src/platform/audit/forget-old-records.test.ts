import { decodeId, limits } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "../../testing/index.ts";
import { forgetOldRecords, verifyAuditLog } from "./index.ts";

const day = 86_400_000;

describe("the audit log, as time passes", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
  });
  afterAll(() => server.stop());

  it("forgets addresses after 90 days and rows after two years, and what is left holds", async () => {
    const shop = await server.shop();
    const organizationId = decodeId("organization", shop.organizationId) ?? "";
    const rows = () =>
      server.db.query(
        `select number, action, network, network_salt is null as "isSaltless" from audit_records r
         join audit_chains c on c.id = r.chain_id where c.organization_id = $1 order by number`,
        [organizationId],
      );
    const verdict = async () => (await verifyAuditLog(server.db.database, { organizationId })).chains[0];
    const forget = () => forgetOldRecords(server.db.database);
    await shop.queue();
    await server.advance(limits.auditNetworkKeptSeconds * 1000 - day);
    await shop.queue();
    await forget();
    expect((await rows()).map(({ network }) => network)).toEqual([null, "127.0.0.1", "127.0.0.1"]);
    await server.advance(2 * day);
    await forget();
    expect((await rows()).map(({ network, isSaltless }) => [network, isSaltless])).toEqual([
      [null, true],
      [null, true],
      ["127.0.0.1", false],
    ]);
    expect(await verdict()).toMatchObject({ fault: null, first: 1 });
    // A month longer, so that a chain is not shortened for every single row.
    await server.advance(limits.auditKeptSeconds * 1000 - limits.auditNetworkKeptSeconds * 1000 + 2 * day);
    await forget();
    expect(await rows()).toHaveLength(3);
    await server.advance(30 * day);
    await forget();
    expect(await rows()).toMatchObject([
      { number: 3, action: "queue.created" },
      { number: 4, action: "audit_log.shortened" },
    ]);
    expect(await verdict()).toMatchObject({ fault: null, first: 3, forgottenNumber: 2, head: { number: 4 } });
    await forget();
    expect(await rows()).toHaveLength(2);
    await server.advance(3 * limits.auditKeptSeconds * 1000);
    await forget();
    await shop.queue();
    expect((await rows()).map(({ number, action }) => [number, action])).toEqual([
      [5, "audit_log.shortened"],
      [6, "queue.created"],
    ]);
    expect(await verdict()).toMatchObject({ fault: null, forgottenNumber: 4 });
  });
});
