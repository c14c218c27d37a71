import type { Barrier } from "./barrier.ts";
import type { Facilities } from "./conformance-case.ts";
import type { Exchange } from "./exchange.ts";
import type { ServedDocument } from "./served-document.ts";

/** A server that cases can be run on. */
export interface ConformanceServer {
  readonly url: string;
  readonly secretKey: string;
  readonly facilities: Partial<Facilities>;
  /** The OpenAPI document that it serves. */
  readonly document: ServedDocument;
  /** What cases have made for one another. */
  readonly shared: Map<string, unknown>;
  /** Moves its clock, where that can be done. */
  advance?(ms: number): Promise<void>;
  /** The time by its clock, where that is not the real one. */
  nowMs?(): number;
  /** The lines of its log under a request id, where they can be read. */
  logOf?(requestId: string): readonly Readonly<Record<string, unknown>>[];
  /** Told of every exchange, where it has to be. */
  noted?(exchange: Exchange): void;
  /** Runs every request of a case, where somebody has to know what is under way. */
  sending?<T>(send: () => Promise<T>): Promise<T>;
  /** How many cases may run on it at once. */
  readonly casesAtOnce: number;
  /** True: its cases are over in a moment that nothing else may fill. */
  readonly runsAlone?: boolean;
  /** Where cases that run at once wait for one another. */
  readonly barrier?: Barrier;
  close(): Promise<void>;
}
