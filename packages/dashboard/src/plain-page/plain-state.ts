/** What the page without a script knows, put as the state that the waiting page makes its view of. */
import type { Board, Entry, ErrorBody } from "@stanchion/contract";
import type { PageState } from "@stanchion/element/page-state";
import type { Failure } from "@stanchion/element/problem";
import type { Words } from "@stanchion/element/words";
import { type QueuePhase, StanchionError } from "@stanchion/sdk/state";

/** The line as everybody sees it. */
export interface PlainLine {
  readonly queueId: string;
  readonly name: string;
  readonly timeZone: string;
  readonly checkoutUrl: string | null;
  readonly queue: NonNullable<PageState["queue"]>;
  readonly board: Board;
}

/** A refusal of the API, as it was answered. `isAction`: the fan had asked for something. */
export interface PlainFailure {
  readonly status: number;
  readonly body: ErrorBody;
  readonly isAction: boolean;
}

/** What the fan's own part of the page is made from. */
export interface PlainPlace {
  readonly entry: Entry | null;
  /** The first position that this fan was shown; null: none yet. */
  readonly firstPosition: number | null;
  readonly failure: PlainFailure | null;
  readonly isLeaveAsked: boolean;
}

const phases: Readonly<Record<Entry["status"], QueuePhase>> = {
  QUEUED: "waiting",
  ADMITTED: "admitted",
  COMPLETED: "completed",
  LEFT: "left",
  EXPIRED: "expired",
  DENIED: "denied",
};

/** `nowMs`: by the server's clock. */
export function plainState(line: PlainLine, place: PlainPlace, words: Words, nowMs: number): PageState {
  const { entry, firstPosition, failure, isLeaveAsked } = place;
  const position = entry?.status === "QUEUED" ? entry.position : null;
  const first = firstPosition ?? position ?? 1;
  // Who stands where is not known without an answer.
  const isUnknown = entry === null && failure !== null && !failure.isAction && failure.status !== 404;
  const met = failure === null ? null : failureOf(failure, nowMs);
  return {
    queueName: line.name,
    baseUrl: "",
    checkoutUrl: line.checkoutUrl,
    words,
    isPlaceStored: true,
    snapshot: {
      queueId: line.queueId,
      phase: entry === null ? (isUnknown ? "loading" : "outside") : phases[entry.status],
      connection: "polling",
      queueStatus: line.board.status,
      board: line.board,
      entry,
      position,
      ahead: position === null ? null : position - 1,
      estimatedWaitSeconds: position === null ? null : (entry?.estimatedWaitSeconds ?? null),
      // Nobody has watched the line.
      estimatedWaitFactor: 2,
      progress: position === null ? null : first <= 1 ? 1 : Math.max(0, (first - position) / (first - 1)),
      admission: entry?.status === "ADMITTED" ? (entry.admission ?? null) : null,
      clockOffsetMs: 0,
      error: met?.error ?? null,
    },
    queue: line.queue,
    work: null,
    isLeaveAsked,
    isArmed: false,
    offer: null,
    actionFailure: met?.isAction ? met : null,
    watchFailure: met === null || met.isAction ? null : met,
  };
}

const longAgoMs = 60_000;

function failureOf({ status, body, isAction }: PlainFailure, nowMs: number): Failure {
  const { retryAfter } = body.details;
  const error = new StanchionError({
    code: body.code,
    type: body.error,
    message: body.message,
    status,
    details: body.details,
    requestId: body.requestId,
    retryable: body.retryable,
    retryAfterSeconds: typeof retryAfter === "number" ? retryAfter : null,
  });
  // A page that stands still does not wait whether a hiccup passes.
  return { error, atMs: nowMs, sinceMs: nowMs - longAgoMs, isAction };
}
