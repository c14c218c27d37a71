/** Real servers of this process, each on a database of its own, for every cause that cannot be had from outside. */

import { decodeId, type Role } from "@stanchion/contract";
import { createDemoShop } from "../../packages/server/src/demo/index.ts";
import { changeLimitsOnHost, createOrganization } from "../../packages/server/src/identity/index.ts";
import { beginMaintenance } from "../../packages/server/src/switch-maintenance.ts";
import {
  createTestDatabase,
  replying,
  startDraws,
  startMailProvider,
  startTestServer,
  type TestDatabase,
  type TestServer,
  type TestShop,
} from "../../packages/server/src/testing/index.ts";
import { startTestBeacon } from "../../packages/server/src/testing/test-beacon.ts";
import { createBarrier } from "./barrier.ts";
import type { Facilities, Need } from "./conformance-case.ts";
import type { ConformanceServer } from "./conformance-server.ts";
import { openDatabaseWay } from "./database-way.ts";
import { findMailedToken, readMailbox } from "./mailbox.ts";
import type { Servers } from "./run-cases.ts";
import { readDocument } from "./served-document.ts";

type LogLine = Readonly<Record<string, unknown>>;

interface Surroundings {
  readonly offers: readonly Need[];
  start(): Promise<ConformanceServer>;
}

const monthMs = 31 * 86_400_000;
// Its window is of another length than those of wide limits: both may count the same address.
const oneAMinute = { limit: 1, windowSeconds: 59 };

/** The surroundings from the most usual on: a case gets the first that offer what it needs. */
const surroundings: readonly Surroundings[] = [
  {
    offers: [
      "publishable key",
      "member",
      "viewer",
      "person",
      "other organization",
      "new organization",
      "listed origins",
      "small limits",
      "small quotas",
      "demo shop",
      "mailbox",
      "clock",
      "patience",
    ],
    start: startUsual,
  },
  {
    offers: ["publishable key", "member", "viewer", "person", "expired session", "expired keys"],
    start: startOutdated,
  },
  { offers: ["publishable key", "member", "viewer", "person", "usual limits"], start: startLimited },
  {
    offers: ["publishable key", "member", "viewer", "person", "mail provider", "beacon"],
    start: startOutside,
  },
  { offers: ["publishable key", "member", "viewer", "person", "maintenance"], start: startClosed },
  { offers: ["publishable key", "member", "viewer", "person", "severed database"], start: startSevered },
  { offers: ["publishable key", "member", "viewer", "person", "hidden tables"], start: startHidden },
  { offers: ["publishable key", "member", "viewer", "person", "locked tables"], start: startLocked },
  { offers: ["publishable key", "member", "viewer", "person", "ended statements"], start: startSlow },
  { offers: ["publishable key", "member", "viewer", "person", "draining server"], start: startDraining },
];

/** Starts servers as cases ask for them. TEST_DATABASE_URL names the PostgreSQL they use. */
export function createOwnServers(): Servers {
  const started = new Map<Surroundings, Promise<ConformanceServer>>();
  return {
    async with(needs) {
      const found = surroundings.find(({ offers }) => needs.every((need) => offers.includes(need)));
      if (found === undefined) return null;
      const known = started.get(found) ?? found.start();
      started.set(found, known);
      return known;
    },
    async close() {
      await Promise.all([...started.values()].map(async (server) => (await server).close()));
    },
  };
}

interface Stage {
  readonly server: TestServer;
  readonly db: TestDatabase;
  readonly shop: TestShop;
  readonly logOf: (requestId: string) => readonly LogLine[];
}

/** A server with an organization, whose log is kept by request id. */
async function openStage(
  options: Omit<NonNullable<Parameters<typeof startTestServer>[0]>, "isWorker" | "onLog"> = {},
): Promise<Stage> {
  const lines = new Map<string, LogLine[]>();
  const onLog = (text: string): void => {
    const line = JSON.parse(text) as LogLine;
    const id = String(line.requestId);
    lines.set(id, [...(lines.get(id) ?? []), line]);
  };
  const db = options.database ?? (await createTestDatabase());
  const server = await startTestServer({
    isWorker: false,
    onLog,
    ...options,
    database: db,
  });
  return { server, db, shop: await server.shop(), logOf: (requestId) => lines.get(requestId) ?? [] };
}

async function conformanceServer(
  { server, db, shop, logOf }: Stage,
  facilities: Partial<Facilities>,
  more: Partial<ConformanceServer> = {},
): Promise<ConformanceServer> {
  const document = readDocument((await server.call("GET", "/openapi.json")).body);
  const [member, viewer] = [await personOf(shop, "owner"), await personOf(shop, "viewer")];
  // Whoever closes the server otherwise takes something away from it, and needs no draws.
  const stopDraws = more.close === undefined ? await startDraws(server) : null;
  return {
    url: server.url,
    secretKey: shop.secretKey,
    facilities: {
      "publishable key": shop.publishableKey,
      member,
      viewer,
      person: async (where) => {
        const fresh = where === undefined ? shop : await server.shop();
        return personOf(fresh, "owner");
      },
      ...facilities,
    },
    document,
    shared: new Map(),
    logOf,
    casesAtOnce: 1,
    async close() {
      await stopDraws?.();
      await server.stop();
      await db.drop();
    },
    ...more,
  };
}

/** A new member who is signed in; without Cookie and Origin where the server lets nobody sign in. */
async function personOf(shop: TestShop, role: Role) {
  const member = await shop.member(role).catch(() => null);
  if (member === null) return { id: "", email: "", password: "", headers: {} };
  const { id, email, password, cookie, origin } = member;
  return { id, email, password, headers: { Cookie: cookie, Origin: origin } };
}

async function startUsual(): Promise<ConformanceServer> {
  const demoShop = createDemoShop();
  const stage = await openStage({ extend: demoShop.register });
  const { server } = stage;
  demoShop.open({ url: server.url, queueId: "", ...stage.shop }, server.url);
  let offsetMs = 0;
  const [other, listed] = await Promise.all([
    server.shop(),
    server.shop({ allowedOrigins: ["https://shop.example"] }),
  ]);
  return conformanceServer(
    stage,
    {
      "other organization": other,
      "new organization": () => server.shop(),
      "listed origins": listed,
      "small limits": async (rateClass) => {
        const small = await server.shop({ rateLimits: { [rateClass]: oneAMinute } });
        return { ...small, memberHeaders: (await personOf(small, "owner")).headers };
      },
      "small quotas": async (quotas) => {
        const small = await server.shop();
        const organizationId = decodeId("organization", small.organizationId) ?? "";
        await changeLimitsOnHost(stage.db.database, organizationId, { quotas });
        return small;
      },
      "demo shop": true,
      mailbox: (email) => readMailbox(server.url, email),
      clock: true,
      patience: true,
    },
    {
      nowMs: () => Date.now() + offsetMs,
      async advance(ms) {
        offsetMs += ms;
        await server.advance(ms);
      },
    },
  );
}

async function startOutdated(): Promise<ConformanceServer> {
  const stage = await openStage();
  const { accessToken, refreshToken } = (await stage.shop.fan()).tokens;
  const { publishableKey } = stage.shop;
  const expiresAt = new Date(Date.now() + monthMs / 2).toISOString();
  const keyForAWhile = async (kind: string): Promise<string> => {
    const body = { name: `A ${kind} key for a while`, kind, expiresAt };
    return String((await stage.shop.call("POST", "/api/v1/api-keys", { body })).body.key);
  };
  const expiredKeys = {
    secretKey: await keyForAWhile("secret"),
    publishableKey: await keyForAWhile("publishable"),
  };
  const { email, headers: memberHeaders } = await personOf(stage.shop, "owner");
  const { url } = stage.server;
  const invited = { email: "invited@example.com", role: "viewer" };
  await stage.shop.call("POST", "/api/v1/invitations", { body: invited });
  const invitationToken = await findMailedToken(url, invited.email);
  await stage.server.call("POST", "/api/v1/members/password/reset-request", { body: { email } });
  const resetToken = await findMailedToken(url, email);
  await stage.server.advance(monthMs);
  return conformanceServer(stage, {
    "expired session": {
      publishableKey,
      bearer: accessToken,
      refreshToken,
      memberHeaders,
      invitationToken,
      resetToken,
    },
    "expired keys": expiredKeys,
  });
}

async function startLimited(): Promise<ConformanceServer> {
  return conformanceServer(await openStage({ env: { RATE_LIMITS: "{}" } }), { "usual limits": true });
}

const mailTimeoutMs = 1_000;

async function startOutside(): Promise<ConformanceServer> {
  const provider = await startMailProvider({ hideSTARTTLS: true });
  const beacon = await startTestBeacon({ beaconId: "made-up" });
  const stage = await openStage({
    env: {
      DRAND_URLS: beacon.url,
      DRAND_CHAINS: JSON.stringify([beacon.info]),
      SMTP_URL: provider.url,
      MAIL_FROM: "The Shop <line@example.com>",
      MAIL_TIMEOUT_MS: String(mailTimeoutMs),
    },
  });
  return conformanceServer(
    stage,
    {
      "mail provider": {
        refuse: () => provider.behave(replying({ greeting: "554 5.7.1 no" })),
        hang: () => provider.behave(replying({ greeting: null })),
      },
      beacon: {
        chain: beacon.chain.beaconId,
        fail() {
          beacon.manner = "forged";
        },
        hang() {
          beacon.manner = "silent";
        },
      },
    },
    {
      async close() {
        await stage.server.stop();
        await stage.db.drop();
        await provider.stop();
        await beacon.stop();
      },
    },
  );
}

async function startClosed(): Promise<ConformanceServer> {
  const database = await createTestDatabase();
  await beginMaintenance(database.database, {
    retryAfterSeconds: 120,
    message: "We move to a larger hall and are back at eight.",
  });
  return conformanceServer(await openStage({ database }), { maintenance: true });
}

/** Keys that the server will meet for the first time when it is too late to look them up. */
function unmetKeys({ db }: Stage) {
  return createOrganization(db.database, { name: "Unmet" });
}

async function startSevered(): Promise<ConformanceServer> {
  const db = await createTestDatabase();
  const way = await openDatabaseWay(db.url);
  const stage = await openStage({ database: db, env: { DATABASE_URL: way.url } });
  const keys = await unmetKeys(stage);
  const server = await conformanceServer(
    stage,
    { "severed database": keys },
    {
      async close() {
        await stage.server.stop();
        await db.drop();
      },
    },
  );
  await way.cut();
  return server;
}

/** A fault inside: the schema is renamed under the server, as a mistaken migration would. Every statement fails from then on. */
async function startHidden(): Promise<ConformanceServer> {
  const stage = await openStage();
  const keys = await unmetKeys(stage);
  const server = await conformanceServer(stage, { "hidden tables": keys });
  await stage.db.query("alter schema public rename to hidden");
  return server;
}

/** A connection that may hold its locks for as long as a batch takes. */
async function connectForLocks(db: TestDatabase) {
  const client = await db.database.pool.connect();
  await client.query("set idle_in_transaction_session_timeout = 0");
  return client;
}

/** What the lock leaves alone. Others can still be read, so that the server knows who asks. */
const unlockedTables = ["kysely_migration", "kysely_migration_lock"];
/** Each holds a connection of the pool, and one more is needed to refuse the second call of a key. */
const lockedAtOnce = 5;

async function startLocked(): Promise<ConformanceServer> {
  const stage = await openStage();
  const { db } = stage;
  const tables = await db.query<{ name: string }>(
    `select quote_ident(tablename) as name from pg_tables where schemaname = 'public' and tablename <> all($1)`,
    [unlockedTables],
  );
  const list = tables.map(({ name }) => name).join(", ");
  const client = await connectForLocks(db);
  const barrier = createBarrier(
    async () => {
      await client.query("begin");
      await client.query(`lock table ${list} in exclusive mode`);
    },
    async () => void (await client.query("rollback")),
  );
  return conformanceServer(
    stage,
    { "locked tables": true },
    {
      barrier,
      casesAtOnce: lockedAtOnce,
      async close() {
        client.release();
        await stage.server.stop();
        await db.drop();
      },
    },
  );
}

const endEveryMs = 50;
const slowTables = [
  "api_key_secrets",
  "api_keys",
  "organizations",
  "queues",
  "draws",
  "member_accounts",
  "member_sessions",
  "member_sign_in_tries",
  "member_invitations",
  "member_password_resets",
].join(", ");

/** What tells who asks is locked for good, and a watchman ends whatever statement waits for it. */
async function startSlow(): Promise<ConformanceServer> {
  const stage = await openStage();
  const { db } = stage;
  const keys = await unmetKeys(stage);
  const client = await connectForLocks(db);
  const endWaiting = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      await db.query(
        "select pg_cancel_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      );
      await new Promise((resolve) => setTimeout(resolve, endEveryMs));
    }
  };
  const isOver = new AbortController();
  const watchman = endWaiting(isOver.signal);
  const server = await conformanceServer(
    stage,
    { "ended statements": keys },
    {
      async close() {
        isOver.abort();
        await watchman;
        client.release(true);
        await stage.server.stop();
        await db.drop();
      },
    },
  );
  await client.query("begin");
  await client.query(`lock table ${slowTables} in access exclusive mode`);
  return server;
}

async function startDraining(): Promise<ConformanceServer> {
  const stage = await openStage();
  let stopped: Promise<void> | null = null;
  const barrier = createBarrier(
    async () => {
      stopped ??= stage.server.stop();
    },
    async () => {},
  );
  return conformanceServer(
    stage,
    { "draining server": true },
    {
      barrier,
      casesAtOnce: Number.POSITIVE_INFINITY,
      runsAlone: true,
      async close() {
        await (stopped ?? stage.server.stop());
        await stage.db.drop();
      },
    },
  );
}
