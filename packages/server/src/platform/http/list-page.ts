import { limits } from "@stanchion/contract";
import { sql } from "kysely";
import { parameterError } from "./operation-call.ts";

/** Where a page of a list goes on: behind the thing that was made at this time with this id. */
export interface ListCursor {
  readonly createdAt: Date;
  readonly id: string;
}

/** Reads `first` and `after`; one row more than `first` is to be asked for. */
export function readPage(query: { first?: number | undefined; after?: string | undefined }): {
  first: number;
  after: ListCursor | null;
} {
  return {
    first: query.first ?? limits.listFirstDefault,
    after: query.after === undefined ? null : readCursor(query.after),
  };
}

const cursorPattern = /^(\d{1,14})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

function readCursor(text: string): ListCursor {
  const match = cursorPattern.exec(Buffer.from(text, "base64url").toString("latin1"));
  if (match === null) throw parameterError("after", "an endCursor of this list", text);
  return { createdAt: new Date(Number(match[1])), id: match[2] ?? "" };
}

/** The body of a page, made from one row more than the page holds. */
export function pageOf<Row extends ListCursor, Item>(
  rows: readonly Row[],
  first: number,
  shape: (row: Row) => Item,
) {
  const shown = rows.slice(0, first);
  const last = shown.at(-1);
  const endCursor =
    last === undefined
      ? null
      : Buffer.from(`${last.createdAt.getTime()}.${last.id}`, "latin1").toString("base64url");
  return { data: shown.map(shape), pageInfo: { endCursor, hasNextPage: rows.length > first } };
}

/** The condition for what stands behind a cursor where the newest comes first. */
export function olderThan(after: ListCursor) {
  return sql<boolean>`(created_at, id) < (${after.createdAt}, ${after.id}::uuid)`;
}

/** A search text as a LIKE pattern that finds it anywhere. */
export function likePattern(search: string): string {
  return `%${search.replace(/[\\%_]/g, (character) => `\\${character}`)}%`;
}
