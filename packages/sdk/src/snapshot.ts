import type {
  Board,
  DrawEntry,
  DrawNews,
  DrawStatus,
  Entry,
  EntryAdmission,
  QueueStatus,
} from "@stanchion/contract";
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
  /** Null unless waiting, while nobody is admitted, and where nobody knows whether a turn comes. */
  readonly estimatedWaitSeconds: number | null;
  /** The wait is so many times shorter or longer at the most, as far as is known: from 2 on, and nearer to 1 the more people were seen to pass. */
  readonly estimatedWaitFactor: number;
  /** 0 to 1, from the first position seen to the front. Null unless waiting. */
  readonly progress: number | null;
  /** The right to buy, with a token that is renewed while the watch runs. Null unless admitted. */
  readonly admission: EntryAdmission | null;
  /** What to add to the local clock, in milliseconds, to have the server's. */
  readonly clockOffsetMs: number;
  /** What stands in the way now, if anything; cleared by the next success. */
  readonly error: StanchionError | null;
}

/**
 * Where a fan stands in a draw, in one word that a page can switch on. `outside`: has no entry. `drawing`: the list is
 * fixed, and the result, or what it says of this fan, is to come. `won`: the time to buy is to come, at `admissionAt`.
 * `admitted`: it is now, and without an `admission` only for who is in the checkout already. `cancelled` and `void`: the
 * draw came to nothing, and nobody wins.
 */
export type DrawPhase =
  | "loading"
  | "outside"
  | "entered"
  | "drawing"
  | "won"
  | "admitted"
  | "lost"
  | "completed"
  | "expired"
  | "left"
  | "denied"
  | "cancelled"
  | "void";

/** Everything that a page needs to show one fan's part in one draw. Immutable: a change makes a new one. */
export interface DrawSnapshot {
  readonly drawId: string;
  readonly phase: DrawPhase;
  readonly connection: Connection;
  /** The state of the draw itself; null until it is known. */
  readonly drawStatus: DrawStatus | null;
  /** How far the draw has come, with its times `openAt`, `closeAt`, `drawAt`, `drawnAt`, and how many are in it. */
  readonly draw: DrawNews | null;
  /** The fan's entry as the server last told it, with its receipt. */
  readonly entry: DrawEntry | null;
  /** Lost, in a draw whose free seats go on to those who have. */
  readonly mayStillWin: boolean;
  /** The right to buy, with a token that is renewed while the watch runs. Null unless admitted. */
  readonly admission: EntryAdmission | null;
  /** When a winner's time to buy begins, RFC 3339, as long as that is to come. */
  readonly admissionAt: string | null;
  /** What to add to the local clock, in milliseconds, to have the server's. */
  readonly clockOffsetMs: number;
  /** What stands in the way now, if anything; cleared by the next success. */
  readonly error: StanchionError | null;
}
