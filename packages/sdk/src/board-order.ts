import type { Board } from "@stanchion/contract";

const lowerMsMax = 10_000;

/** Which board counts, and what speaks against it. */
export interface BoardChoice {
  readonly board: Board | null;
  /** A board with a lower version but written later, and since when such come; null when none does. */
  readonly held: { readonly board: Board; readonly sinceMs: number } | null;
}

export const noBoard: BoardChoice = { board: null, held: null };

/**
 * Chooses the newest board. Boards come by several ways and out of order, so a lower version is old; only when such
 * boards keep coming for 10 s though they were written later, the server has gone back (a restore) and is believed.
 */
export function chooseBoard(choice: BoardChoice, offered: Board, nowMs: number): BoardChoice {
  const { board, held } = choice;
  if (board === null || offered.version > board.version) return { board: offered, held: null };
  const isLater = Date.parse(offered.asOf) > Date.parse(board.asOf);
  if (offered.version === board.version) return { board: isLater ? offered : board, held: null };
  if (!isLater) return choice;
  const sinceMs = held?.sinceMs ?? nowMs;
  const isBelieved = nowMs - sinceMs >= lowerMsMax;
  return isBelieved ? { board: offered, held: null } : { board, held: { board: offered, sinceMs } };
}

/** In how many ms a board that is held back would be believed. */
export function heldForMs(choice: BoardChoice, nowMs: number): number | null {
  return choice.held === null ? null : Math.max(0, choice.held.sinceMs + lowerMsMax - nowMs);
}

/** The board after a change of some of its members; a member that is null has gone. */
export function mergeBoard(board: Board, change: object): Board {
  const merged = Object.entries({ ...board, ...change }).filter(([, value]) => value !== null);
  return boardOf(Object.fromEntries(merged));
}

// A change holds members of a board only, so what was a board stays one.
function boardOf(members: Record<string, unknown>): Board {
  return members as unknown as Board;
}
