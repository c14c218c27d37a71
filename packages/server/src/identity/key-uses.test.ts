import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLog } from "../platform/log.ts";
import { newUuid } from "../platform/randomness.ts";
import { startTestServer, type TestServer, type TestShop } from "../testing/index.ts";
import { hashApiKey } from "./api-key-format.ts";
import { createKeyUses } from "./key-uses.ts";

const apiKeys = "/api/v1/api-keys";

describe("the last use of a key", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
  });
  afterAll(() => server.stop());

  const open = () => createKeyUses({ database: server.db.database, log: createLog("silent") });
  const secretOf = async (key: string) => {
    const [row] = await server.db.query<{ id: string; hint: string | null; last_used_at: Date | null }>(
      "select id, hint, last_used_at from api_key_secrets where key_hash = $1",
      [hashApiKey(key)],
    );
    if (row === undefined) throw new Error("there is no such secret");
    return row;
  };
  const made = async () => {
    const body = { name: `Till ${newUuid(Date.now())}`, kind: "secret" };
    return (await shop.call("POST", apiKeys, { body })).body as { id: string; key: string };
  };

  it("is written when asked for or stopped, by one statement for all keys, and never back in time", async () => {
    const [one, two] = [await made(), await made()];
    const uses = [await secretOf(one.key), await secretOf(two.key)].map(({ id }) => ({
      secretId: id,
      hint: "hint",
      atMs: 0,
    }));
    const [first, second] = uses;
    if (first === undefined || second === undefined) throw new Error("no secrets");
    const [ours, others] = [open(), open()];
    ours.note(first, 2_000);
    ours.note(second, 3_000);
    ours.note(first, 5_000);
    await ours.write();
    expect((await secretOf(one.key)).last_used_at).toEqual(new Date(5_000));
    others.note({ ...first, atMs: 0 }, 4_000);
    others.note({ ...second, atMs: 0 }, 9_000);
    await others.close();
    expect((await secretOf(one.key)).last_used_at).toEqual(new Date(5_000));
    expect((await secretOf(two.key)).last_used_at).toEqual(new Date(9_000));
    await ours.close();
  });

  it("is kept for the next time where it cannot be written", async () => {
    const till = await made();
    const { id } = await secretOf(till.key);
    const uses = open();
    uses.note({ secretId: id, hint: "hint", atMs: 0 }, 7_000);
    await server.db.query("alter table api_key_secrets rename to hidden_secrets");
    await expect(uses.write()).rejects.toThrow();
    await server.db.query("alter table hidden_secrets rename to api_key_secrets");
    await uses.close();
    expect((await secretOf(till.key)).last_used_at).toEqual(new Date(7_000));
  });

  it("gives a key from before hints its own", async () => {
    const till = await made();
    const { id } = await secretOf(till.key);
    await server.db.query("update api_key_secrets set hint = null where id = $1", [id]);
    expect((await shop.call("GET", `${apiKeys}/${till.id}`)).body.hint).toBeNull();
    const uses = open();
    uses.note({ secretId: id, hint: "sk_test_abcd…wxyz", atMs: 0 }, 7_000);
    await uses.close();
    expect((await shop.call("GET", `${apiKeys}/${till.id}`)).body.hint).toBe("sk_test_abcd…wxyz");
  });

  it("is seen in the list of another process once this one has stopped, of each secret by itself", async () => {
    const till = await made();
    const rotated = await shop.call("POST", `${apiKeys}/${till.id}/rotate`, {
      body: { overlapSeconds: 600 },
    });
    const other = await startTestServer({ isWorker: false, database: server.db });
    const { key } = rotated.body as { key: string };
    const ask = (bearer: string) => other.call("GET", "/api/v1/queues", { bearer });
    const before = Date.now();
    expect((await ask(key)).status).toBe(200);
    expect((await shop.call("GET", `${apiKeys}/${till.id}`)).body.lastUsedAt).toBeNull();
    await other.stop();
    const { body } = await shop.call("GET", `${apiKeys}/${till.id}`);
    const usedAtMs = Date.parse(String(body.lastUsedAt));
    expect(usedAtMs).toBeGreaterThanOrEqual(before);
    expect(usedAtMs).toBeLessThanOrEqual(Date.now());
    expect(body.previous).toMatchObject([{ lastUsedAt: null }]);
    expect(body.version).toBe(2);
  });
});
