import { isCount } from "./is-count.ts";
import type { LogEntry, LogPage } from "./read-log.ts";

/** What the log says became of one rank. */
export type RankFate =
  /** The line has not come to it: `nowServing` is how far it came, 0 where nothing is logged. */
  | { readonly kind: "waiting"; readonly nowServing: number }
  /** The line came past it, and let it in when it did. */
  | { readonly kind: "served"; readonly at: string; readonly nowServing: number }
  /** The operator ended the line before it came to it. */
  | { readonly kind: "ended"; readonly at: string; readonly nowServing: number }
  /** It was taken out of its turn: it left, was denied, or was let in by hand. */
  | {
      readonly kind: "exception";
      readonly at: string;
      readonly outcome: string;
      readonly reason: string | null;
    };

/** An operator's ending a line for everybody in it, as the log tells it. */
export interface LineEnd {
  readonly at: string;
  /** The last ticket that had been given out. */
  readonly lastTicket: number;
  /** How far the line had come. */
  readonly nowServing: number;
}

interface Progress {
  readonly at: string;
  readonly queueId: unknown;
  readonly version: unknown;
  readonly nowServing: unknown;
  readonly exceptions: unknown;
}

/**
 * What is wrong with how a line moved by its log's entries, in their order; null: nothing.
 * @param isPlain nothing is drawn in it, so that it may move at once
 */
export function findProgressFault(
  entries: readonly LogEntry[],
  queueId: string,
  isPlain: boolean,
): string | null {
  let [isOpen, nowServing, version] = [isPlain, 0, -1];
  for (const entry of entries) {
    if (entry.kind === "line.opened") isOpen = true;
    if (entry.kind === "cancelled" && readEnd(entry, queueId) === null)
      return `The log's entry of ${entry.at} is no end of this line.`;
    if (entry.kind !== "line.progress") continue;
    const next = readProgress(entry);
    const hasForm =
      next.queueId === queueId &&
      isCount(next.nowServing) &&
      isCount(next.version) &&
      Array.isArray(next.exceptions) &&
      next.exceptions.every(isException);
    if (!hasForm) return `The log's entry of ${next.at} is no progress of this line.`;
    if (Number(next.nowServing) > 0 && !isOpen) return "The line moved before its order was drawn.";
    // Many exceptions at once are told in several entries of one version.
    if (Number(next.version) < version)
      return `The log's entry of ${next.at} is older than the one before it.`;
    if (Number(next.nowServing) < nowServing)
      return `The line went back from rank ${nowServing} to ${next.nowServing} at ${next.at}.`;
    [nowServing, version] = [Number(next.nowServing), Number(next.version)];
  }
  return null;
}

/** What the operator did out of turn by a log's entries, in a sentence; empty where that is nothing. */
export function tellOutOfTurn(entries: readonly LogEntry[]): string {
  const all = entries.flatMap((entry) => {
    const { exceptions } = readProgress(entry);
    return entry.kind === "line.progress" && Array.isArray(exceptions) ? exceptions.filter(isException) : [];
  });
  const [admitted, denied] = ["ADMITTED", "DENIED"].map(
    (wanted) => all.filter(({ outcome }) => outcome === wanted).length,
  );
  return admitted || denied
    ? `The operator let ${admitted} in by hand and denied ${denied}: whether for good reasons is for people to judge.`
    : "";
}

/** What became of a ticket's rank by the pages of a log, of whatever shape; null where they cannot be read. */
export function findRankFate(
  own: { readonly rank: number; readonly ticket: number },
  pages: readonly LogPage[],
  queueId: string,
): RankFate | null {
  try {
    return fateOf(own, entriesOf(pages, queueId), queueId);
  } catch {
    return null;
  }
}

/** When the operator ended a line by the pages of a log, of whatever shape; null: not, or they cannot be read. */
export function findLineEnd(pages: readonly LogPage[], queueId: string): LineEnd | null {
  try {
    const entry = entriesOf(pages, queueId).find(({ kind }) => kind === "cancelled");
    return entry === undefined ? null : readEnd(entry, queueId);
  } catch {
    return null;
  }
}

function entriesOf(pages: readonly LogPage[], queueId: string): LogEntry[] {
  const entries = pages.flatMap(({ data }) => data.map(({ entry }) => entry));
  return entries.filter(({ distributionId }) => distributionId === queueId);
}

function fateOf(
  { rank, ticket }: { readonly rank: number; readonly ticket: number },
  entries: readonly LogEntry[],
  queueId: string,
): RankFate {
  let nowServing = 0;
  let ended: RankFate | null = null;
  for (const entry of entries) {
    if (entry.kind === "cancelled") ended ??= endOf(readEnd(entry, queueId), { rank, ticket });
    if (entry.kind !== "line.progress") continue;
    const { at, ...progress } = readProgress(entry);
    const exceptions = Array.isArray(progress.exceptions) ? progress.exceptions.filter(isException) : [];
    const own = exceptions.find((exception) => exception.rank === rank);
    if (own) return { kind: "exception", at, outcome: own.outcome, reason: own.reason };
    // Who left just before the end may be told of only behind it; nobody is served any more.
    if (ended !== null || !isCount(progress.nowServing)) continue;
    nowServing = progress.nowServing;
    if (nowServing >= rank) return { kind: "served", at, nowServing };
  }
  return ended ?? { kind: "waiting", nowServing };
}

function endOf(
  end: LineEnd | null,
  own: { readonly rank: number; readonly ticket: number },
): RankFate | null {
  if (end === null || own.ticket > end.lastTicket) return null;
  const { at, nowServing } = end;
  return own.rank > nowServing ? { kind: "ended", at, nowServing } : null;
}

/** The end of a line from its entry; null: it is none of this line. */
function readEnd({ at, data }: LogEntry, queueId: string): LineEnd | null {
  const { lastTicket, nowServing, queueId: named } = Object(data);
  const hasForm = named === queueId && isCount(lastTicket) && isCount(nowServing);
  return hasForm ? { at: String(at), lastTicket, nowServing } : null;
}

function readProgress({ at, data }: LogEntry): Progress {
  const { queueId, version, nowServing, exceptions } = Object(data);
  return { at: String(at), queueId, version, nowServing, exceptions };
}

interface Exception {
  readonly rank: number;
  readonly outcome: string;
  readonly reason: string | null;
}

function isException(value: unknown): value is Exception {
  const { rank, outcome, reason } = Object(value);
  const hasReason = reason === null || typeof reason === "string";
  return isCount(rank) && rank >= 1 && typeof outcome === "string" && hasReason;
}
