import { decodeId } from "@stanchion/contract";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { appendToLog } from "../../fairness/index.ts";
import {
  accountCalls,
  codeCalls,
  drawAmong,
  signedHook,
  startTestServer,
  type TestServer,
  type TestShop,
} from "../../testing/index.ts";
import { takeNamelessStatements } from "../../testing/nameless-statements.ts";
import { inOrganization } from "./organization-scopes.ts";

/** What belongs to no organization, and why nothing that acts for one needs it. */
const hostTables: Readonly<Record<string, string>> = {
  api_processes: "which processes there are",
  maintenance: "one switch for the whole server",
  member_password_resets: "a person's own, asked for before anyone is signed in",
  member_sign_in_tries: "counted before anyone is signed in",
  signing_keys: "one set for the whole server",
  stanchion_migrations: "the schema's own",
  stanchion_migrations_lock: "the schema's own",
};

/** Guarded, and yet another organization's rows can be seen: whose an id is decides between 403 and 404. */
const seenByAll = ["owners"];

interface Row extends Record<string, unknown> {
  readonly at: string;
}

/** Leaves something in every table that holds what is an organization's. */
async function fill(server: TestServer, shop: TestShop): Promise<void> {
  const made = async (path: string, body: unknown, headers = {}): Promise<Record<string, unknown>> => {
    const answer = await shop.call("POST", `/api/v1/${path}`, { body, headers });
    if (answer.status >= 300) throw new Error(`${path}: ${answer.text}`);
    return answer.body;
  };
  const variants = [{ name: "42", sku: "shoe-42", stock: 10 }];
  const shoe = await made("products", { name: "Shoe", sku: "shoe", variants });
  await made("experiences", { name: "Shoes", products: [shoe.id] });
  await made(
    "api-keys",
    { name: "more", kind: "secret", scopes: ["queues:read"] },
    { "Idempotency-Key": "once" },
  );
  const holds = (shoe.variants as { id: string }[]).map(({ id }) => ({ id }));
  const queue = await shop.queue({ holds });
  const fan = await shop.fan();
  await fan.enter(queue.id, { "Idempotency-Key": "once" });
  await shop.queue({ shuffleBeforeOpen: true, openAt: "2098-01-01T00:00:00Z" });
  await made(`queues/${queue.id}/admit`, { consumerId: fan.consumerId });
  await fan.enterDraw((await shop.draw()).id);
  const drawId = await drawAmong(server, shop, [fan]);
  await made(`draws/${drawId}/complete`, { consumerId: fan.consumerId });
  await fan.call("POST", "/api/v1/auth/carry");
  await fan.call("POST", "/api/v1/auth/logout");
  await codeCalls(server, shop).request("fan@example.org");
  await accountCalls(server, shop).codeFor("account-1");
  await made("invitations", { email: "colleague@example.org", role: "viewer" });
  const owner = await shop.member();
  const { body: enrolled } = await owner.call("GET", "/api/v1/members/me");
  if (enrolled.id !== owner.id) throw new Error("the member is not signed in");
  await server.db.query(
    `insert into member_recovery_codes (account_id, code_mac) select account_id, '\\x00' from members where id = $1`,
    [decodeId("member", owner.id)],
  );
  const data = { rulesHash: "00" };
  const distribution = { kind: "queue", id: decodeId("queue", queue.id) ?? "" } as const;
  await inOrganization(server.db.database, tenantOf(shop), (db) =>
    appendToLog(db, { ...tenantOf(shop), isLive: false }, { distribution, kind: "rules.made", data }),
  );
  await server.db.query("insert into organization_quotas (organization_id, people) values ($1, 1000)", [
    tenantOf(shop).organizationId,
  ]);
  await fillWebhooks(server, shop);
  await fillOrders(server, shop);
  const missed = await shop.call("GET", "/api/v1/queues/queue_nobody");
  await shop.call("GET", `/api/v1/requests/${missed.headers.get("x-request-id")}`);
}

async function fillWebhooks(server: TestServer, shop: TestShop): Promise<void> {
  const body = { url: "https://shop.example/hooks", events: ["queue.paused"] };
  const { body: endpoint } = await shop.call("POST", "/api/v1/webhook-endpoints", { body });
  const { id } = await shop.queue();
  await shop.call("POST", `/api/v1/webhook-endpoints/${endpoint.id}/test`);
  await shop.call("POST", `/api/v1/queues/${id}/pause`);
  const values = [tenantOf(shop).organizationId, decodeId("webhookEndpoint", String(endpoint.id))];
  await server.db.query("insert into webhook_sequences values ($1, $2, $2, 1)", values);
  await server.db.query("insert into event_watches values ($2, $1, false)", values);
  await server.db.query("insert into event_listeners values ($2, $1, false, '{}', 1, now(), now())", values);
  await server.db.query(
    "insert into turn_mails (entry_id, organization_id, is_live, queue_id, consumer_id, language, requested_at) values ($2, $1, false, $2, $2, 'en', now())",
    values,
  );
  await server.db.query("insert into webhook_leases values ($2, $1, $2, now())", values);
}

async function fillOrders(server: TestServer, shop: TestShop): Promise<void> {
  await shop.call("POST", "/api/v1/orders", { body: { externalId: "1001" } });
  await (await signedHook(server, shop)).send(JSON.stringify({ type: "order.melted" }));
}

describe("what acts for an organization", () => {
  let server: TestServer;
  let mine: TestShop;
  let theirs: TestShop;
  let guarded: string[];
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    mine = await server.shop();
    theirs = await server.shop();
    await fill(server, mine);
    await fill(server, theirs);
    const tables = await server.db.query<{ name: string }>(
      `select relname as name from pg_class
       where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relrowsecurity and relforcerowsecurity
       order by 1`,
    );
    guarded = tables.map(({ name }) => name);
  });
  afterAll(() => server.stop());
  // That its statements name no organization is the point here.
  afterAll(() => void takeNamelessStatements());

  const rowsSeenBy = (shop: TestShop, table: string): Promise<readonly Row[]> =>
    inOrganization(server.db.database, tenantOf(shop), async (db) => {
      const seen = await sql<Row>`select ctid::text as at, t.* from ${sql.table(table)} t`.execute(db);
      return seen.rows;
    });

  it("is held to its rows in every table, but those that belong to no organization, which it cannot read at all", async () => {
    const tables = await server.db.query<{ name: string; isReadable: boolean }>(
      `select relname as name, has_table_privilege('stanchion_tenant', oid, 'select,insert,update,delete') as "isReadable"
       from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by 1`,
    );
    const unguarded = tables.filter(({ name }) => !guarded.includes(name));
    expect(unguarded.map(({ name }) => name)).toEqual(Object.keys(hostTables).sort());
    expect(unguarded.filter(({ isReadable }) => isReadable)).toEqual([]);
    const { rows } = await server.db.database.pool.query(
      "select rolsuper, rolbypassrls, rolcanlogin from pg_roles where rolname = 'stanchion_tenant'",
    );
    expect(rows).toEqual([{ rolsuper: false, rolbypassrls: false, rolcanlogin: false }]);
  });

  it("sees its own rows of each table and none of another organization, without saying so in its statements", async () => {
    for (const table of guarded) {
      const own = (await rowsSeenBy(mine, table)).map(({ at }) => at);
      const other = new Set((await rowsSeenBy(theirs, table)).map(({ at }) => at));
      expect([table, own.length > 0, other.size > 0]).toEqual([table, true, true]);
      if (!seenByAll.includes(table)) expect([table, own.filter((at) => other.has(at))]).toEqual([table, []]);
    }
    expect(guarded.length).toBeGreaterThan(25);
  });

  it("changes its own rows alone, by statements that name every row", async () => {
    for (const table of guarded) {
      const [column] = await server.db.query<{ name: string }>(
        `select attname as name from pg_attribute
         where attrelid = $1::regclass and attnum > 0 and not attisdropped and attidentity = ''
           and has_column_privilege('stanchion_tenant', attrelid, attnum, 'update') order by attnum limit 1`,
        [table],
      );
      const rows = await rowsSeenBy(mine, table);
      const own = seenByAll.includes(table)
        ? rows.filter((row) => row.organizationId === tenantOf(mine).organizationId).length
        : rows.length;
      const counts = await inOrganization(server.db.database, tenantOf(mine), async (db) => {
        const name = sql.ref(column?.name ?? "");
        const changed = await sql`update ${sql.table(table)} set ${name} = ${name}`.execute(db);
        return Number(changed.numAffectedRows);
      });
      expect([table, counts]).toEqual([table, own]);
    }
  });

  it("writes nothing that would be another organization's", async () => {
    for (const table of guarded) {
      const [row] = await server.db.query<{ value: unknown }>(
        `select to_jsonb(t) as value from ${table} t where ctid = any ($1::tid[]) limit 1`,
        [(await rowsSeenBy(theirs, table)).filter(isTheirs(theirs)).map(({ at }) => at)],
      );
      const writing = inOrganization(server.db.database, tenantOf(mine), (db) =>
        sql`insert into ${sql.table(table)} overriding system value
          select (jsonb_populate_record(null::${sql.table(table)}, ${JSON.stringify(row?.value)}::jsonb)).*`.execute(
          db,
        ),
      );
      await expect(writing, table).rejects.toMatchObject({ code: "42501" });
    }
  });

  it("fails where no organization is named, whatever an earlier transaction of the connection was for", async () => {
    const client = await server.db.database.pool.connect();
    try {
      for (const table of guarded.filter((name) => !seenByAll.includes(name))) {
        await client.query("begin");
        await client.query("set local role stanchion_tenant");
        const reading = client.query(`select from ${table}`);
        await expect(reading, table).rejects.toThrow(
          /stanchion.organization|invalid input syntax for type uuid/,
        );
        await client.query("rollback");
      }
    } finally {
      client.release();
    }
  });

  it("leaves nothing of itself on the connection", async () => {
    const { pool } = server.db.database;
    const stays = `select current_user = session_user as "isSelf", coalesce(current_setting('stanchion.organization', true), '') as organization`;
    await inOrganization(server.db.database, tenantOf(mine), (db) => sql`select`.execute(db));
    await inOrganization(server.db.database, tenantOf(mine), () => Promise.reject(new Error("no"))).catch(
      () => {},
    );
    const clients = await Promise.all(Array.from({ length: pool.totalCount }, () => pool.connect()));
    for (const client of clients) {
      expect((await client.query(stays)).rows).toEqual([{ isSelf: true, organization: "" }]);
      client.release();
    }
  });
});

function tenantOf(shop: TestShop): { organizationId: string } {
  return { organizationId: decodeId("organization", shop.organizationId) ?? "" };
}

function isTheirs(shop: TestShop) {
  return (row: Row): boolean =>
    row.organizationId === undefined || row.organizationId === tenantOf(shop).organizationId;
}
