import { growLog, type LogPage, type LogQuestion, wholeLog } from "./read-log.ts";

const pageLength = 100;

export interface GatherLogOptions extends Partial<LogQuestion> {
  /** Told after each page how many entries were read, and of how many. */
  readonly onProgress?: (read: number, size: number) => void;
}

/**
 * Reads a log to its end, as long as it was when its first page was asked for. What is kept of it is one page: the first, with the
 * entries of the draw or line alone, since a line that moves adds an entry to the log each second. Null where there is no log.
 *
 * Only what is told in `sizes` and `distributionId` can be checked of it afterwards; `findSeenSizes` knows the former.
 * @param ask answers one page, of whatever shape, for a query such as `mode=live&first=100`
 * @param mode null: as the address says
 */
export async function gatherLog(
  ask: (query: string) => Promise<unknown>,
  mode: string | null,
  { sizes = new Set(), distributionId, onProgress }: GatherLogOptions = {},
): Promise<readonly LogPage[] | null> {
  const query = new URLSearchParams({ ...(mode === null ? {} : { mode }), first: String(pageLength) });
  const first = shaped(await ask(query.toString()));
  if (!Number.isSafeInteger(first?.size) || !Array.isArray(first.data)) return null;
  const { size } = first;
  query.set("size", String(size));
  const log = growLog({ sizes, distributionId });
  let [page, read, isReadable] = [first, 0, true];
  for (;;) {
    isReadable = isReadable && isTaken(log, page);
    const { data, pageInfo } = Object(page);
    read += Array.isArray(data) ? data.length : 0;
    onProgress?.(read, size);
    const { hasNextPage, endCursor } = Object(pageInfo);
    const isLast = hasNextPage !== true || typeof endCursor !== "string" || !(data?.length > 0);
    if (isLast || !isReadable || read >= size) break;
    query.set("after", endCursor);
    page = shaped(await ask(query.toString()));
  }
  const whole = isReadable ? log.end() : null;
  const own = whole?.own.map(({ index, entry }) => ({ index, entry })) ?? [];
  return [{ ...first, data: own, [wholeLog]: { sizes, distributionId, read: whole } }];
}

/** Whether the entries of a page can be read at all. */
function isTaken(log: ReturnType<typeof growLog>, page: LogPage): boolean {
  try {
    log.add(page);
    return true;
  } catch {
    return false;
  }
}

/**
 * Why pages of a log that somebody saved are not the whole log of the organization and mode of a draw or a line, with what to fetch instead; null:
 * they are. What is not whole cannot be judged, and proves nothing against anybody.
 *
 * @example findLogGap([page], proof.rules)?.includes("fairness-log?mode=live&first=100")
 */
export function findLogGap(pages: readonly unknown[], rules: unknown): string | null {
  const { organizationId, mode, queueId } = Object(rules);
  const address = `/api/v1/organizations/${organizationId}/fairness-log?mode=${mode}&first=${pageLength}`;
  const read = pages.map((page) => Object(page));
  const { size } = Object(read[0]);
  if (!Number.isSafeInteger(size)) return `The saved log is no page of a log. Fetch ${address}.`;
  const what = queueId === undefined ? "draw" : "line";
  const isOfIt = read.every((page) => page.organizationId === organizationId && page.mode === mode);
  if (!isOfIt)
    return `The saved log is of another organization than the ${what}, or of the other mode. Fetch ${address}.`;
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
