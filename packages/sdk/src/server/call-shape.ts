import type { OperationName } from "@stanchion/contract";

/** What the client has to know of an operation to call it. */
export interface CallShape {
  readonly operation: OperationName;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Parameters stand in braces; the call takes them in this order, before the input. */
  readonly path: string;
  /** `text`: a body that is no JSON, and a query behind it. */
  readonly input: "body" | "text" | "query" | "none";
  readonly answer: "json" | "list" | "text" | "bytes" | "events" | "nothing";
  /** For everybody: the secret key is not sent. */
  readonly isPublic: boolean;
}
