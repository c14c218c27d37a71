import type { Board } from "@stanchion/contract";

/** Which ranks of one segment do not wait any more: one bit for each rank, least significant bit of a byte first. */
export interface DepartedBits {
  readonly segment: number;
  readonly bytes: Uint8Array;
}

/** The segment that holds this rank. */
export function segmentOf(board: Board, rank: number): number {
  return Math.floor(rank / board.segment);
}

/** How many departed above `nowServing` the board counts in this rank's segment. */
export function departedInSegmentOf(board: Board, rank: number): number {
  return board.departed[segmentOf(board, rank) - segmentOf(board, board.nowServing)] ?? 0;
}

/**
 * Place in line, 1 is next: the ranks from `nowServing` to this one, less those between that do not wait any more.
 * Without the bits of the rank's own segment, or with old ones, it is too high and never too low.
 */
export function positionOf(board: Board, rank: number, bits: DepartedBits | null): number {
  return Math.max(1, rank - board.nowServing - departedBefore(board, rank, bits));
}

/** How many between `nowServing` and this rank do not wait any more, as far as is known. */
export function departedBefore(board: Board, rank: number, bits: DepartedBits | null): number {
  const segmentsBefore = Math.max(0, segmentOf(board, rank) - segmentOf(board, board.nowServing));
  const earlier = board.departed.slice(0, segmentsBefore).reduce((sum, count) => sum + count, 0);
  return earlier + (bits === null ? 0 : countDeparted(board, rank, bits, rank));
}

/** Does this rank itself not wait any more? */
export function hasDeparted(board: Board, rank: number, bits: DepartedBits | null): boolean {
  return bits !== null && bits.segment === segmentOf(board, rank) && hasBit(bits, rank % board.segment);
}

/** How many of the departed that the board counts in this rank's segment the bits know of. */
export function departedKnown(board: Board, rank: number, bits: DepartedBits | null): number {
  return bits === null ? 0 : countDeparted(board, rank, bits, Number.POSITIVE_INFINITY);
}

/** Counts the set bits of this rank's segment, above `nowServing` and below `endRank`. */
function countDeparted(board: Board, rank: number, bits: DepartedBits, endRank: number): number {
  const segment = segmentOf(board, rank);
  if (bits.segment !== segment) return 0;
  const firstRank = segment * board.segment;
  const end = Math.min(board.segment, endRank - firstRank);
  let count = 0;
  for (let bit = Math.max(0, board.nowServing + 1 - firstRank); bit < end; bit += 1) {
    if (hasBit(bits, bit)) count += 1;
  }
  return count;
}

function hasBit(bits: DepartedBits, bit: number): boolean {
  return (((bits.bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1) === 1;
}
