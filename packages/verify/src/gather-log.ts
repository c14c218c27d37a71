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

/**
 * Why pages of a log that somebody saved are not the whole log of a draw's organization and mode, with what to fetch instead; null:
 * they are. What is not whole cannot be judged, and proves nothing against anybody.
 *
 * @example findLogGap([page], proof.rules)?.includes("fairness-log?mode=live&first=100")
 */
export function findLogGap(pages: readonly unknown[], rules: unknown): string | null {
  const { organizationId, mode } = Object(rules);
  const address = `/api/v1/organizations/${organizationId}/fairness-log?mode=${mode}&first=${pageLength}`;
  const read = pages.map((page) => Object(page));
  const { size } = Object(read[0]);
  if (!Number.isSafeInteger(size)) return `The saved log is no page of a log. Fetch ${address}.`;
  const isOfDraw = read.every((page) => page.organizationId === organizationId && page.mode === mode);
  if (!isOfDraw)
    return `The saved log is of another organization than the draw, or of the other mode. Fetch ${address}.`;
  const rows = read.flatMap(({ data }) => (Array.isArray(data) ? data : []));
  const areOfOneHead = read.every((page) => page.size === size);
  const areAll = rows.length === size && rows.every((row, at) => Object(row).index === at);
  if (areOfOneHead && areAll) return null;
  const shown = areOfOneHead
    ? `has ${rows.length} entries, which are not the ${size} of its head in their order`
    : "has pages of more than one head";
  return `The saved log ${shown}. Fetch ${address}&size=${size}, and each further page with &after= and the endCursor of the one before; save them as a list.`;
}

/** What is read is evidence, true or not: the checks take nothing of its shape for granted. */
function shaped(document: unknown): LogPage & { readonly pageInfo?: unknown } {
  return document as LogPage;
}
