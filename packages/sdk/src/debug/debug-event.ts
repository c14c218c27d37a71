import type { Connection, DrawPhase, QueuePhase } from "../snapshot.ts";
import type { StanchionErrorCode } from "../stanchion-error.ts";

/** One try of one call, with its answer or without. */
export interface DebugRequest {
  readonly kind: "request";
  readonly method: string;
  /** Without the server's address and without a query; what looks like a token in it is "…". */
  readonly path: string;
  /** The HTTP status; 0 without an answer. */
  readonly status: number;
  /** Until the head of the answer, and of a refusal until its end, in ms. */
  readonly durationMs: number;
  /** What to tell the operator, so that the log line is found; null without an answer. */
  readonly requestId: string | null;
  /** The code of a refusal; without an answer NETWORK_ERROR, or ABORTED where the try was ended, also by its time limit. */
  readonly code: string | null;
  /** The answer is a stream, which has begun. */
  readonly isStream: boolean;
}

/** How a watch stands: told when it begins, and whenever one of these changes. */
export interface DebugWatch {
  readonly kind: "watch";
  readonly of: "queue" | "draw";
  readonly id: string;
  readonly phase: QueuePhase | DrawPhase;
  /** Whether news are pushed, asked for, or do not come. */
  readonly connection: Connection;
  /** The code of what stands in the way; null when nothing does. */
  readonly code: StanchionErrorCode | null;
}

/** A failure, after all tries, as `onError` hears of it. */
export interface DebugError {
  readonly kind: "error";
  /** Such as `queues.enter`. */
  readonly call: string;
  readonly code: StanchionErrorCode;
  /** 0 without an answer. */
  readonly status: number;
  readonly requestId: string | null;
  /** The page that explains the code: an address, or a path on the server. */
  readonly docs: string;
}

/** What a debug log is told. Never holds a key, a token, a code that somebody was sent, a header or a body. */
export type DebugEvent = DebugRequest | DebugWatch | DebugError;

/** The event in one line of words. */
export function describeEvent(event: DebugEvent): string {
  switch (event.kind) {
    case "request": {
      const { method, path, status, code, durationMs, requestId, isStream } = event;
      const outcome = [status === 0 ? "no answer" : status, code, isStream ? "stream" : null];
      return join([method, path, ...outcome, `${durationMs} ms`, requestId]);
    }
    case "watch":
      return join(["watch", event.id, event.phase, event.connection, event.code]);
    case "error":
      return join([event.call, "failed:", event.code, event.status || null, event.requestId, event.docs]);
  }
}

function join(words: readonly (string | number | null)[]): string {
  return ["stanchion", ...words.filter((word) => word !== null)].join(" ");
}
