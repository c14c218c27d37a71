import { sql } from "kysely";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/index.ts";
import { createLog } from "../log.ts";
import { isConnectionLost, isUsedByOthers, openDatabase } from "./index.ts";

describe("the database pool", () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await createTestDatabase();
  });
  afterAll(() => db.drop());

  it("tells the verb of a connection that is lost in the middle of its transaction, and goes on", async () => {
    const database = openDatabase(db.url, createLog("silent"));
    const lost = database.kysely.transaction().execute(async (transaction) => {
      const found = await sql<{ id: number }>`select pg_backend_pid() as id`.execute(transaction);
      const backend = found.rows[0]?.id;
      await db.query("select pg_terminate_backend($1)", [backend]);
      // The end of the connection arrives by itself, before anything is asked of it.
      while ((await db.query("select from pg_stat_activity where pid = $1", [backend])).length > 0);
      await sql`select 1`.execute(transaction);
    });
    const error = await lost.catch((thrown: Error) => thrown);
    expect(error instanceof Error && isConnectionLost(error)).toBe(true);
    expect((await database.pool.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
    await database.close();
  });

  it("knows whether another process works on the same database", async () => {
    expect(await isUsedByOthers(db.database)).toBe(false);
    const other = new pg.Client({ connectionString: db.url, application_name: "stanchion 0" });
    await other.connect();
    expect(await isUsedByOthers(db.database)).toBe(true);
    await other.end();
  });
});
