import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
// The tests need the database before any server of ours: so not through the server's door.
import { startEmbeddedPostgres } from "../packages/server/src/platform/database/embedded-postgres.ts";

/** The server of TEST_DATABASE_URL; without it an embedded one in a folder of its own, which `stop` takes away. */
export async function openTestDatabaseServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const given = process.env.TEST_DATABASE_URL;
  if (given !== undefined && given !== "") return { url: given, stop: async () => {} };
  const folder = await mkdtemp(join(tmpdir(), "stanchion-test-"));
  // PostgreSQL runs as another user where we are root.
  await chmod(folder, 0o711);
  const database = await startEmbeddedPostgres({
    dataFolder: join(folder, "data"),
    say: (line) => console.error(line),
  });
  return {
    url: database.url,
    async stop() {
      await database.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
