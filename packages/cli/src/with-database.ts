import { closeDatabase, createLog, prepareDatabase, readConfig } from "@stanchion/server";

type Prepared = Awaited<ReturnType<typeof prepareDatabase>>;

/** Runs a command on the database of the environment; an embedded server that was not running is stopped again. */
export async function withDatabase<T>(run: (prepared: Prepared) => Promise<T>): Promise<T> {
  const prepared = await prepareDatabase(readConfig(process.env), createLog("silent"), (line) =>
    console.error(line),
  );
  try {
    return await run(prepared);
  } finally {
    const { database, embedded } = prepared;
    if (embedded?.adopted) await database.close();
    else await closeDatabase({ database, embedded });
  }
}
