import type { ErrorRow } from "./errors.ts";
import codes from "./released-codes.json" with { type: "json" };

/** What clients were once told of a code, and may switch on for ever. */
export type ReleasedCode = Pick<ErrorRow, "error" | "status">;

/** Every code that was ever in the table, in the order of the alphabet. `npm run generate` adds new ones and changes none. */
export const releasedCodes: Readonly<Record<string, ReleasedCode>> = codes;

/** What a table does not keep of what was released; empty: nothing. */
export function findBrokenPromises(
  released: Readonly<Record<string, ReleasedCode>>,
  rows: Readonly<Record<string, ReleasedCode>>,
): string[] {
  return Object.entries(released).flatMap(([code, was]) => {
    const row = rows[code];
    if (row === undefined) return [`${code} was released and is gone: clients switch on it`];
    if (row.status === was.status && row.error === was.error) return [];
    return [`${code} was released as ${was.status} ${was.error} and is ${row.status} ${row.error}`];
  });
}

/** The codes of a table that are not among the released ones yet. */
export function findUnreleased(
  released: Readonly<Record<string, ReleasedCode>>,
  rows: Readonly<Record<string, ReleasedCode>>,
): string[] {
  return Object.keys(rows)
    .filter((code) => !Object.hasOwn(released, code))
    .map((code) => `${code} is not among the released codes: npm run generate adds it`);
}

/** The list with the new codes of the table; those that are in it stay as they are. */
export function withNewCodes(
  released: Readonly<Record<string, ReleasedCode>>,
  rows: Readonly<Record<string, ReleasedCode>>,
): Record<string, ReleasedCode> {
  const added = Object.entries(rows).map(([code, { error, status }]): [string, ReleasedCode] => [
    code,
    { error, status },
  ]);
  const all = { ...Object.fromEntries(added), ...released };
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}
