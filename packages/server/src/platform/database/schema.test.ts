import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dumpSchema } from "../../testing/dump-schema.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/index.ts";
import { constraintRows } from "./database-errors.ts";
import { migrate } from "./migrate.ts";

const file = new URL("./schema.sql.txt", import.meta.url);

/** Constraints that no request can reach, and why. */
const unreachable: Readonly<Record<string, string>> = {
  admissions_pkey: "the database makes the id",
  admissions_entry_id_key: "made under the lock of the entry, which is ADMITTED from then on",
  api_processes_pkey: "inserted with on conflict do update",
  api_keys_kind_check: "kinds are the server's own words",
  api_keys_key_hash_key: "178 random bits",
  api_keys_organization_id_fkey: "organizations are never deleted",
  api_keys_pkey: "the server makes the id",
  consumers_pkey: "inserted with on conflict do nothing",
  entries_pkey: "sent again with the same id, an entry is found before it is inserted",
  entries_queue_ticket_key: "tickets are given under the lock of the line",
  experiences_organization_id_fkey: "the credential's own organization, and none is ever deleted",
  idempotency_keys_pkey: "inserted with on conflict do update",
  line_controls_pkey: "made once, with its queue",
  lines_pkey: "made once, with its queue",
  organizations_pkey: "the server makes the id",
  owners_organization_id_fkey: "the credential's own organization, and none is ever deleted",
  queues_experience_id_fkey: "the experience of a sequence that is locked; rows are only marked as deleted",
  queues_organization_id_fkey: "the credential's own organization, and none is ever deleted",
  sequences_organization_id_fkey: "the credential's own organization, and none is ever deleted",
  sessions_pkey: "inserted with on conflict",
  signing_keys_pkey: "the server makes the id",
};

describe("the schema", () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await createTestDatabase();
  });
  afterAll(() => db.drop());

  /** Every unique index and every foreign key, check and exclusion, by name. */
  async function constraints(): Promise<string[]> {
    const rows = await db.query<{ name: string }>(
      `select c.relname as name from pg_index i join pg_class c on c.oid = i.indexrelid
       where c.relnamespace = 'public'::regnamespace and i.indisunique
       union
       select conname from pg_constraint
       where connamespace = 'public'::regnamespace and contype in ('p', 'u', 'f', 'c', 'x') and conrelid <> 0`,
    );
    return rows.map((row) => row.name).filter((name) => !name.startsWith("stanchion_migrations"));
  }

  it("is the one that the dump shows; UPDATE_SCHEMA=1 writes it anew", async () => {
    const dump = await dumpSchema(db);
    if (process.env.UPDATE_SCHEMA === "1") await writeFile(file, dump);
    expect(dump).toBe(await readFile(file, "utf8"));
  });

  it("has no constraint whose violation nobody has thought of", async () => {
    const known = new Set([...Object.keys(constraintRows), ...Object.keys(unreachable)]);
    expect((await constraints()).filter((name) => !known.has(name))).toEqual([]);
  });

  it("has every constraint that somebody has thought of, and each is thought of once", async () => {
    const live = new Set(await constraints());
    const known = [...Object.keys(constraintRows), ...Object.keys(unreachable)];
    expect(known.filter((name) => !live.has(name))).toEqual([]);
    expect(new Set(known).size).toBe(known.length);
  });

  it("is left alone by migrating again", async () => {
    expect(await migrate(db.database.kysely)).toEqual([]);
  });
});
