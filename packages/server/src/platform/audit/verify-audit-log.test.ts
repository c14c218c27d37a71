import { decodeId, encodeId } from "@stanchion/contract";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createOrganization } from "../../identity/index.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/index.ts";
import { hostAuthor, recordChangeBy, verifyAuditLog } from "./index.ts";
import { networkDigest } from "./record-hash.ts";

let db: TestDatabase;
let organizationId: string;
let wireId: string;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

/** An organization with seven rows: its making, and six changes. */
beforeEach(async () => {
  const made = await createOrganization(db.database, { name: "Shop" });
  wireId = made.organizationId;
  organizationId = decodeId("organization", wireId) ?? "";
  const author = { ...hostAuthor({ organizationId, isLive: false }), network: "192.0.2.7" };
  for (let rate = 1; rate <= 6; rate += 1)
    await db.database.kysely.transaction().execute((transaction) =>
      recordChangeBy(transaction, author, {
        action: "queue.updated",
        target: "queue_1",
        before: { admitRate: rate, under_score: 1.5 },
        after: { admitRate: rate + 1, under_score: null },
      }),
    );
});

const verify = (noted: { number: number; hash: string }[] = []) =>
  verifyAuditLog(db.database, { organizationId, noted });
const faultNow = async () => (await verify()).chains[0]?.fault;
const ofChain = "chain_id = (select id from audit_chains where organization_id = $1)";
const change = (statement: string, ...values: unknown[]) =>
  db.query(`${statement} ${statement.includes(" where ") ? "and" : "where"} ${ofChain}`, [
    organizationId,
    ...values,
  ]);

describe("a chain", () => {
  it("holds as it was written, and tells its head", async () => {
    const { chains, headless, missing } = await verify();
    expect(chains).toEqual([
      {
        organizationId: wireId,
        mode: "test",
        first: 1,
        head: { number: 7, hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
        forgottenNumber: 0,
        fault: null,
      },
    ]);
    expect([headless, missing]).toEqual([[], []]);
  });

  it.each<[string, string, { number: number; id: unknown; why: unknown }]>([
    [
      "of which a row was removed names it",
      "delete from audit_records where number = 3",
      { number: 3, id: null, why: expect.stringContaining("missing") },
    ],
    [
      "of which the first row was removed names it",
      "delete from audit_records where number = 1",
      { number: 1, id: null, why: expect.stringContaining("missing") },
    ],
    [
      "of which the end was removed names the first that is gone",
      "delete from audit_records where number > 5",
      { number: 6, id: null, why: expect.stringContaining("up to the head, which is 7") },
    ],
    [
      "of which everything was removed names the first row",
      "delete from audit_records",
      { number: 1, id: null, why: expect.stringContaining("missing") },
    ],
  ])("%s", async (_, statement, expected) => {
    await change(statement);
    expect(await faultNow()).toEqual(expected);
  });

  it.each([
    ["action", "'queue.closed'"],
    ["recorded_at", "recorded_at + interval '1 millisecond'"],
    ["actor_type", "'system'"],
    ["actor_id", "'key_1'"],
    ["actor_name", "'Somebody else'"],
    ["target_id", "'queue_2'"],
    ["related", "array['queue_2']"],
    ["changed", "array['name']"],
    ["before", "'{\"admitRate\":9}'"],
    ["after", "null"],
    ["request_id", "'req_1'"],
    ["record_id", "gen_random_uuid()"],
    ["network_digest", "sha256('x')"],
    ["hash", "sha256('x')"],
  ])("of which a row's %s was changed names the row", async (column, value) => {
    await change(`update audit_records set ${column} = ${value} where number = 4`);
    expect(await faultNow()).toMatchObject({ number: 4, why: "it is not as it was written" });
  });

  it("of which two rows changed places names the first of them", async () => {
    await change("update audit_records set number = -number where number in (3, 4)");
    await change("update audit_records set number = case number when -3 then 4 else 3 end where number < 0");
    expect(await faultNow()).toMatchObject({ number: 3, why: "it does not follow on the row before it" });
  });

  it("of which a row's address was changed names the row, and one whose address was forgotten holds", async () => {
    await change("update audit_records set network = null, network_salt = null where number = 3");
    expect(await faultNow()).toBe(null);
    await change("update audit_records set network = '192.0.2.8' where number = 4");
    expect(await faultNow()).toMatchObject({
      number: 4,
      why: "its address is not the one that was written",
    });
    const salt = Buffer.alloc(32, 1);
    await change(
      "update audit_records set network_salt = $2, network_digest = $3 where number = 4",
      salt,
      networkDigest(salt, "192.0.2.8"),
    );
    expect(await faultNow()).toMatchObject({ number: 4, why: "it is not as it was written" });
  });

  it("whose head was set back names the first row behind it", async () => {
    await db.query(
      `update audit_chains c set last_number = 5, last_hash = r.hash from audit_records r
       where r.chain_id = c.id and r.number = 5 and c.organization_id = $1`,
      [organizationId],
    );
    expect(await faultNow()).toMatchObject({ number: 6, why: expect.stringContaining("behind") });
  });

  it("whose beginning was cut off in the head as well is found, since no row says that it was forgotten", async () => {
    await db.query(
      `update audit_chains c set forgotten_number = 3, forgotten_hash = r.hash from audit_records r
       where r.chain_id = c.id and r.number = 3 and c.organization_id = $1`,
      [organizationId],
    );
    await change("delete from audit_records where number <= 3");
    expect(await faultNow()).toMatchObject({ number: 1, why: expect.stringContaining("no row says") });
  });

  it("that was given to another organization does not hold", async () => {
    const other = await createOrganization(db.database, { name: "Other" });
    const otherId = decodeId("organization", other.organizationId) ?? "";
    await db.query("delete from audit_chains where organization_id = $1", [otherId]);
    await db.query("update audit_chains set organization_id = $2 where organization_id = $1", [
      organizationId,
      otherId,
    ]);
    const { chains } = await verifyAuditLog(db.database, { organizationId: otherId });
    expect(chains[0]).toMatchObject({
      organizationId: encodeId("organization", otherId),
      fault: { number: 1 },
    });
    expect((await verifyAuditLog(db.database)).headless.length).toBeGreaterThan(0);
  });

  it("is held against heads that were noted: one that was cut off and written on elsewhere is found by them", async () => {
    const [before] = (await verify()).chains;
    const noted = before === undefined ? [] : [before.head];
    await db.database.kysely.transaction().execute((transaction) =>
      recordChangeBy(transaction, hostAuthor({ organizationId, isLive: false }), {
        action: "queue.closed",
        target: "queue_1",
      }),
    );
    expect((await verify(noted)).missing).toEqual([]);
    await change("delete from audit_records where number > 6");
    await db.query(
      `update audit_chains c set last_number = 6, last_hash = r.hash from audit_records r
       where r.chain_id = c.id and r.number = 6 and c.organization_id = $1`,
      [organizationId],
    );
    const { chains, missing } = await verify(noted);
    expect([chains[0]?.fault, missing]).toEqual([null, noted]);
  });
});
