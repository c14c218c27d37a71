import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/index.ts";
import { createLog } from "../log.ts";
import { createSecrets } from "../secrets.ts";
import {
  type KeyPurpose,
  openSigningKeys,
  rotateSigningKeys,
  rotateWhenDue,
  type SigningKeys,
} from "./index.ts";

const log = createLog("silent");
const secrets = createSecrets("a secret of the tests, long enough to be one");

describe("the signing keys", () => {
  let db: TestDatabase;
  let keys: SigningKeys;
  beforeAll(async () => {
    db = await createTestDatabase();
    keys = await openSigningKeys(db.database, secrets, log);
  });
  afterAll(async () => {
    keys.close();
    await db.drop();
  });

  const count = async (purpose: KeyPurpose) =>
    (await db.query("select 1 from signing_keys where purpose = $1", [purpose])).length;

  it("are made at the first start, and found again at the next", async () => {
    const again = await openSigningKeys(db.database, secrets, log);
    expect(again.jwks).toBe(keys.jwks);
    expect(again.admission.current(Date.now()).keyId).toBe(keys.admission.current(Date.now()).keyId);
    again.close();
  });

  it("leave the first of statements inactive for a while, which an earlier version would sign admissions with", async () => {
    const rows = await db.query<{ keyId: string; isActive: boolean }>(
      `select key_id as "keyId", active_from <= now() as "isActive" from signing_keys order by active_from`,
    );
    const nowMs = Date.now();
    expect(rows).toEqual([
      { keyId: keys.admission.current(nowMs).keyId, isActive: true },
      { keyId: keys.fairness.current(nowMs).keyId, isActive: false },
    ]);
  });

  it("are encrypted where they are stored", async () => {
    const [row] = await db.query<{ sealed: Buffer }>(
      "select sealed_private_key as sealed from signing_keys where purpose = 'admission'",
    );
    const plain = keys.admission.current(Date.now()).privateKey.export({ format: "der", type: "pkcs8" });
    expect(row?.sealed.includes(plain.subarray(-32))).toBe(false);
    const others = createSecrets("another secret, which is also long enough");
    await expect(openSigningKeys(db.database, others, log)).rejects.toThrow();
  });

  it("are not rotated before they are 30 days old, and then once", async () => {
    await rotateWhenDue(db.database, secrets);
    expect(await count("admission")).toBe(1);
    await db.query("update signing_keys set created_at = created_at - interval '31 days'");
    await rotateWhenDue(db.database, secrets);
    await rotateWhenDue(db.database, secrets);
    expect(await count("admission")).toBe(2);
  });

  it("stay known for a day after their retirement, and are forgotten then", async () => {
    const before = keys.admission.current(Date.now()).keyId;
    await rotateSigningKeys(db.database, secrets, "admission");
    await keys.refresh();
    expect(keys.admission.verifier(before)).not.toBeNull();
    await db.query("update signing_keys set retired_at = now() - interval '25 hours' where key_id = $1", [
      before,
    ]);
    await keys.refresh();
    expect(keys.admission.verifier(before)).toBeNull();
    expect(keys.jwks).not.toContain(before);
  });

  it("of statements are rotated once a year, alone, and never forgotten", async () => {
    const before = keys.fairness.current(Date.now()).keyId;
    const admissionKeys = await count("admission");
    await db.query(
      "update signing_keys set created_at = created_at - interval '366 days' where purpose = 'fairness'",
    );
    await rotateWhenDue(db.database, secrets);
    expect([await count("admission"), await count("fairness")]).toEqual([admissionKeys, 2]);
    await db.query(
      "update signing_keys set retired_at = now() - interval '9 years', active_from = now() - interval '10 years' where key_id = $1",
      [before],
    );
    await keys.refresh();
    expect(keys.fairness.verifier(before)).not.toBeNull();
    expect(keys.jwks).toContain(before);
    const next = keys.fairness.current(Date.now() + 601_000).keyId;
    expect(next).not.toBe(before);
    expect(keys.jwks).toContain(next);
  });

  it("of one purpose vouch for nothing of the other", () => {
    const nowMs = Date.now();
    expect(keys.admission.verifier(keys.fairness.current(nowMs).keyId)).toBeNull();
    expect(keys.fairness.verifier(keys.admission.current(nowMs).keyId)).toBeNull();
  });

  it("know nothing of a key that is no key", () => {
    expect(keys.admission.verifier("strange")).toBeNull();
    expect(keys.admission.verifier("")).toBeNull();
  });
});
