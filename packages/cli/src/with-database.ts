import { createLog, prepareDatabase, readConfig } from "@stanchion/server";

type Prepared = Awaited<ReturnType<typeof prepareDatabase>>;

/** Runs a command on the database of the environment; an embedded server that was not running is stopped again. */
export async function withDatabase<T>(run: (prepared: Prepared) => Promise<T>): Promise<T> {
  const prepared = await prepareDatabase(readConfig(process.env), createLog("silent"), (line) =>
    console.error(line),
  );
  try {
    return await run(prepared);
  } finally {
    await prepared.database.close();
    if (prepared.embedded?.adopted === false) await prepared.embedded.stop();
  }
}
