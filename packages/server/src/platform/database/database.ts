import { CamelCasePlugin, Kysely } from "kysely";
import pg from "pg";
import type { Log } from "../log.ts";
import { HostDialect } from "./careful-driver.ts";
import { createOrganizationScopes, type OrganizationScopes } from "./organization-scopes.ts";
import type { Tables } from "./tables.ts";

// Counts and tickets stay far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

export interface Database {
  readonly pool: pg.Pool;
  /** For settings and lists; the line's own statements are written by hand and go to the pool. */
  readonly kysely: Kysely<Tables>;
  /** For what acts for an organization; see `inOrganization`. */
  readonly organizations: OrganizationScopes;
  /** For the views of lines, which transactions of `pool` wait for. */
  readonly viewsPool: pg.Pool;
  /** For transactions that are held while their request asks on `pool`; `slow`: while it asks the outside world too. */
  readonly holding: Readonly<Record<Holding, { readonly organizations: OrganizationScopes }>>;
  close(): Promise<void>;
}

/**
 * Whoever holds a connection and waits for another of the same pool can wait for itself: with as many such requests as there
 * are connections nobody gets on. So what is held and what is asked for meanwhile come from pools of their own, and only ever
 * in this order: holding, pool, views. Pools connect when first asked.
 */
const connectionsMax = { pool: 12, views: 2, quick: 4, slow: 2 };
export type Holding = "quick" | "slow";
// A database that hangs holds a transaction for a connection, a statement and its rollback: 14 s together, so that the
// answer is there before clients give up after 15 s.
const connectionTimeoutMs = 3_000;
const statementTimeoutMs = 5_000;
const queryTimeoutMs = 5_500;
const lockTimeoutMs = 3_000;
const idleInTransactionTimeoutMs = 10_000;

/**
 * What every connection is set to. Plans are made once for each connection, often while a table is still empty; a line that
 * fills up within seconds must not be read from end to end by a plan of that moment.
 */
export const connectionSettings = {
  statement_timeout: statementTimeoutMs,
  lock_timeout: lockTimeoutMs,
  idle_in_transaction_session_timeout: idleInTransactionTimeoutMs,
  enable_seqscan: "off",
  jit: "off",
} as const;

/**
 * A pool on the database. It connects when first asked, and again after a loss. `isPooled`: the url leads through a pooler in
 * transaction mode, where each transaction may be on another connection, so nothing is set or prepared on one; what must be
 * set, `keepSettings` has given to the login.
 */
export function openDatabase(
  url: string,
  log: Log,
  { isPooled = false, connections = connectionsMax.pool }: { isPooled?: boolean; connections?: number } = {},
): Database {
  const open = (max: number): pg.Pool => openPool(url, log, { isPooled, max });
  const pool = open(connections);
  const [viewsPool, quick, slow] = [
    open(connectionsMax.views),
    open(connectionsMax.quick),
    open(connectionsMax.slow),
  ];
  const kysely = new Kysely<Tables>({
    dialect: new HostDialect(pool),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  });
  return {
    pool,
    kysely,
    organizations: createOrganizationScopes(pool),
    viewsPool,
    holding: {
      quick: { organizations: createOrganizationScopes(quick) },
      slow: { organizations: createOrganizationScopes(slow) },
    },
    async close() {
      await Promise.all([kysely.destroy(), viewsPool.end(), quick.end(), slow.end()]);
    },
  };
}

function openPool(url: string, log: Log, { isPooled, max }: { isPooled: boolean; max: number }): pg.Pool {
  const settings = Object.entries(connectionSettings).map(([name, value]) => `-c ${name}=${value}`);
  const pool = new pg.Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: connectionTimeoutMs,
    idleTimeoutMillis: 30_000,
    query_timeout: queryTimeoutMs,
    keepAlive: true,
    application_name: `stanchion ${process.pid}`,
    ...(isPooled ? {} : { options: settings.join(" ") }),
  });
  // The pool listens to idle connections only. One that is lost in the middle of a transaction tells its verb by the
  // failing statement; without a listener of its own it would end the process.
  pool.on("connect", (client) => client.on("error", () => {}));
  pool.on("error", (error) => log.warn({ err: error }, "an idle database connection was lost"));
  if (isPooled) forgetNames(pool);
  return pool;
}

/** Statements keep their text and lose their name: the connection that has prepared one is not the one that is asked for it. */
function forgetNames(pool: pg.Pool): void {
  const query: (...given: unknown[]) => unknown = pool.query.bind(pool);
  // One signature stands for all of the method's: what is given goes on as it came, but for a name.
  pool.query = ((first: unknown, ...rest: unknown[]) =>
    query(isNamed(first) ? { ...first, name: undefined } : first, ...rest)) as typeof pool.query;
}

function isNamed(given: unknown): given is { name: string } {
  return typeof given === "object" && given !== null && "name" in given;
}

/** Gives the login of this connection its settings on this database, for the connections that a pooler makes from now on. */
export async function keepSettings({ pool }: Pick<Database, "pool">): Promise<void> {
  const { rows } = await pool.query<{ name: string }>("select quote_ident(current_database()) as name");
  for (const [name, value] of Object.entries(connectionSettings))
    await pool.query(`alter role current_user in database ${rows[0]?.name} set ${name} = '${value}'`);
}

/** Does another of our processes work on this database right now? */
export async function isUsedByOthers(database: Database): Promise<boolean> {
  const others = await database.pool.query(
    `select from pg_stat_activity where backend_type = 'client backend' and datname = current_database()
     and application_name like 'stanchion %' and split_part(application_name, ' ', 2) <> $1 limit 1`,
    [String(process.pid)],
  );
  return others.rows.length > 0;
}
