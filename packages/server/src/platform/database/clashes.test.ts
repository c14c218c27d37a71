import { decodeId } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createTestDatabase,
  errorOf,
  holdLock,
  startTestServer,
  type TestAnswer,
  type TestDatabase,
  type TestServer,
  type TestShop,
} from "../../testing/index.ts";

const consumers = "/api/v1/consumers";

interface Waiter {
  readonly began: Date;
}

/** The transactions of this database that wait for a lock, by when they began. */
const waitersOf = (db: TestDatabase): Promise<Waiter[]> =>
  db.query<Waiter & Record<string, unknown>>(
    `select xact_start as began from pg_stat_activity
     where datname = current_database() and wait_event_type = 'Lock' order by 1`,
  );
const countOf = async (db: TestDatabase, counter: "deadlocks" | "xact_rollback"): Promise<number> => {
  const rows = await db.query<{ count: number }>(
    `select ${counter} as count from pg_stat_database where datname = current_database()`,
  );
  return rows[0]?.count ?? 0;
};
const changeOf = (id: unknown) =>
  `update consumers set name = 'Rival' where id = '${decodeId("consumer", String(id))}'`;

describe("a verb that meets a deadlock", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
  });
  afterAll(() => server.stop());

  it("runs again, and its caller sees nothing of it", async () => {
    const experience = await shop.call("POST", "/api/v1/experiences", { body: { name: "Home" } });
    const [mine, theirs] = await Promise.all(
      ["Mine", "Theirs"].map(async (name) => {
        const { body } = await shop.call("POST", "/api/v1/sequences", {
          body: { experienceId: experience.body.id, name },
        });
        return { id: body.id, uuid: decodeId("sequence", String(body.id)) };
      }),
    );
    const before = await countOf(server.db, "deadlocks");
    // The rival never looks for a deadlock, so that the verb is the one that finds it and gives way.
    const rival = await holdLock(server.db, "set local deadlock_timeout = '1min'");
    await rival.client.query(`update sequences set name = 'Same' where id = '${theirs?.uuid}'`);
    const answering = shop.call("PATCH", `/api/v1/sequences/${mine?.id}`, { body: { name: "Same" } });
    await server.until(
      () => waitersOf(server.db),
      (waiters) => waiters.length === 1,
    );
    await rival.client.query(`select from sequences where id = '${mine?.uuid}' for update`);
    await rival.client.query("rollback");
    rival.client.release();
    const answer = await answering;
    expect([answer.status, answer.body.name, answer.body.version]).toEqual([200, "Same", 2]);
    await server.until(
      () => countOf(server.db, "deadlocks"),
      (deadlocks) => deadlocks === before + 1,
    );
  });
});

describe("a verb that waits for a lock", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
  });
  afterAll(() => server.stop());

  it("waits once more after its time is over, and goes on where it gets it", async () => {
    const { id } = (await shop.call("POST", consumers, { body: {} })).body;
    const rival = await holdLock(server.db, changeOf(id));
    const answering = shop.call("PATCH", `${consumers}/${id}`, { body: { name: "New" } });
    const [first] = await server.until(
      () => waitersOf(server.db),
      (waiters) => waiters.length === 1,
    );
    await server.until(
      () => waitersOf(server.db),
      ([waiter]) => waiter !== undefined && waiter.began.getTime() !== first?.began.getTime(),
    );
    await rival.release();
    expect((await answering).body).toMatchObject({ name: "New" });
  });

  it("gives up before its caller does, and says whether to try again", async () => {
    const ids = await Promise.all(
      [1, 2].map(async () => (await shop.call("POST", consumers, { body: {} })).body.id),
    );
    const rival = await holdLock(server.db, ids.map(changeOf).join(";"));
    const beganAtMs = performance.now();
    const [plain, underVersion] = await Promise.all(
      [{}, { "If-Match": '"1"' }].map((headers, index) =>
        shop.call("PATCH", `${consumers}/${ids[index]}`, { body: { name: "New" }, headers }),
      ),
    );
    const tookMs = performance.now() - beganAtMs;
    await rival.release();
    expect(tookMs).toBeGreaterThan(6_000);
    expect(tookMs).toBeLessThan(10_000);
    expect(plain && errorOf(plain)).toMatchObject({ code: "CONCURRENT_MODIFICATION", retryable: true });
    expect(underVersion && errorOf(underVersion)).toMatchObject({
      code: "CONCURRENT_MODIFICATION",
      retryable: false,
    });
    for (const id of ids)
      expect((await shop.call("GET", `${consumers}/${id}`)).body).toMatchObject({
        name: "Rival",
        version: 1,
      });
  });
});

/** On a database whose transactions see one snapshot, whoever waited for a row that changed meanwhile cannot go on. */
describe("a verb that meets a serialization failure", () => {
  let db: TestDatabase;
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    db = await createTestDatabase();
    const [{ name } = { name: "" }] = await db.query<{ name: string }>("select current_database() as name");
    await db.query(`alter database ${name} set default_transaction_isolation = 'repeatable read'`);
    server = await startTestServer({ isWorker: false, database: db });
    shop = await server.shop();
  });
  afterAll(async () => {
    await server.stop();
    await db.drop();
  });
  const waiting = (count: number) =>
    server.until(
      () => waitersOf(db),
      (waiters) => waiters.length === count,
    );

  it("runs again, and its caller sees nothing of it", async () => {
    const { id } = (await shop.call("POST", consumers, { body: {} })).body;
    const before = await countOf(db, "xact_rollback");
    const rival = await holdLock(db, changeOf(id));
    const answering = shop.call("PATCH", `${consumers}/${id}`, { body: { name: "New" } });
    await waiting(1);
    await rival.release();
    const answer = await answering;
    expect([answer.status, answer.body.name]).toEqual([200, "New"]);
    await server.until(
      () => countOf(db, "xact_rollback"),
      (rollbacks) => rollbacks > before,
    );
  });

  /** A change that a rival is ahead of every time that it is tried. */
  const overtake = async (headers: Record<string, string>): Promise<TestAnswer> => {
    const { id } = (await shop.call("POST", consumers, { body: {} })).body;
    let rival = await holdLock(db, changeOf(id));
    const answering = shop.call("PATCH", `${consumers}/${id}`, { body: { name: "New" }, headers });
    for (let attempt = 1; attempt < 4; attempt += 1) {
      await waiting(1);
      // The next rival stands right behind the verb, and has the row once the verb has failed.
      const next = await db.database.pool.connect();
      await next.query("begin isolation level read committed");
      const isNext = next.query(changeOf(id));
      await waiting(2);
      await rival.release();
      await isNext;
      rival = {
        client: next,
        async release() {
          await next.query("commit");
          next.release();
        },
      };
    }
    await waiting(1);
    await rival.release();
    return answering;
  };

  it("four times gives up, and says whether to try again", async () => {
    expect(errorOf(await overtake({}))).toMatchObject({
      error: "concurrent_modification",
      code: "CONCURRENT_MODIFICATION",
      retryable: true,
    });
    expect(errorOf(await overtake({ "If-Match": '"1"' })).retryable).toBe(false);
  });

  it("among ten at once loses no change", async () => {
    const { id } = (await shop.call("POST", consumers, { body: {} })).body;
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        shop.call("PATCH", `${consumers}/${id}`, { body: { metadata: { [`k${index}`]: "1" } } }),
      ),
    );
    const done = answers.filter(({ status }) => status === 200);
    for (const answer of answers)
      if (answer.status !== 200) expect(errorOf(answer).code).toBe("CONCURRENT_MODIFICATION");
    const { metadata, version } = (await shop.call("GET", `${consumers}/${id}`)).body;
    expect([Object.keys(Object(metadata)).length, version]).toEqual([done.length, done.length + 1]);
    expect(done.length).toBeGreaterThan(0);
  });
});
