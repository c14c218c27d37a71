import type { TestDatabase } from "./test-database.ts";

/** Texts in which a secret would stand in another: as it is and its bytes in hex, base64 and base64url, wherever they begin. */
export function formsOf(secret: string): string[] {
  const forms = [secret, ...encodingsOf(Buffer.from(secret))];
  // A token is an encoding itself: what it encodes would do as well.
  const isEncoded = /^[\w-]{20,}$/.test(secret);
  return isEncoded ? [...forms, ...encodingsOf(Buffer.from(secret, "base64url"))] : forms;
}

function encodingsOf(bytes: Buffer): string[] {
  const hex = bytes.toString("hex");
  const shifted = [0, 1, 2].flatMap((offset) => {
    const before = Buffer.alloc(offset);
    // The characters at both ends depend on what stands beside, so they are left out.
    const whole = Math.floor((offset + bytes.length) / 3) * 4;
    const text = Buffer.concat([before, bytes])
      .toString("base64")
      .slice(offset === 0 ? 0 : 4, whole);
    return text.length < 8 ? [] : [text, text.replaceAll("+", "-").replaceAll("/", "_")];
  });
  return [hex, hex.toUpperCase(), ...shifted];
}

/** Is there any form of the secret in the text? A short number counts only where it stands by itself. */
export function holdsSecret(text: string, secret: string): boolean {
  return formsOf(secret).some((form) =>
    /^\d{1,9}$/.test(form) ? new RegExp(`(?<![\\w.])${form}(?!\\w)`).test(text) : text.includes(form),
  );
}

/** Every row of every table in every schema that is not PostgreSQL's own, as text, with the table's name in front. */
export async function dumpRows(db: TestDatabase): Promise<string[]> {
  const tables = await db.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema') order by 1`,
  );
  const rows: string[] = [];
  for (const { name } of tables)
    for (const { row } of await db.query<{ row: string }>(`select t::text as row from ${name} t`))
      rows.push(`${name} ${row}`);
  return rows;
}
