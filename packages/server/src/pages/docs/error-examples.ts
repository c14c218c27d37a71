/** The example of each code: a request that was really made, and what the server really answered. */
import { readFileSync } from "node:fs";
import { type ErrorCode, errorExamplesFile, type OperationName } from "@stanchion/contract";

export interface ErrorExample {
  /** Null where the request reached no operation. */
  readonly operation: OperationName | null;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers?: Readonly<Record<string, string>>;
    /** A text stands for itself, anything else is JSON. */
    readonly body?: unknown;
  };
  readonly response: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body: unknown;
  };
}

export type ErrorExamples = Partial<Record<ErrorCode, ErrorExample>>;

/** Reads the examples that the contract keeps; none where there is no such file. */
export function readErrorExamples(): ErrorExamples {
  try {
    return JSON.parse(readFileSync(errorExamplesFile, "utf8")) as ErrorExamples;
  } catch (error) {
    if (Object(error).code === "ENOENT") return {};
    throw error;
  }
}
