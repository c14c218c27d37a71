/** The database goes away under load, in every way in which it does, and comes back. */
import { randomUUID } from "node:crypto";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createOrganization, type NewOrganization } from "../packages/server/src/identity/index.ts";
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from "../packages/server/src/platform/database/embedded-postgres.ts";
import { openDatabase } from "../packages/server/src/platform/database/index.ts";
import { createLog } from "../packages/server/src/platform/log.ts";
import { beginMaintenance, endMaintenance } from "../packages/server/src/switch-maintenance.ts";
import { askUnderLoad, type Load } from "./outage-load.ts";
import { makeQueue, type ServerProcess, startServerProcess, until } from "./server-process.ts";

/** The longest that an answer may take: clients give up after 15 s. */
const answerMsMax = 15_000;
const recoveryMsMax = 5_000;
/** Those that requests share, those of the views of lines, and those of jobs. */
const connectionsMax = 12 + 2 + 2;

describe("the database under load", () => {
  let folder: string;
  let postgres: EmbeddedPostgres;
  let server: ServerProcess;
  let shop: NewOrganization;
  let queueId: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "stanchion-outage-"));
    await chmod(folder, 0o711);
    postgres = await startEmbeddedPostgres({ dataFolder: folder, say: () => {} });
    server = await startServerProcess("start", { databaseUrl: postgres.url });
    shop = await withDatabase((database) => createOrganization(database, { name: "Shop" }));
    queueId = await makeQueue(server.url, shop.secretKey, { admitRate: 60, maxAdmissions: 5 });
  }, 120_000);
  afterAll(async () => {
    await server?.kill("SIGKILL");
    await postgres?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function withDatabase<T>(run: (database: ReturnType<typeof openDatabase>) => Promise<T>): Promise<T> {
    const database = openDatabase(postgres.url, createLog("silent"));
    return run(database).finally(() => database.close());
  }
  const query = <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> =>
    withDatabase(async ({ pool }) => (await pool.query(text, values)).rows as Row[]);

  const postmasterId = async (): Promise<number> => {
    const text = await readFile(join(folder, "postgres", "postmaster.pid"), "utf8");
    return Number(text.split("\n")[0]);
  };
  const hasEnded = async (id: number): Promise<boolean> => {
    const stat = await readFile(`/proc/${id}/stat`, "latin1").catch(() => ") Z");
    return stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
  };
  const startAgain = async (): Promise<void> => {
    const port = Number(new URL(postgres.url).port);
    postgres = await startEmbeddedPostgres({ dataFolder: folder, say: () => {}, port });
    expect(new URL(postgres.url).port).toBe(String(port));
  };
  /** Ends the server by the signal and starts it again once somebody was told that it is away. */
  const stopAndStart = async (signal: NodeJS.Signals, load: Load): Promise<void> => {
    const id = await postmasterId();
    process.kill(id, signal);
    await until(
      () => hasEnded(id),
      (ended) => ended,
    );
    await load.untilRefused();
    await load.untilBoardAnswers();
    await startAgain();
  };
  /** Stops the postmaster and everything under it as they are, and lets them go on later. */
  const hang = async (load: Load): Promise<void> => {
    const ids = [await postmasterId()];
    const children = await readFile(`/proc/${ids[0]}/task/${ids[0]}/children`, "utf8");
    ids.push(...children.trim().split(" ").map(Number));
    for (const id of ids) process.kill(id, "SIGSTOP");
    try {
      await load.untilRefused();
    } finally {
      for (const id of ids) process.kill(id, "SIGCONT");
    }
  };
  const terminateAll = async (load: Load): Promise<void> => {
    for (let round = 0; round < 10; round += 1) {
      const before = load.answered;
      await query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'stanchion ' || $1 || '%'`,
        [server.child.pid],
      );
      await until(
        async () => load.answered,
        (answered) => answered > before + 20,
      );
    }
  };

  const outages: Readonly<Record<string, (load: Load) => Promise<void>>> = {
    "is stopped in order and started again": (load) => stopAndStart("SIGINT", load),
    "is stopped at once, as in a crash, and started again": (load) => stopAndStart("SIGQUIT", load),
    "hangs, and goes on": hang,
    "ends every connection, ten times": terminateAll,
  };

  it.each(Object.entries(outages))(
    "%s: nothing acknowledged is lost, and all goes on by itself",
    async (_, outage) => {
      const load = askUnderLoad({ url: server.url, shop, queueId });
      try {
        await load.untilServed();
        await outage(load);
        const backAtMs = Date.now();
        await load.untilServed();
        expect(Date.now() - backAtMs).toBeLessThan(recoveryMsMax);
      } finally {
        await load.stop();
      }
      expect(load.strange).toEqual([]);
      expect(load.slowestMs).toBeLessThan(answerMsMax);

      const experiences = await query<{ id: string }>(
        "select name as id from experiences where not is_implied",
      );
      const kept = new Set(experiences.map(({ id }) => id));
      expect(load.created.filter((name) => !kept.has(name))).toEqual([]);
      expect(kept.size).toBe(experiences.length);
      const tickets = await query<{ ticket: number; consumerId: string }>(
        `select ticket::int as ticket, consumer_id as "consumerId" from entries order by ticket`,
      );
      expect(tickets.map(({ ticket }) => ticket)).toEqual(tickets.map((_, index) => index + 1));
      expect(new Set(tickets.map(({ consumerId }) => consumerId)).size).toBe(tickets.length);
      const held = new Set(tickets.map(({ ticket }) => ticket));
      expect(load.tickets.filter((ticket) => !held.has(ticket))).toEqual([]);
      expect(new Set(load.tickets).size).toBe(load.tickets.length);

      const [connections] = await query<{ count: number }>(
        `select count(*)::int as count from pg_stat_activity where application_name like 'stanchion ' || $1 || '%'`,
        [server.child.pid],
      );
      expect(connections?.count).toBeLessThanOrEqual(connectionsMax);
      expect(server.child.exitCode).toBeNull();
    },
    120_000,
  );

  it("keeps planned maintenance on while it is away, and ends it by what it reads afterwards", async () => {
    const code = async (): Promise<unknown> => {
      const answer = await fetch(`${server.url}/api/v1/queues/${queueId}/now-serving`);
      return ((await answer.json()) as { code?: string }).code;
    };
    await withDatabase((database) => beginMaintenance(database, { retryAfterSeconds: 30, message: null }));
    await until(code, (told) => told === "MAINTENANCE", 2_000);
    const id = await postmasterId();
    process.kill(id, "SIGINT");
    await until(
      () => hasEnded(id),
      (ended) => ended,
    );
    await until(
      async () => (await fetch(`${server.url}/health/ready`)).status,
      (status) => status === 503,
    );
    expect(await code()).toBe("MAINTENANCE");
    expect((await fetch(`${server.url}/.well-known/jwks.json`)).status).toBe(200);
    await startAgain();
    expect(await code()).toBe("MAINTENANCE");
    await withDatabase((database) => endMaintenance(database));
    await until(code, (told) => told === undefined, recoveryMsMax);
  });

  it("has fewer connections for the server than it asks for: 503 for those who find none, until there are more", async () => {
    const password = randomUUID();
    await query(`create role small login password '${password}'`);
    await query("grant stanchion_tenant to small");
    await query("create database small owner small");
    const url = new URL(postgres.url);
    url.pathname = "/small";
    // No limit holds for a superuser.
    const unlimitedUrl = url.href;
    Object.assign(url, { username: "small", password });
    const other = await startServerProcess("start", { databaseUrl: url.href });
    try {
      const database = openDatabase(unlimitedUrl, createLog("silent"));
      const otherShop = await createOrganization(database, { name: "Shop" }).finally(() => database.close());
      const otherQueueId = await makeQueue(other.url, otherShop.secretKey, { admitRate: 60 });
      await query("alter role small connection limit 11");
      await query("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'small'");
      const load = askUnderLoad({ url: other.url, shop: otherShop, queueId: otherQueueId });
      try {
        await load.untilServed();
        await load.untilRefused();
        await load.untilServed();
        await query("alter role small connection limit 30");
        await load.untilServed();
      } finally {
        await load.stop();
      }
      expect(load.strange).toEqual([]);
      expect(load.slowestMs).toBeLessThan(answerMsMax);
    } finally {
      await other.kill("SIGKILL");
    }
  }, 120_000);

  it("is held up by a lock: whoever needs it is told so in time, and what needs no database goes on", async () => {
    const create = async (name: string): Promise<string> => {
      const answer = await fetch(`${server.url}/api/v1/experiences`, {
        method: "POST",
        headers: { Authorization: `Bearer ${shop.secretKey}`, "Content-Type": "application/json" },
        body: JSON.stringify({ name }),
      });
      const { code } = (await answer.json()) as { code?: string };
      return `${answer.status} ${code} ${answer.headers.has("retry-after")}`;
    };
    const client = new Client({ connectionString: postgres.url });
    await client.connect();
    await client.query("begin");
    await client.query("lock table experiences in exclusive mode");
    const askedAtMs = Date.now();
    const creates = Array.from({ length: 40 }, (_, index) => create(`Held up ${index}`));
    const refusals = Promise.all(creates);
    const board = await fetch(`${server.url}/api/v1/queues/${queueId}/now-serving`);
    expect(board.status).toBe(200);
    expect(Date.now() - askedAtMs).toBeLessThan(2_000);
    const told = await refusals;
    expect(Date.now() - askedAtMs).toBeLessThan(answerMsMax);
    expect(new Set(told)).toEqual(
      new Set(["409 CONCURRENT_MODIFICATION false", "503 DATABASE_UNAVAILABLE true"]),
    );
    await client.query("rollback");
    await client.end();
    expect(await create("Free again")).toBe("201 undefined false");
  });
});
