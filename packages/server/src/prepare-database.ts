import path from "node:path";
import type { Config } from "./config.ts";
import {
  type Database,
  type EmbeddedPostgres,
  hasEmbeddedPostgres,
  isUsedByOthers,
  keepSettings,
  migrate,
  openDatabase,
  startEmbeddedPostgres,
} from "./platform/database/index.ts";
import type { Log } from "./platform/log.ts";
import { createSecrets, type Secrets } from "./platform/secrets.ts";
import { canOpenSigningKeys } from "./platform/signing-keys/index.ts";
import { readOrMakeSecret } from "./server-secret.ts";

export interface PreparedDatabase {
  /** Null with DATABASE_URL. */
  readonly embedded: EmbeddedPostgres | null;
  readonly databaseUrl: string;
  /** Past the pooler, where there is one; else the same. */
  readonly directUrl: string;
  readonly database: Database;
  readonly secrets: Secrets;
}

/**
 * A database with the schema of this version: the given one, or the embedded server under the data folder. `mayMake: false`:
 * only one that is there already. Throws an error for a person to read where the environment leads to none that can be used.
 */
export async function prepareDatabase(
  config: Config,
  log: Log,
  say: (line: string) => void,
  { mayMake = true }: { mayMake?: boolean } = {},
): Promise<PreparedDatabase> {
  if (config.databaseUrl === null && !mayMake && !(await hasEmbeddedPostgres(config.dataFolder)))
    throw new Error(
      `There is no database in ${config.dataFolder}: say with STANCHION_DATA in which folder the server keeps it, or with DATABASE_URL where it is. stanchion init makes a new one.`,
    );
  const embedded: EmbeddedPostgres | null =
    config.databaseUrl === null ? await startEmbeddedPostgres({ dataFolder: config.dataFolder, say }) : null;
  const databaseUrl = config.databaseUrl ?? embedded?.url ?? "";
  const directUrl = config.databaseDirectUrl ?? databaseUrl;
  const isPooled = config.databaseDirectUrl !== null;
  const database = openDatabase(databaseUrl, log, { isPooled, connections: config.databaseConnections });
  const direct = isPooled ? openDatabase(directUrl, log) : database;
  try {
    const place = await findPlace(database, "DATABASE_URL");
    if (isPooled) refuseOtherPlace(place, await findPlace(direct, "DATABASE_DIRECT_URL"));
    const secrets = createSecrets(config.secret ?? (await readOrMakeSecret(config.dataFolder)));
    if (!(await canOpenSigningKeys(database, secrets))) throw new Error(otherSecret(config));
    const applied = await migrate(direct.kysely);
    if (isPooled) await keepSettings(direct);
    if (applied.length > 0) log.info({ migrations: applied }, "the database was brought to this version");
    return { embedded, databaseUrl, directUrl, database, secrets };
  } catch (error) {
    await database.close();
    if (embedded?.adopted === false) await embedded.stop();
    throw error;
  } finally {
    if (isPooled) await direct.close();
  }
}

/** Closes the database, and stops the embedded server unless another process on the same data still works with it. */
export async function closeDatabase(prepared: {
  database: Database;
  embedded: EmbeddedPostgres | null;
}): Promise<void> {
  const { database, embedded } = prepared;
  const isUsed = embedded !== null && (await isUsedByOthers(database).catch(() => false));
  await database.close();
  if (!isUsed) await embedded?.stop();
}

type UrlVariable = "DATABASE_URL" | "DATABASE_DIRECT_URL";

interface Place {
  readonly login: string;
  readonly database: string;
}

/** Where the url of this variable leads. */
async function findPlace({ pool }: Database, variable: UrlVariable): Promise<Place> {
  const { rows } = await pool
    .query<Place & { version: string }>(
      `select current_user as login, current_database() as database, current_setting('server_version_num') as version`,
    )
    .catch((error: unknown) => {
      throw new Error(connectionAdvice(error, variable), { cause: error });
    });
  const [found] = rows;
  if (found === undefined || Number(found.version) < 150_000)
    throw new Error(`${variable} must name a PostgreSQL of version 15 or later.`);
  return found;
}

/** What a pooler says of the settings that each connection begins with. */
const poolerRefusal = /unsupported startup parameter/;

function connectionAdvice(error: unknown, variable: UrlVariable): string {
  const { message, code } = faultOf(error);
  if (poolerRefusal.test(message))
    return variable === "DATABASE_URL"
      ? `DATABASE_URL seems to lead to a connection pooler (${message}). Set DATABASE_DIRECT_URL too: to the same database with the same login, past the pooler.`
      : `DATABASE_DIRECT_URL seems to lead to a connection pooler (${message}). It must lead past it, to the database itself.`;
  return `${variable} leads to no database that can be used: ${message}. ${adviceByCode[code] ?? "See that the database runs, and that this machine can reach it."}`;
}

const wrongLogin = "See that the URL has the name and the password of a login of that server.";
const wrongHost = "See that its host and port are right, and that the database runs.";
const adviceByCode: Readonly<Record<string, string>> = {
  "3D000": "See that the URL ends with the name of a database that is there; createdb makes one.",
  "28000": wrongLogin,
  "28P01": wrongLogin,
  ECONNREFUSED: wrongHost,
  ENOTFOUND: wrongHost,
};

/** A host of several addresses fails with all their errors at once, and has no words of its own for it. */
function faultOf(error: unknown): { message: string; code: string } {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  const { message, code } = Object(first);
  return { message: String(message ?? first), code: String(code ?? "") };
}

/** Settings are given to the login of the one and must hold for the connections of the other. */
function refuseOtherPlace(place: Place, direct: Place): void {
  if (place.login !== direct.login)
    throw new Error(
      `DATABASE_URL and DATABASE_DIRECT_URL need the same login: the one has "${place.login}", the other "${direct.login}". Nothing was changed.`,
    );
  if (place.database !== direct.database)
    throw new Error(
      `DATABASE_URL and DATABASE_DIRECT_URL must lead to the same database: the one leads to "${place.database}", the other to "${direct.database}". Nothing was changed.`,
    );
}

function otherSecret({ secret, dataFolder }: Config): string {
  const file = path.join(dataFolder, "secret");
  return secret === null
    ? `This database was made under another secret than the one in ${file}. Put that one back there, or set STANCHION_SECRET to it.`
    : `STANCHION_SECRET is not the secret that this database was made under. Set it to that one; where it was never set, the server made one: it lies in the data folder (STANCHION_DATA), here ${file}.`;
}
