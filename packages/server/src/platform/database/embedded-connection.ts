import { Client, DatabaseError } from "pg";

/** The superuser and the database carry the same name. */
export const embeddedName = "stanchion";

const connectMsMax = 2000;
const refusals = {
  unknownDatabase: "3D000",
  duplicateDatabase: "42P04",
  uniqueViolation: "23505",
  wrongPassword: "28P01",
};

/** The url for clients on this machine, password included. */
export function embeddedUrl(port: number, password: string, database: string = embeddedName): string {
  return `postgres://${embeddedName}:${password}@127.0.0.1:${port}/${database}`;
}

/**
 * Whether the server on `port` answers to our password and serves this very `folder`. Makes our database
 * where a first start was cut short before it could.
 * @throws Error when the server runs but does not take the password
 */
export async function askWhetherReady(port: number, password: string, folder: string): Promise<boolean> {
  try {
    const statement = "select current_setting('data_directory') as folder";
    return (await queryOnce(embeddedUrl(port, password), statement)) === folder;
  } catch (error) {
    const code = refusalCode(error);
    if (code === refusals.wrongPassword) {
      throw new Error("The PostgreSQL of the data folder does not take its password.", { cause: error });
    }
    if (code === refusals.unknownDatabase) await createDatabase(port, password);
    // Anything else is a server that is still starting, or already stopping.
    return false;
  }
}

async function createDatabase(port: number, password: string): Promise<void> {
  try {
    await queryOnce(embeddedUrl(port, password, "postgres"), `create database ${embeddedName}`);
  } catch (error) {
    const code = refusalCode(error);
    // Two starts at once: the other one made it.
    if (code !== refusals.duplicateDatabase && code !== refusals.uniqueViolation) throw error;
  }
}

function refusalCode(error: unknown): string | undefined {
  return error instanceof DatabaseError ? error.code : undefined;
}

async function queryOnce(url: string, statement: string): Promise<unknown> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: connectMsMax });
  // A connection that breaks while idle must not end the process; the query reports it.
  client.on("error", () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ folder?: unknown }>(statement);
    return rows[0]?.folder;
  } finally {
    await client.end().catch(() => {});
  }
}
