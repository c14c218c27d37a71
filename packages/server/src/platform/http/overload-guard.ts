import type { OperationName } from "@stanchion/contract";
import type { Log } from "../log.ts";

/** From when on work is refused rather than taken; 0: never. */
export interface OverloadLimits {
  /** How long one turn of the event loop may have lasted when a request is reached: so long has it waited, at least. */
  readonly delayMs: number;
  /** Joins and leaves that wait for their group. */
  readonly joinsMax: number;
  /** Those who wait for a connection to the database. */
  readonly databaseMax: number;
}

// No limit of delay by itself: a refusal costs hardly less than a status, so refusing two of three leaves less for the third.
export const overloadLimits: OverloadLimits = { delayMs: 0, joinsMax: 10_000, databaseMax: 500 };

/** What waits in this process, each read when it is needed. */
export interface WaitingWork {
  readonly joins: number;
  readonly database: number;
}

/** Sheds load before anything was parsed, so that what is taken is answered in time. */
export interface OverloadGuard {
  /** Whether the request reached at `nowMs` (of performance.now) is one too many; `isKeptLongest`: refused last. */
  refuses(operation: OperationName | undefined, nowMs: number, isKeptLongest: boolean): boolean;
  /** Is the process behind at this moment? */
  isBehind(): boolean;
}

/** What is admitted by now buys first: it is refused only where everything is this many times over its limit. */
const keptLongestTimes = 3;
const quietMs = 1_000;
/** Operations that wait for their line's group, or for nothing but memory; all others wait for a connection to the database. */
const waitsFor: Partial<Record<OperationName, "line" | "memory">> = {
  enterQueue: "line",
  enterDraw: "line",
  leaveQueue: "line",
  leaveDraw: "line",
  readEntry: "memory",
  readBoard: "memory",
  readDepartedSegment: "memory",
  createGuest: "memory",
};

/**
 * Judges each request by itself, with no state of its own but the turn it came in: nothing can swing. In one turn of the
 * event loop the requests that came first are taken until the turn has lasted for `delayMs`, the others are refused, and
 * the next turn begins anew.
 */
export function createOverloadGuard(deps: {
  limits: OverloadLimits;
  waiting: WaitingWork;
  log: Log;
}): OverloadGuard {
  const { limits, waiting } = deps;
  let turnBeganAtMs: number | null = null;
  let refused = 0;
  let saidAtMs = Number.NEGATIVE_INFINITY;
  const endTurn = (): void => {
    turnBeganAtMs = null;
  };

  const isOver = (value: number, limit: number, times: number): boolean => limit > 0 && value > limit * times;

  const isTooMuch = (operation: OperationName | undefined, times: number): boolean => {
    switch (operation === undefined ? undefined : waitsFor[operation]) {
      case "line":
        return isOver(waiting.joins, limits.joinsMax, times);
      case "memory":
        return false;
      default:
        return isOver(waiting.database, limits.databaseMax, times);
    }
  };

  /** One line a second, whatever comes. */
  const say = (nowMs: number): void => {
    refused += 1;
    if (nowMs - saidAtMs < quietMs) return;
    deps.log.warn({ refused, ...waiting }, "more is asked than this process can do; requests are refused");
    saidAtMs = nowMs;
    refused = 0;
  };

  return {
    refuses(operation, nowMs, isKeptLongest) {
      if (turnBeganAtMs === null && limits.delayMs > 0) {
        turnBeganAtMs = nowMs;
        setImmediate(endTurn);
      }
      const times = isKeptLongest ? keptLongestTimes : 1;
      const isLate = turnBeganAtMs !== null && isOver(nowMs - turnBeganAtMs, limits.delayMs, times);
      if (!isLate && !isTooMuch(operation, times)) return false;
      say(nowMs);
      return true;
    },
    isBehind: () => turnBeganAtMs !== null && isOver(performance.now() - turnBeganAtMs, limits.delayMs, 1),
  };
}
