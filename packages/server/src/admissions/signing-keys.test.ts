import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLog } from "../platform/log.ts";
import { createSecrets } from "../platform/secrets.ts";
import { createTestDatabase, type TestDatabase } from "../testing/index.ts";
import { openSigningKeys, rotateSigningKeys, rotateWhenDue, type SigningKeys } from "./index.ts";

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

  const count = async () => (await db.query("select 1 from signing_keys")).length;

  it("are made at the first start, and found again at the next", async () => {
    const again = await openSigningKeys(db.database, secrets, log);
    expect(again.jwks).toBe(keys.jwks);
    expect(again.current(Date.now()).keyId).toBe(keys.current(Date.now()).keyId);
    again.close();
  });

  it("are encrypted where they are stored", async () => {
    const [row] = await db.query<{ sealed: Buffer }>("select sealed_private_key as sealed from signing_keys");
    const plain = keys.current(Date.now()).privateKey.export({ format: "der", type: "pkcs8" });
    expect(row?.sealed.includes(plain.subarray(-32))).toBe(false);
    const others = createSecrets("another secret, which is also long enough");
    await expect(openSigningKeys(db.database, others, log)).rejects.toThrow();
  });

  it("are not rotated before they are 30 days old, and then once", async () => {
    await rotateWhenDue(db.database, secrets);
    expect(await count()).toBe(1);
    await db.query("update signing_keys set created_at = created_at - interval '31 days'");
    await rotateWhenDue(db.database, secrets);
    await rotateWhenDue(db.database, secrets);
    expect(await count()).toBe(2);
  });

  it("stay known for a day after their retirement, and are forgotten then", async () => {
    const before = keys.current(Date.now()).keyId;
    await rotateSigningKeys(db.database, secrets);
    await keys.refresh();
    expect(keys.verifier(before)).not.toBeNull();
    await db.query("update signing_keys set retired_at = now() - interval '25 hours' where key_id = $1", [
      before,
    ]);
    await keys.refresh();
    expect(keys.verifier(before)).toBeNull();
    expect(keys.jwks).not.toContain(before);
  });

  it("know nothing of a key that is no key", () => {
    expect(keys.verifier("strange")).toBeNull();
    expect(keys.verifier("")).toBeNull();
  });
});
