import { decodeId } from "@stanchion/contract";
import { type Kysely, sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { inOrganization, type Tables } from "../platform/database/index.ts";
import { startTestServer, type TestServer, type TestShop } from "./index.ts";
import {
  isNameless,
  namedOtherwise,
  ownedTables,
  refuseNamelessStatements,
  takeNamelessStatements,
} from "./nameless-statements.ts";

describe("what acts for an organization", () => {
  let server: TestServer;
  let shop: TestShop;
  let organizationId: string;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
    organizationId = decodeId("organization", shop.organizationId) ?? "";
  });
  afterAll(() => server.stop());
  beforeEach(() => void takeNamelessStatements());

  const act = (run: (db: Kysely<Tables>) => Promise<unknown>): Promise<unknown> =>
    inOrganization(server.db.database, { organizationId }, run);
  const nameless = (db: Kysely<Tables>) => db.selectFrom("queues").select("id").execute();

  it("passes where every statement names it", async () => {
    const queue = await shop.queue();
    expect((await shop.call("DELETE", `/api/v1/queues/${queue.id}`)).status).toBe(204);
    await act((db) =>
      db.selectFrom("queues").select("id").where("organizationId", "=", organizationId).execute(),
    );
    expect(refuseNamelessStatements).not.toThrow();
  });

  it("fails where a statement does not, by the builder or as a text, and shows each once", async () => {
    for (let round = 0; round < 2; round += 1) {
      await act(async (db) => {
        await nameless(db);
        await sql`update queues set name = name where id = ${organizationId}`.execute(db);
      });
    }
    expect(refuseNamelessStatements).toThrow(
      '2 statements of an organization do not name it:\nselect "id" from "queues"\nupdate queues set',
    );
    expect(refuseNamelessStatements).not.toThrow();
  });

  it("fails also where the transaction is rolled back", async () => {
    const refused = act(async (db) => {
      await nameless(db);
      throw new Error("no");
    });
    await expect(refused).rejects.toThrow("no");
    expect(takeNamelessStatements()).toHaveLength(1);
  });

  it("is not what the host does, on the same connections too", async () => {
    await act((db) => sql`select`.execute(db));
    await act(() => Promise.reject(new Error("no"))).catch(() => {});
    await Promise.all(Array.from({ length: 8 }, () => nameless(server.db.database.kysely)));
    expect(takeNamelessStatements()).toEqual([]);
  });
});

describe("a statement", () => {
  it.each([
    'select "name" from "queues" as "q" where "q"."organization_id" = $1 and "id" = $2',
    'update "audit_chains" set "last_number" = $1 where "organization_id" is not distinct from $2',
    'insert into "products" ("id", "organization_id") values ($1, $2)',
    "insert into sessions as s (family_id, organization_id) values ($1, $2)",
    'delete from "entries" where "entry_id" = $1',
    'select * from "owners" where "id" = $1',
  ])("names it, or need not: %s", (text) => expect(isNameless(text)).toBe(false));

  it.each([
    'select "organization_id" from "queues" where "id" = $1',
    "select 1 from lines l, queues q where q.id = l.queue_id and l.queue_id = $1",
    "select 1 from sessions s join consumers c on c.organization_id = s.organization_id where s.family_id = $1",
    'insert into "skus" ("sku") values ($1)',
    'delete from "variants" where "id" = $1 returning organization_id',
  ])("does not name it: %s", (text) => expect(isNameless(text)).toBe(true));

  it("is judged by the tables of the schema, and what is excepted is among them", () => {
    const owned = ownedTables();
    expect(owned).toEqual(expect.arrayContaining(["api_keys", "variants", ...Object.keys(namedOtherwise)]));
    expect(owned).not.toContain("organizations");
    expect(owned).not.toContain("entries");
  });
});
