import type { ApiRequest } from "./transport.ts";

/** What is told to everybody alike: the board of a line, or how far a draw has come. */
export interface News {
  /** Grows with every change. */
  readonly version: number;
  /** When it was written, by the server's clock. */
  readonly asOf: string;
}

/** Where the news of one thing come from. */
export interface Topic<N extends News> {
  /** The event of the stream that holds all of it; `change` holds what differs. */
  readonly event: "board" | "draw";
  /** Of asking while there is no stream: from so long to two and a half times as long. */
  readonly pollMsMin: number;
  /** What brings the stream; throws INVALID_ARGUMENT. */
  streamRequest(): ApiRequest;
  /** What asks once; throws INVALID_ARGUMENT. */
  pollRequest(): ApiRequest;
  /** What a body says, after what was known; null where it is not this topic's. */
  read(body: unknown, last: N | null): N | null;
}
