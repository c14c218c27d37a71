import examples from "./error-examples.json" with { type: "json" };
import type { ErrorBody, ErrorCode } from "./errors.ts";
import type { OperationName } from "./operations.ts";

/** A request that brings an error about, and the answer; ids, times and keys are replaced by fixed ones. */
export interface ErrorExample {
  /** Null: the answer is given before an operation is found. */
  readonly operation: OperationName | null;
  readonly request: {
    readonly method: string;
    /** Path and query. */
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    /** JSON; a text where the body is none. */
    readonly body?: unknown;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: ErrorBody;
  };
}

/**
 * One real exchange for each code, as the conformance run has seen it.
 *
 * @example errorExamples.QUEUE_FULL.response.body.message
 */
export const errorExamples = typed(examples);

// What the run wrote, and a test holds against the table.
function typed(read: unknown): Readonly<Record<ErrorCode, ErrorExample>> {
  return read as Readonly<Record<ErrorCode, ErrorExample>>;
}
