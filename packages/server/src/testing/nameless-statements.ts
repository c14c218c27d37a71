/** Holds what acts for an organization to statements that name it, whatever row-level security would do for them. */
import { readFileSync } from "node:fs";
import type pg from "pg";

/** Tables that a statement may reach without naming the organization, and what says there whose a row is. */
export const namedOtherwise: Readonly<Record<string, string>> = {
  idempotency_keys:
    "its key is a hash that holds the organization, and rows from before there was the column have none",
  one_time_codes: "its key is a hash that holds the organization",
  owners: "another organization's rows are looked for: whose an id is decides between 403 and 404",
};

const begins = "begin; set local role stanchion_tenant";
const ends: readonly string[] = ["commit", "rollback"];
/** Compared with a value that is given, or among the columns that an insert writes. */
const names =
  /\borganization_id"? (=|is not distinct from) \$\d|\binto "?\w+"?( as \w+)? \([^)]*\borganization_id\b/;

const acting = new WeakSet<object>();
const judged = new Set<string>();
const found: string[] = [];
let touches: RegExp | null = null;

/** Listens to every statement that this process sends from now on. Processes that a test starts are not heard. */
export function watchStatements(prototype: pg.Client): void {
  const query: (...given: unknown[]) => unknown = prototype.query;
  // One signature stands for all of the method's: what is given goes on as it came.
  prototype.query = function (this: pg.Client, ...given: unknown[]) {
    note(this, textOf(given[0]));
    return query.apply(this, given);
  } as typeof prototype.query;
}

function textOf(statement: unknown): string {
  return typeof statement === "string" ? statement : String(Object(statement).text ?? "");
}

function note(client: object, text: string): void {
  if (text.startsWith(begins)) acting.add(client);
  else if (!acting.has(client)) return;
  else if (ends.includes(text)) acting.delete(client);
  else if (!judged.has(text)) {
    judged.add(text);
    if (isNameless(text)) found.push(text);
  }
}

/** Whether a statement reaches a table that says whose its rows are, and does not say whose it means. */
export function isNameless(text: string): boolean {
  touches ??= new RegExp(
    `\\b(${ownedTables()
      .filter((table) => !(table in namedOtherwise))
      .join("|")})\\b`,
  );
  return touches.test(text) && !names.test(text);
}

/** The tables with a column that says whose a row is, by the dump of the schema. */
export function ownedTables(): readonly string[] {
  const dump = readFileSync(new URL("../platform/database/schema.sql.txt", import.meta.url), "utf8");
  const [, tables = ""] = /^== tables\n([\s\S]*?)^== /m.exec(dump) ?? [];
  const owned: string[] = [];
  let table = "";
  for (const line of tables.split("\n")) {
    if (line.startsWith("  organization_id ")) owned.push(table);
    else if (!line.startsWith(" ")) [table = ""] = line.split(" ");
  }
  return owned;
}

/** Every nameless statement so far, each text once; they are forgotten. */
export function takeNamelessStatements(): string[] {
  judged.clear();
  return found.splice(0);
}

/** Throws where this test file made something act for an organization by a statement that does not name it. */
export function refuseNamelessStatements(): void {
  const statements = takeNamelessStatements();
  if (statements.length > 0)
    throw new Error(
      `${statements.length} statements of an organization do not name it:\n${statements.slice(0, 20).join("\n")}`,
    );
}
