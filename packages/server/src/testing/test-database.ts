import { randomBytes } from "node:crypto";
import pg from "pg";
import { type Database, migrate, openDatabase } from "../platform/database/index.ts";
import { createLog } from "../platform/log.ts";
import { watchStatements } from "./nameless-statements.ts";

// Here, where every test gets its database, and not before every test file: those without one need not load the driver.
watchStatements(pg.Client.prototype);

export interface TestDatabase {
  readonly url: string;
  readonly database: Database;
  /** Sets the database's clock so many milliseconds ahead of the real one. */
  setClockOffset(ms: number): Promise<void>;
  /** One statement beside the server, for looking at what stands in the tables. */
  query<Row extends pg.QueryResultRow = pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

const fillTimeoutMs = 60_000;

/**
 * A database of its own on the server that TEST_DATABASE_URL names, with the schema of this version. `owner`: "superuser", as
 * TEST_DATABASE_URL has it, or a login of its own that may do nothing but own the database and act for organizations.
 */
export async function createTestDatabase({
  owner = "superuser",
}: {
  owner?: "superuser" | "plain";
} = {}): Promise<TestDatabase> {
  const serverUrl = process.env.TEST_DATABASE_URL;
  if (serverUrl === undefined) throw new Error("TEST_DATABASE_URL is not set: run the tests with npm test");
  const name = `test_${randomBytes(8).toString("hex")}`;
  const admin = async (text: string): Promise<void> => {
    const client = new pg.Client({ connectionString: serverUrl });
    await client.connect();
    await client.query(text).finally(() => client.end());
  };
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  if (owner === "plain") {
    await makePlainLogin(admin, name);
    [url.username, url.password] = [name, name];
  }
  await admin(`create database ${name}${owner === "plain" ? ` owner ${name}` : ""}`);
  const database = openDatabase(url.href, createLog("silent"));
  await migrate(database.kysely);
  return {
    url: url.href,
    database,
    async setClockOffset(ms) {
      await database.pool.query(
        `create or replace function stanchion_now() returns timestamptz language sql volatile as 'select clock_timestamp() + interval ''${ms} milliseconds'''`,
      );
    },
    async query<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []) {
      // Filling a line may take longer than the server's own statements, and on a busy machine much longer.
      const patient = { text, values, query_timeout: fillTimeoutMs };
      const client = await database.pool.connect();
      try {
        await client.query("set statement_timeout = 0");
        return (await client.query<Row>(patient)).rows;
      } finally {
        await client.query("reset statement_timeout").catch(() => {});
        client.release();
      }
    },
    async drop() {
      await database.close();
      await admin(`drop database ${name} with (force)`);
      if (owner === "plain") await admin(`drop role ${name}`);
    },
  };
}

async function makePlainLogin(admin: (text: string) => Promise<void>, name: string): Promise<void> {
  await admin(`create role ${name} login password '${name}'`);
  // Another test may make the same role in this moment.
  await admin("create role stanchion_tenant nologin").catch(() => {});
  await admin(`grant stanchion_tenant to ${name}`);
}
