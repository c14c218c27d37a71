import type { Board, Entry, EntryAdmission, QueueStatus } from "@stanchion/contract";
import type { StanchionError } from "./stanchion-error.ts";

/** How live what a page shows is: pushed, asked for, or from before the connection was lost. */
export type Connection = "connecting" | "stream" | "polling" | "offline";

/** Where a fan stands, in one word that a page can switch on. `outside`: has no entry. */
export type QueuePhase =
  | "loading"
  | "outside"
  | "waiting"
  | "admitted"
  | "completed"
  | "left"
  | "expired"
  | "denied";

/** Everything that a page needs to show one fan's place in one queue. Immutable: a change makes a new one. */
export interface QueueSnapshot {
  readonly queueId: string;
  readonly phase: QueuePhase;
  readonly connection: Connection;
  /** The state of the queue itself; null until it is known. */
  readonly queueStatus: QueueStatus | null;
  /** The newest board that was seen. */
  readonly board: Board | null;
  /** The fan's entry as the server last told it, with its receipt, and with its rank once the order is drawn. */
  readonly entry: Entry | null;
  /**
   * Place in line, 1 is next; never shown to rise. Null unless waiting, and before the opening of a line whose order is drawn:
   * then `queueStatus` is SCHEDULED, and DRAWING until the order is there.
   */
  readonly position: number | null;
  readonly ahead: number | null;
  readonly estimatedWaitSeconds: number | null;
  /** 0 to 1, from the first position seen to the front. Null unless waiting. */
  readonly progress: number | null;
  /** The right to buy, with a token that is renewed while the watch runs. Null unless admitted. */
  readonly admission: EntryAdmission | null;
  /** What to add to the local clock, in milliseconds, to have the server's. */
  readonly clockOffsetMs: number;
  /** What stands in the way now, if anything; cleared by the next success. */
  readonly error: StanchionError | null;
}
