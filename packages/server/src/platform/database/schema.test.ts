import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dumpSchema } from "../../testing/dump-schema.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/index.ts";
import { columnsOfOurs, constraintRows, neededColumns, neededField } from "./constraint-rows.ts";
import { migrate } from "./migrate.ts";

const file = new URL("./schema.sql.txt", import.meta.url);

describe("the schema", () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await createTestDatabase();
  });
  afterAll(() => db.drop());

  /** Every unique index and every foreign key, check and exclusion, by name. */
  async function constraints(schema = "public"): Promise<string[]> {
    const rows = await db.query<{ name: string }>(
      `select c.relname as name from pg_index i join pg_class c on c.oid = i.indexrelid
       where c.relnamespace = $1::regnamespace and i.indisunique
       union
       select conname from pg_constraint
       where connamespace = $1::regnamespace and contype in ('p', 'u', 'f', 'c', 'x', 't') and conrelid <> 0`,
      [schema],
    );
    return rows.map((row) => row.name).filter((name) => !name.startsWith("stanchion_migrations"));
  }

  /** Every column that must not be null. Read from the columns: later versions list them as constraints, earlier ones do not. */
  async function notNullColumns(schema = "public"): Promise<{ table: string; column: string }[]> {
    const rows = await db.query<{ table: string; column: string }>(
      `select c.relname as table, a.attname as column from pg_attribute a join pg_class c on c.oid = a.attrelid
       where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0 and a.attnotnull and not a.attisdropped
       order by 1, 2`,
      [schema],
    );
    return rows.filter(({ table }) => !table.startsWith("stanchion_migrations"));
  }

  const withoutRow = (names: readonly string[]) => names.filter((name) => !(name in constraintRows));
  const withoutField = (columns: readonly { table: string; column: string }[]) =>
    columns.filter(({ table, column }) => neededField(table, column) === undefined);

  it("is the one that the dump shows; UPDATE_SCHEMA=1 writes it anew", async () => {
    const dump = await dumpSchema(db);
    if (process.env.UPDATE_SCHEMA === "1") await writeFile(file, dump);
    expect(dump).toBe(await readFile(file, "utf8"));
  });

  it("has a row for every constraint, and no row without one", async () => {
    const live = await constraints();
    expect(live.length).toBeGreaterThan(30);
    expect(withoutRow(live)).toEqual([]);
    expect(Object.keys(constraintRows).filter((name) => !live.includes(name))).toEqual([]);
  });

  it("has a field, or a word that it is ours, for every column that must not be null, and for no other", async () => {
    const live = await notNullColumns();
    expect(live.length).toBeGreaterThan(60);
    expect(withoutField(live)).toEqual([]);
    const tables = new Set(live.map(({ table }) => table));
    expect(Object.keys(neededColumns).filter((table) => !tables.has(table))).toEqual([]);
    for (const [table, columns] of Object.entries(neededColumns)) {
      const present = live.filter((one) => one.table === table).map(({ column }) => column);
      const named = columns === "ours" ? [] : Object.keys(columns);
      expect(named.filter((column) => !present.includes(column) || columnsOfOurs.includes(column))).toEqual(
        [],
      );
    }
  });

  it("is told of every kind of constraint that nobody has thought of", async () => {
    await db.query(`
      create schema scratch;
      create table scratch.parents (id int primary key);
      create table scratch.things (
        thing_id int constraint new_pkey primary key,
        parent_id int constraint new_fkey references scratch.parents (id),
        name text constraint new_key unique,
        size int constraint new_check check (size > 0),
        during int4range, constraint new_excl exclude using gist (during with &&),
        label text not null
      );
      create unique index new_index on scratch.things (size) where size > 5`);
    expect(withoutRow(await constraints("scratch")).sort()).toEqual([
      "new_check",
      "new_excl",
      "new_fkey",
      "new_index",
      "new_key",
      "new_pkey",
      "parents_pkey",
    ]);
    expect(withoutField(await notNullColumns("scratch"))).toContainEqual({
      table: "things",
      column: "label",
    });
    await db.query("drop schema scratch cascade");
  });

  it("names the organization first in every unique index, but where callers do not choose what stands in it", async () => {
    const rows = await db.query<{ name: string; first: string }>(
      `select c.relname as name, (
         select a.attname from pg_attribute a where a.attrelid = i.indrelid and a.attnum = i.indkey[0]
       ) as first
       from pg_index i join pg_class c on c.oid = i.indexrelid
       where c.relnamespace = 'public'::regnamespace and i.indisunique`,
    );
    const chosen = rows.filter(({ name }) => {
      const row = constraintRows[name];
      // Ids can be chosen, and that one is taken may be seen: 403 says openly whose a thing is not.
      return row !== undefined && row.kind !== "ours" && row.kind !== "exists";
    });
    expect(chosen.length).toBeGreaterThan(5);
    const elsewhere = chosen.filter(({ first }) => first !== "organization_id").map(({ name }) => name);
    // The hot path's own: a queue or draw is one organization's, and a longer key would cost every join.
    expect(elsewhere).toEqual(["draw_entries_live_key", "entries_live_key"]);
  });

  it("is left alone by migrating again", async () => {
    expect(await migrate(db.database.kysely)).toEqual([]);
  });
});
