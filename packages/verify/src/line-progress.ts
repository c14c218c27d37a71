import type { LogEntry, LogPage } from "./read-log.ts";

/** What the log says became of one rank. */
export type RankFate =
  /** The line has not come to it: `nowServing` is how far it came, 0 where nothing is logged. */
  | { readonly kind: "waiting"; readonly nowServing: number }
  /** The line came past it, and let it in when it did. */
  | { readonly kind: "served"; readonly at: string; readonly nowServing: number }
  /** It was taken out of its turn: it left, was denied, or was let in by hand. */
  | {
      readonly kind: "exception";
      readonly at: string;
      readonly outcome: string;
      readonly reason: string | null;
    };

interface Progress {
  readonly at: string;
  readonly queueId: unknown;
  readonly version: unknown;
  readonly nowServing: unknown;
  readonly exceptions: unknown;
}

/** What is wrong with how a line moved by its log's entries, in their order; null: nothing. */
export function findProgressFault(entries: readonly LogEntry[], queueId: string): string | null {
  let [isOpen, nowServing, version] = [false, 0, -1];
  for (const entry of entries) {
    if (entry.kind === "line.opened") isOpen = true;
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

/** What became of a rank by the pages of a log, of whatever shape; null where they cannot be read. */
export function findRankFate(rank: number, pages: readonly LogPage[], queueId: string): RankFate | null {
  try {
    const entries = pages.flatMap(({ data }) => data.map(({ entry }) => entry));
    return fateOf(
      rank,
      entries.filter(({ distributionId, kind }) => distributionId === queueId && kind === "line.progress"),
    );
  } catch {
    return null;
  }
}

function fateOf(rank: number, entries: readonly LogEntry[]): RankFate {
  let nowServing = 0;
  for (const entry of entries) {
    const { at, ...progress } = readProgress(entry);
    const exceptions = Array.isArray(progress.exceptions) ? progress.exceptions.filter(isException) : [];
    const own = exceptions.find((exception) => exception.rank === rank);
    if (own) return { kind: "exception", at, outcome: own.outcome, reason: own.reason };
    if (!isCount(progress.nowServing)) continue;
    nowServing = progress.nowServing;
    if (nowServing >= rank) return { kind: "served", at, nowServing };
  }
  return { kind: "waiting", nowServing };
}

function readProgress({ at, data }: LogEntry): Progress {
  const { queueId, version, nowServing, exceptions } = Object(data);
  return { at: String(at), queueId, version, nowServing, exceptions };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
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
