import { createHash } from "node:crypto";
import { decodeId } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createOrganization } from "../../identity/index.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/index.ts";
import { withRetries } from "../database/index.ts";
import { type Change, type ChangeAuthor, hostAuthor, recordChangeBy } from "./index.ts";

interface Row extends Record<string, unknown> {
  number: number;
  action: string;
  target_id: string;
  recorded_at: Date;
  previous_hash: Buffer;
  hash: Buffer;
  network: string;
  network_salt: Buffer;
  network_digest: Buffer;
}

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

const record = (author: ChangeAuthor, change: Change): Promise<void> =>
  withRetries(() =>
    db.database.kysely.transaction().execute((transaction) => recordChangeBy(transaction, author, change)),
  );
const freshTenant = async () => {
  const made = await createOrganization(db.database, { name: "Shop" });
  return { organizationId: decodeId("organization", made.organizationId) ?? "", isLive: false };
};
const rowsOf = ({ organizationId, isLive }: { organizationId: string; isLive: boolean }): Promise<Row[]> =>
  db.query<Row>(
    `select r.* from audit_records r join audit_chains c on c.id = r.chain_id
     where c.organization_id = $1 and c.is_live = $2 and action <> 'organization.created' order by number`,
    [organizationId, isLive],
  );

describe("a recorded change", () => {
  it("stands in the chain of its organization and mode, and the head is kept apart", async () => {
    const tenant = await freshTenant();
    const live = { ...tenant, isLive: true };
    for (const target of ["queue_a", "queue_b"])
      await record(hostAuthor(live), { action: "queue.paused", target });
    await record(hostAuthor(tenant), { action: "queue.closed", target: "queue_c" });
    const rows = await rowsOf(live);
    expect(rows.map(({ number, target_id }) => [number, target_id])).toEqual([
      [1, "queue_a"],
      [2, "queue_b"],
    ]);
    expect(rows[0]?.previous_hash).toEqual(Buffer.alloc(32));
    expect(rows[1]?.previous_hash).toEqual(rows[0]?.hash);
    const [head] = await db.query(
      "select last_number, last_hash from audit_chains where organization_id = $1 and is_live",
      [tenant.organizationId],
    );
    expect(head).toEqual({ last_number: 2, last_hash: rows[1]?.hash });
    expect(await rowsOf(tenant)).toHaveLength(1);
  });

  it("is gone with its transaction", async () => {
    const tenant = await freshTenant();
    const failing = db.database.kysely.transaction().execute(async (transaction) => {
      await recordChangeBy(transaction, hostAuthor(tenant), { action: "queue.paused", target: "queue_a" });
      throw new Error("the verb failed after all");
    });
    await expect(failing).rejects.toThrow("after all");
    expect(await rowsOf(tenant)).toEqual([]);
  });

  it("vouches for the address by a digest under a salt of its own", async () => {
    const tenant = await freshTenant();
    const author = { ...hostAuthor(tenant), network: "192.0.2.7", requestId: "req_1" };
    for (const target of ["queue_a", "queue_b"]) await record(author, { action: "queue.paused", target });
    const [one, two] = await rowsOf(tenant);
    expect(one?.network_salt).not.toEqual(two?.network_salt);
    expect(one?.network_digest).toEqual(
      createHash("sha256")
        .update(one?.network_salt ?? "")
        .update("192.0.2.7")
        .digest(),
    );
  });

  it("has its number and its time in one order, however many are written at once", async () => {
    const tenant = await freshTenant();
    const targets = Array.from({ length: 60 }, (_, index) => `queue_${index}`);
    await Promise.all(
      targets.map((target) => record(hostAuthor(tenant), { action: "queue.paused", target })),
    );
    const rows = await rowsOf(tenant);
    expect(rows.map(({ target_id }) => target_id).sort()).toEqual([...targets].sort());
    for (const [index, row] of rows.entries()) {
      const before = rows[index - 1];
      if (before === undefined) continue;
      expect(row.number).toBe(before.number + 1);
      expect(row.previous_hash).toEqual(before.hash);
      expect(row.recorded_at.getTime()).toBeGreaterThanOrEqual(before.recorded_at.getTime());
    }
  });
});
