import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { decodeId } from "@stanchion/contract";
import { Redis } from "ioredis";
import pg from "pg";
import { createOrganization } from "../../packages/server/src/identity/index.ts";
import { startEmbeddedPostgres } from "../../packages/server/src/platform/database/embedded-postgres.ts";
import { type Database, openDatabase } from "../../packages/server/src/platform/database/index.ts";
import { createLog } from "../../packages/server/src/platform/log.ts";
import { createSecrets, type Secrets } from "../../packages/server/src/platform/secrets.ts";
import { fillLine } from "../made-up-people.ts";
import { type MeasuredServer, postmasterOf, startMeasuredServer } from "./measured-server.ts";

export type Shop = Awaited<ReturnType<typeof createOrganization>>;

/** What is measured, and what it stands on: the servers in processes of their own, their database, and a shop. */
export interface Stage {
  readonly server: MeasuredServer;
  /** A second server, which counts its limits in the store; null: no store is there. */
  readonly sharing: MeasuredServer | null;
  /** What a further server of the same house is started with. */
  readonly env: Readonly<Record<string, string>>;
  /** Options of Node for a further server. */
  readonly nodeOptions: readonly string[];
  readonly database: Database;
  readonly databaseUrl: string;
  readonly postmasterId: number;
  readonly secrets: Secrets;
  readonly shop: Shop;
  close(): Promise<void>;
}

const secret = "a secret of the bench, long enough to be one";
/** The limits' window, in seconds. */
export const windowSeconds = 60;
const wide = { limit: 1_000_000_000, windowSeconds };

/** @param storeUrl of a Valkey or Redis; it need not be there */
export async function openStage(options: { storeUrl: string; isProfiling: boolean }): Promise<Stage> {
  const folder = await mkdtemp(path.join(tmpdir(), "stanchion-bench-"));
  // PostgreSQL runs as another user where we are root.
  await chmod(folder, 0o711);
  const postgres = await startEmbeddedPostgres({ dataFolder: folder, say: (line) => console.error(line) });
  const env = {
    PORT: "0",
    STANCHION_DATA: folder,
    DATABASE_URL: postgres.url,
    STANCHION_SECRET: secret,
    RATE_LIMITS: JSON.stringify({ guest: wide, entry: wide, general: wide, webhook: wide }),
    LOG_LEVEL: "error",
  };
  const nodeOptions = options.isProfiling ? ["--cpu-prof", `--cpu-prof-dir=${path.resolve("profiles")}`] : [];
  const server = await startMeasuredServer(env, nodeOptions);
  const sharing = (await isStoreThere(options.storeUrl))
    ? await startMeasuredServer({ ...env, VALKEY_URL: options.storeUrl }, nodeOptions)
    : null;
  const database = openDatabase(postgres.url, createLog("silent"));
  const backend = await database.pool.query<{ id: number }>("select pg_backend_pid() as id");
  return {
    server,
    sharing,
    env,
    nodeOptions,
    database,
    databaseUrl: postgres.url,
    postmasterId: postmasterOf(backend.rows[0]?.id ?? 0),
    secrets: createSecrets(secret),
    shop: await createOrganization(database, { name: "Bench" }),
    async close() {
      await database.close();
      await server.stop();
      await sharing?.stop();
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Is there a store to count in? */
async function isStoreThere(url: string): Promise<boolean> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, connectTimeout: 1_000 });
  redis.on("error", () => {});
  try {
    await redis.connect();
    return true;
  } catch {
    return false;
  } finally {
    redis.disconnect();
  }
}

/** Makes a queue that opens at once, and answers its id. */
export async function makeQueue(stage: Stage, shop: Shop, name: string, admitRate = 1): Promise<string> {
  return make(stage, shop, "queues", { name, admitRate });
}

/** Makes a draw that takes entries for a day, and answers its id. */
export async function makeDraw(stage: Stage, shop: Shop): Promise<string> {
  const inADay = new Date(Date.now() + 86_400_000).toISOString();
  return make(stage, shop, "draws", { name: "draw", winnerCount: 100, closeAt: inADay, drawAt: inADay });
}

/** Makes a resource by the API, as the shop itself, and answers its id. */
export async function make({ server }: Stage, shop: Shop, kind: string, body: object): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${server.port}/api/v1/${kind}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${shop.secretKey}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${kind}: ${await answer.text()}`);
  const { id } = (await answer.json()) as { id: string };
  return id;
}

/** Puts so many people into an empty line, and answers when they entered, in ms since 1970. */
export async function fillQueue(stage: Stage, queueId: string, size: number): Promise<number> {
  const uuid = decodeId("queue", queueId) ?? "";
  return withClient(stage, async (client) => {
    await fillLine(client, uuid, size);
    const { rows } = await client.query<{ at: Date }>(
      "select entered_at as at from entries where queue_id = $1 limit 1",
      [uuid],
    );
    return rows[0]?.at.getTime() ?? 0;
  });
}

/** Takes away the joins of the round before, so that every round meets a line of the same size. */
export async function resetLine(stage: Stage, queueId: string, size: number): Promise<void> {
  const uuid = decodeId("queue", queueId);
  await withClient(stage, async (client) => {
    // The lock of those who join comes first: joins of an overload are still under way when its load has gone.
    await client.query("begin");
    await client.query("update lines set last_ticket = $2 where queue_id = $1", [uuid, size]);
    await client.query("delete from entries where queue_id = $1 and ticket > $2", [uuid, size]);
    await client.query("delete from line_groups where queue_id = $1", [uuid]);
    await client.query("commit");
    await client.query("vacuum entries");
    await client.query("checkpoint");
  });
}

/** Takes away the entries of the round before. */
export async function resetDraw(stage: Stage, drawId: string): Promise<void> {
  const uuid = decodeId("draw", drawId);
  await withClient(stage, async (client) => {
    await client.query("begin");
    await client.query("update draw_lists set last_number = 0 where draw_id = $1", [uuid]);
    await client.query("delete from draw_entries where draw_id = $1", [uuid]);
    await client.query("delete from draw_groups where draw_id = $1", [uuid]);
    await client.query("commit");
    await client.query("vacuum draw_entries");
    await client.query("vacuum draw_groups");
    await client.query("checkpoint");
  });
}

/** A connection without the pool's limits of time. */
async function withClient<T>({ databaseUrl }: Stage, ask: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await ask(client);
  } finally {
    await client.end();
  }
}
