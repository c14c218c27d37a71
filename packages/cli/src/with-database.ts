import {
  closeDatabase,
  createLog,
  type PreparedDatabase,
  prepareDatabase,
  readConfig,
} from "@stanchion/server";

/**
 * Runs a command on the database of the environment; an embedded server that was not running is stopped again. Where there is
 * no database yet it refuses, unless the command `mayMake` one.
 */
export async function withDatabase<T>(
  run: (prepared: PreparedDatabase) => Promise<T>,
  { mayMake = false }: { mayMake?: boolean } = {},
): Promise<T> {
  const say = (line: string): void => console.error(line);
  const prepared = await prepareDatabase(readConfig(process.env), createLog("silent"), say, { mayMake });
  try {
    return await run(prepared);
  } finally {
    const { database, embedded } = prepared;
    if (embedded?.adopted) await database.close();
    else await closeDatabase({ database, embedded });
  }
}
