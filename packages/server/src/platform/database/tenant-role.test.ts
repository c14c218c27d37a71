import { randomBytes } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { createTestDatabase, startTestServer, type TestDatabase } from "../../testing/index.ts";
import { createLog } from "../log.ts";
import { openDatabase } from "./database.ts";
import { migrate } from "./migrate.ts";
import { missingRole } from "./tenant-role.ts";

describe("a login that is no superuser", () => {
  let db: TestDatabase | null = null;
  afterEach(async () => {
    await db?.drop();
    db = null;
  });

  it("serves lines, shops and members, held to the policies of its own tables", async () => {
    db = await createTestDatabase({ owner: "plain" });
    const server = await startTestServer({ database: db });
    try {
      const [shop, other] = [await server.shop(), await server.shop()];
      const queue = await shop.queue({ admitRate: 60_000 });
      const fan = await shop.fan();
      expect((await fan.enter(queue.id)).status).toBe(201);
      await server.until(
        async () => (await fan.status(queue.id)).body.status,
        (status) => status === "ADMITTED",
      );
      const completed = await shop.call("POST", `/api/v1/queues/${queue.id}/complete`, {
        body: { consumerId: fan.consumerId },
      });
      expect([completed.status, completed.body.status]).toEqual([200, "COMPLETED"]);
      expect((await other.call("GET", `/api/v1/queues/${queue.id}`)).body.code).toBe("OTHER_ORGANIZATION");
      const owner = await shop.member();
      const log = await owner.call("GET", "/api/v1/audit-log");
      expect((log.body.data as unknown[]).length).toBeGreaterThan(0);
      const [login] = await db.query(
        "select rolsuper, rolbypassrls from pg_roles where rolname = session_user",
      );
      expect(login).toEqual({ rolsuper: false, rolbypassrls: false });
    } finally {
      await server.stop();
    }
  });

  it("is told what to ask for where it may not act for organizations, by its name", async () => {
    db = await createTestDatabase();
    const name = `Test ${randomBytes(8).toString("hex")}`;
    await db.query(`create role "${name}" login password '${name}'`);
    const url = new URL(db.url);
    [url.username, url.password] = [name, name];
    const database = openDatabase(url.href, createLog("silent"));
    try {
      const asked = `Let an administrator of the database server run:\n  grant stanchion_tenant to "${name}";`;
      await expect(migrate(database.kysely)).rejects.toThrow(asked);
    } finally {
      await database.close();
      await db.query(`drop role "${name}"`);
    }
  });

  it("is told to ask for the role too where there is none", () => {
    expect(missingRole("shop", false)).toMatch(
      /run, one after the other:\n {2}create role stanchion_tenant nologin;\n {2}grant stanchion_tenant to shop;$/,
    );
    expect(missingRole("shop", true)).not.toContain("create role");
  });
});
