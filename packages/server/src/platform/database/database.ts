import { CamelCasePlugin, Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import type { Log } from "../log.ts";
import type { Tables } from "./tables.ts";

// Counts and tickets stay far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

export interface Database {
  readonly pool: pg.Pool;
  /** For settings and lists; the line's own statements are written by hand and go to the pool. */
  readonly kysely: Kysely<Tables>;
  close(): Promise<void>;
}

const connectionsMax = 12;
// A database that hangs holds a transaction for a connection, a statement and its rollback: 14 s together, so that the
// answer is there before clients give up after 15 s.
const connectionTimeoutMs = 3_000;
const statementTimeoutMs = 5_000;
const queryTimeoutMs = 5_500;
const lockTimeoutMs = 3_000;
const idleInTransactionTimeoutMs = 10_000;

/** A pool on the database. It connects when first asked, and again after a loss. */
export function openDatabase(url: string, log: Log): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: connectionsMax,
    connectionTimeoutMillis: connectionTimeoutMs,
    idleTimeoutMillis: 30_000,
    statement_timeout: statementTimeoutMs,
    lock_timeout: lockTimeoutMs,
    idle_in_transaction_session_timeout: idleInTransactionTimeoutMs,
    query_timeout: queryTimeoutMs,
    keepAlive: true,
    application_name: `stanchion ${process.pid}`,
    // Plans are made once for each connection, often while a table is still empty; a line that fills up within seconds
    // must not be read from end to end by a plan of that moment.
    options: "-c enable_seqscan=off -c jit=off",
  });
  // The pool listens to idle connections only. One that is lost in the middle of a transaction tells its verb by the
  // failing statement; without a listener of its own it would end the process.
  pool.on("connect", (client) => client.on("error", () => {}));
  pool.on("error", (error) => log.warn({ err: error }, "an idle database connection was lost"));
  const kysely = new Kysely<Tables>({
    dialect: new PostgresDialect({ pool }),
    plugins: [new CamelCasePlugin()],
  });
  return { pool, kysely, close: () => kysely.destroy() };
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
