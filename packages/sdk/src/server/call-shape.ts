import type { OperationName } from "@stanchion/contract";

/** What the client has to know of an operation to call it. */
export interface CallShape {
  readonly operation: OperationName;
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Parameters stand in braces; the call takes them in this order, before the input. */
  readonly path: string;
  readonly input: "body" | "query" | "none";
  readonly answer: "json" | "list" | "text" | "bytes" | "events" | "nothing";
  /** For everybody: the secret key is not sent. */
  readonly isPublic: boolean;
}
