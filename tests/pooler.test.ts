/** The server behind a pooler in transaction mode: a few connections carry the transactions of all organizations in turn. */
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createTestDatabase,
  startTestServer,
  type TestDatabase,
  type TestServer,
  type TestShop,
} from "../packages/server/src/testing/index.ts";
import { findPooler, type Pooler, startPooler } from "./pooler.ts";

const program = await findPooler();
const connections = 2;
const rounds = 40;

describe.skipIf(program === null)("organizations behind a pooler in transaction mode", () => {
  let db: TestDatabase;
  let pooler: Pooler;
  let server: TestServer;
  let shops: TestShop[];
  const logged: string[] = [];
  beforeAll(async () => {
    db = await createTestDatabase({ owner: "plain" });
    pooler = await startPooler(program ?? "", db.url, connections);
    server = await startTestServer({
      database: db,
      env: { DATABASE_URL: pooler.url, DATABASE_DIRECT_URL: db.url },
      onLog: (line) => logged.push(line),
    });
    // The first start has given the login its settings: connections from before are without.
    await pooler.reconnect();
    shops = await Promise.all([server.shop(), server.shop(), server.shop()]);
  });
  afterAll(async () => {
    await server?.stop();
    await pooler?.stop();
    await db?.drop();
  });

  const namesSeenBy = async (shop: TestShop, path: string): Promise<string[]> => {
    const answer = await shop.call("GET", `/api/v1/${path}?first=100`);
    if (answer.status !== 200) throw new Error(answer.text);
    return (answer.body.data as { name: string }[]).map(({ name }) => name);
  };

  it("see and change their own things alone, whoever was on the connection before", async () => {
    const made = shops.map(async (shop, place) => {
      const ids: string[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const [answer, names] = await Promise.all([
          shop.call("POST", "/api/v1/experiences", { body: { name: `Shop ${place} launch ${round}` } }),
          namesSeenBy(shop, "experiences"),
        ]);
        expect(answer.status).toBe(201);
        expect(names.filter((name) => !name.startsWith(`Shop ${place} `))).toEqual([]);
        ids.push(String(answer.body.id));
      }
      return ids;
    });
    const ids = await Promise.all(made);
    const foreign = await Promise.all(
      shops.flatMap((shop, place) =>
        (ids[(place + 1) % shops.length] ?? []).map((id) => shop.call("GET", `/api/v1/experiences/${id}`)),
      ),
    );
    expect(foreign.map(({ body }) => body.code)).toEqual(
      Array.from({ length: shops.length * rounds }, () => "OTHER_ORGANIZATION"),
    );
    for (const [place, shop] of shops.entries()) {
      const names = await namesSeenBy(shop, "experiences");
      expect([place, names.length]).toEqual([place, rounds]);
    }
  });

  /** Asks on every connection of the pooler, each held by a transaction of its own. */
  const onEach = async (text: string): Promise<Record<string, unknown>[]> => {
    const clients = Array.from(
      { length: connections },
      () => new pg.Client({ connectionString: pooler.url }),
    );
    const answers: Record<string, unknown>[] = [];
    for (const client of clients) {
      await client.connect();
      await client.query("begin");
    }
    for (const client of clients) answers.push((await client.query(text)).rows[0]);
    for (const client of clients) {
      await client.query("commit");
      await client.end();
    }
    return answers;
  };
  const state = `select pg_backend_pid() as backend, current_user = session_user as "isSelf",
    coalesce(current_setting('stanchion.organization', true), '') as organization`;

  it("leave neither role nor organization on any connection of the pooler", async () => {
    const states = await onEach(state);
    expect(new Set(states.map(({ backend }) => backend)).size).toBe(connections);
    for (const one of states) expect(one).toMatchObject({ isSelf: true, organization: "" });
  });

  it("would leave there what is set for a session: the pooler does share", async () => {
    const client = new pg.Client({ connectionString: pooler.url });
    await client.connect();
    await client.query("set stanchion.organization = 'left behind'");
    await client.end();
    expect((await onEach(state)).map(({ organization }) => organization)).toContain("left behind");
    await onEach("select set_config('stanchion.organization', '', false)");
  });

  it("have lines that open, admit and end as ever, and time limits on every statement", async () => {
    const [shop] = shops;
    if (shop === undefined) throw new Error("no shop");
    const queue = await shop.queue({ admitRate: 60_000 });
    const fans = await shop.fans(30);
    const entered = await Promise.all(fans.map((fan) => fan.enter(queue.id)));
    expect(entered.map(({ status }) => status)).toEqual(fans.map(() => 201));
    expect(new Set(entered.map(({ body }) => body.ticket)).size).toBe(fans.length);
    const states = await server.until(
      () => Promise.all(fans.map(async (fan) => (await fan.status(queue.id)).body.status)),
      (seen) => seen.every((state) => state === "ADMITTED"),
    );
    expect(states.length).toBe(fans.length);
    const settings = await server.until(
      async () =>
        (
          await server.server.database.pool.query(
            "select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock, current_setting('enable_seqscan') as walks",
          )
        ).rows[0],
      ({ statement }) => statement === "5s",
    );
    expect(settings).toEqual({ statement: "5s", lock: "3s", walks: "off" });
    expect(logged.filter((line) => JSON.parse(line).level >= 40)).toEqual([]);
  });
});
