import type { LogPage } from "./read-log.ts";

const pageLength = 100;
/** A log that is longer is not read whole: a line that moves adds an entry each second. */
const entriesMax = 20_000;

/**
 * All pages of a log, as long as it was when the first was asked for; null where it is too long to be read whole.
 * @param ask answers one page, of whatever shape, for a query such as `mode=live&first=100`
 */
export async function gatherLog(
  ask: (query: string) => Promise<unknown>,
  mode: string,
): Promise<readonly LogPage[] | null> {
  const query = new URLSearchParams({ mode, first: String(pageLength) });
  const pages: LogPage[] = [];
  for (;;) {
    const page = shaped(await ask(query.toString()));
    pages.push(page);
    if (!(page?.size <= entriesMax)) return null;
    const { hasNextPage, endCursor } = Object(page.pageInfo);
    const isLast = hasNextPage !== true || typeof endCursor !== "string";
    if (isLast || pages.length * pageLength >= page.size) return pages;
    query.set("size", String(page.size));
    query.set("after", endCursor);
  }
}

/** What is read is evidence, true or not: the checks take nothing of its shape for granted. */
function shaped(document: unknown): LogPage & { readonly pageInfo?: unknown } {
  return document as LogPage;
}
