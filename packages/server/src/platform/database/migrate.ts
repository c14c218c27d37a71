import { readdir, readFile } from "node:fs/promises";
import { type Kysely, sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import type { Tables } from "./tables.ts";
import { makeTenantRole } from "./tenant-role.ts";

const folder = new URL("./migrations/", import.meta.url);

/** Brings the schema to this version, under a lock that processes starting together share. Answers the names of what was new. */
export async function migrate(kysely: Kysely<Tables>): Promise<readonly string[]> {
  await makeTenantRole(kysely);
  const migrator = new Migrator({
    db: kysely,
    migrationTableName: "stanchion_migrations",
    migrationLockTableName: "stanchion_migrations_lock",
    provider: { getMigrations: readMigrations },
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error !== undefined)
    throw new Error("The database could not be brought to this version.", { cause: error });
  return (results ?? []).map((result) => result.migrationName);
}

async function readMigrations(): Promise<Record<string, Migration>> {
  const migrations: Record<string, Migration> = {};
  for (const file of (await readdir(folder)).sort()) {
    if (!file.endsWith(".sql")) continue;
    const text = await readFile(new URL(file, folder), "utf8");
    migrations[file.slice(0, -4)] = { up: async (db) => void (await sql.raw(text).execute(db)) };
  }
  return migrations;
}
