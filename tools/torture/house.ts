import path from "node:path";
import { decodeId, type RateLimitOverrides } from "@stanchion/contract";
import pg from "pg";
// The runs play the operator's part and the fans': so not through the server's door.
import { createOrganization, type NewOrganization } from "../../packages/server/src/identity/index.ts";
import { startEmbeddedPostgres } from "../../packages/server/src/platform/database/embedded-postgres.ts";
import { migrate, openDatabase } from "../../packages/server/src/platform/database/index.ts";
import { createLog } from "../../packages/server/src/platform/log.ts";
import { createSecrets } from "../../packages/server/src/platform/secrets.ts";
import { accessTokenOf } from "../made-up-people.ts";
import { chooseFreePort, type ServerProcess, startServerProcess } from "./server-process.ts";
import type { RunContext } from "./torture-run.ts";

const secret = "a secret of the torture, long enough to be one";
const wide = { limit: 1_000_000_000, windowSeconds: 60 };

/** Limits that are out of the way. */
export const wideLimits: RateLimitOverrides = { guest: wide, entry: wide, general: wide, webhook: wide };

/** A database server of the run's own with one organization, on which processes are started one by one. */
export interface House {
  /** Without time limits of its own. */
  readonly db: pg.Pool;
  readonly databaseUrl: string;
  readonly shop: NewOrganization;
  start(command: "start" | "api" | "worker"): Promise<ServerProcess>;
  /** The bearer of any consumer, be there a guest session or not. */
  accessTokenOf(consumerId: string): string;
}

/** Everything in it is stopped at the end of the run. */
export async function openHouse(
  ctx: RunContext,
  rateLimits: RateLimitOverrides = wideLimits,
): Promise<House> {
  const postgres = await startEmbeddedPostgres({ dataFolder: ctx.folder, say: ctx.say });
  ctx.atEnd(() => postgres.stop());
  const db = new pg.Pool({ connectionString: postgres.url, max: 8 });
  db.on("error", () => {});
  ctx.atEnd(() => db.end());
  const shop = await makeShop(postgres.url);
  const organizationId = decodeId("organization", shop.organizationId) ?? "";
  const secrets = createSecrets(secret);
  let started = 0;
  return {
    db,
    databaseUrl: postgres.url,
    shop,
    async start(command) {
      started += 1;
      const server = await startServerProcess({
        command,
        port: await chooseFreePort(),
        log: path.join(ctx.folder, `${command}-${started}.log`),
        env: {
          STANCHION_DATA: ctx.folder,
          DATABASE_URL: postgres.url,
          STANCHION_SECRET: secret,
          RATE_LIMITS: JSON.stringify(rateLimits),
          LOG_LEVEL: "warn",
        },
      });
      ctx.atEnd(() => server.stop());
      return server;
    },
    accessTokenOf: (consumerId) => accessTokenOf(secrets, organizationId, consumerId),
  };
}

async function makeShop(databaseUrl: string): Promise<NewOrganization> {
  const database = openDatabase(databaseUrl, createLog("silent"));
  try {
    await migrate(database.kysely);
    return await createOrganization(database, { name: "Torture" });
  } finally {
    await database.close();
  }
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** A call as the shop's server makes it. */
export async function callAsShop(
  url: string,
  secretKey: string,
  method: string,
  route: string,
  body?: unknown,
): Promise<ApiAnswer> {
  const answer = await fetch(`${url}/api/v1${route}`, {
    method,
    headers: { Authorization: `Bearer ${secretKey}`, "Content-Type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

/** Makes a queue, and answers its id on the wire and in the tables. */
export async function makeQueue(
  house: House,
  url: string,
  settings: { name: string; admitRate: number } & Record<string, unknown>,
): Promise<{ wireId: string; queueId: string }> {
  const answer = await callAsShop(url, house.shop.secretKey, "POST", "/queues", settings);
  if (answer.status !== 201) throw new Error(`no queue: ${JSON.stringify(answer.body)}`);
  const wireId = String(answer.body.id);
  return { wireId, queueId: decodeId("queue", wireId) ?? "" };
}

/** A fan's whole request as HTTP text, for the load generator. */
export function fanRequest(
  house: House,
  consumerId: string,
  method: "GET" | "POST",
  route: string,
  headers = "",
): string {
  return (
    `${method} /api/v1${route} HTTP/1.1\r\nHost: 127.0.0.1\r\n${method === "POST" ? "Content-Length: 0\r\n" : ""}` +
    `X-Publishable-Key: ${house.shop.publishableKey}\r\nAuthorization: Bearer ${house.accessTokenOf(consumerId)}\r\n${headers}\r\n`
  );
}
