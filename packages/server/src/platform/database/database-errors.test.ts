import type { ErrorCode } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/index.ts";
import { createLog } from "../log.ts";
import { openDatabase } from "./database.ts";
import { isConnectionLost, translateDatabaseError, withRetries } from "./database-errors.ts";

const errorWith = (members: Record<string, unknown>, message = "of the database"): Error =>
  Object.assign(new Error(message), members);

describe("an error of the database", () => {
  it.each<[string, ErrorCode]>([
    ["08006", "DATABASE_UNAVAILABLE"],
    ["08P01", "DATABASE_UNAVAILABLE"],
    ["57P01", "DATABASE_UNAVAILABLE"],
    ["57P02", "DATABASE_UNAVAILABLE"],
    ["57P03", "DATABASE_UNAVAILABLE"],
    ["57P05", "DATABASE_UNAVAILABLE"],
    ["53300", "DATABASE_UNAVAILABLE"],
    ["53100", "DATABASE_UNAVAILABLE"],
    ["25006", "DATABASE_UNAVAILABLE"],
    ["25P03", "DATABASE_UNAVAILABLE"],
    ["ECONNREFUSED", "DATABASE_UNAVAILABLE"],
    ["ECONNRESET", "DATABASE_UNAVAILABLE"],
    ["EPIPE", "DATABASE_UNAVAILABLE"],
    ["40001", "CONCURRENT_MODIFICATION"],
    ["40P01", "CONCURRENT_MODIFICATION"],
    ["55P03", "CONCURRENT_MODIFICATION"],
    ["57014", "OVERLOADED"],
  ])("with the code %s is %s", (code, expected) => {
    expect(translateDatabaseError(errorWith({ code }))?.code).toBe(expected);
  });

  it.each([
    "Connection terminated unexpectedly",
    "Connection terminated due to connection timeout",
    "timeout exceeded when trying to connect",
    "Client has encountered a connection error and is not queryable",
    "Query read timeout",
    "Cannot use a pool after calling end on the pool",
  ])("that the driver calls %s is DATABASE_UNAVAILABLE", (message) => {
    expect(isConnectionLost(new Error(message))).toBe(true);
    expect(translateDatabaseError(new Error(message))?.retryAfterSeconds).toBeGreaterThan(0);
  });

  it.each(["42601", "42P01", "22P02", "22021", "23505"])(
    "with the code %s and no known constraint is our own bug",
    (code) => expect(translateDatabaseError(errorWith({ code }))).toBeNull(),
  );

  it.each<unknown>(["text", null, undefined, 5, { code: "40001" }])("is not %s", (thrown) => {
    expect(translateDatabaseError(thrown)).toBeNull();
  });

  it("keeps what it came from for the log", () => {
    const cause = errorWith({ code: "40001" });
    expect(translateDatabaseError(cause)?.cause).toBe(cause);
  });
});

describe("the real database", () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await createTestDatabase();
  });
  afterAll(() => db.drop());
  const failureOf = (query: Promise<unknown>): Promise<unknown> =>
    query.then(
      () => null,
      (error: unknown) => error,
    );

  it("says what a statement that took too long says", async () => {
    const client = await db.database.pool.connect();
    await client.query("set statement_timeout = 20");
    const error = await failureOf(client.query("select pg_sleep(5)"));
    expect(translateDatabaseError(error)?.code).toBe("OVERLOADED");
    client.release(true);
  });

  it("says what a lock that was not had in time says", async () => {
    const [holder, waiter] = [await db.database.pool.connect(), await db.database.pool.connect()];
    await holder.query("begin; lock table organizations");
    await waiter.query("set lock_timeout = 20");
    const error = await failureOf(waiter.query("select * from organizations"));
    expect(translateDatabaseError(error)?.code).toBe("CONCURRENT_MODIFICATION");
    holder.release(true);
    waiter.release(true);
  });

  it("says what a connection that was cut says", async () => {
    const client = await db.database.pool.connect();
    client.on("error", () => {});
    const { rows } = await client.query<{ id: number }>("select pg_backend_pid() as id");
    const running = failureOf(client.query("select pg_sleep(30)"));
    await db.query("select pg_terminate_backend($1)", [rows[0]?.id]);
    expect(translateDatabaseError(await running)?.code).toBe("DATABASE_UNAVAILABLE");
    client.release(true);
  });

  it("says what a database that is not there says", async () => {
    const gone = openDatabase("postgres://nobody@127.0.0.1:1/none", createLog("silent"));
    const error = await failureOf(gone.pool.query("select 1"));
    expect(translateDatabaseError(error)?.code).toBe("DATABASE_UNAVAILABLE");
    await gone.close();
  });
});

describe("running a transaction again", () => {
  it("is done for a clash, and ends well where that passes", async () => {
    let runs = 0;
    const result = await withRetries(async () => {
      runs += 1;
      if (runs < 3) throw errorWith({ code: runs === 1 ? "40001" : "40P01" });
      return "done";
    });
    expect([result, runs]).toEqual(["done", 3]);
  });

  it("ends after four times", async () => {
    let runs = 0;
    const clash = errorWith({ code: "40001" });
    const run = () => {
      runs += 1;
      return Promise.reject(clash);
    };
    await expect(withRetries(run)).rejects.toBe(clash);
    expect(runs).toBe(4);
  });

  it("is not done for anything else", async () => {
    for (const thrown of [errorWith({ code: "23505" }), errorWith({ code: "57014" }), "text"]) {
      let runs = 0;
      const run = () => {
        runs += 1;
        return Promise.reject(thrown);
      };
      await expect(withRetries(run)).rejects.toBe(thrown);
      expect(runs).toBe(1);
    }
  });
});
