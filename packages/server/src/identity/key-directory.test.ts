import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../platform/clock.ts";
import { createLog } from "../platform/log.ts";
import { createSecrets } from "../platform/secrets.ts";
import { createTestDatabase, type TestDatabase } from "../testing/index.ts";
import { newApiKey } from "./api-key-format.ts";
import { createOrganization } from "./create-organization.ts";
import { createKeyDirectory, type KeyDirectory } from "./key-directory.ts";

describe("the key directory", () => {
  let db: TestDatabase;
  let keys: KeyDirectory;
  const secrets = createSecrets("a secret of the tests, long enough to be one");
  beforeAll(async () => {
    db = await createTestDatabase();
    keys = createKeyDirectory({
      database: db.database,
      secrets,
      clock: systemClock,
      log: createLog("silent"),
    });
  });
  afterAll(async () => {
    await keys.close();
    await db.drop();
  });
  const neverAsk = (): void => {
    throw new Error("the database was to be asked");
  };

  it.each(["", "sk_test_garbage", "pk_test_page_x_y", `${newApiKey("secret", false)}0`])(
    "refuses what is no key of ours without asking the database: %s",
    (key) => {
      expect(() => keys.find(key, neverAsk)).toThrow("INVALID_TOKEN");
    },
  );

  it("asks for a key that it has not met, and no more once it has", async () => {
    const { secretKey, organizationId } = await createOrganization(db.database, { name: "Met" });
    expect(() => keys.find(secretKey, neverAsk)).toThrow("the database was to be asked");
    const first = await keys.find(secretKey, () => {});
    expect(keys.find(secretKey, neverAsk)).toBe(first);
    expect(first).toMatchObject({ kind: "key", keyKind: "secret", tenant: { isLive: false } });
    expect(organizationId).toMatch(/^org_/);
  });

  it("refuses a key of the right form that nobody made", async () => {
    await expect(async () => keys.find(newApiKey("secret", true), () => {})).rejects.toThrow("INVALID_TOKEN");
  });
});
