import type { Board, Entry } from "@stanchion/contract";
import { hashShort } from "./short-hash.ts";

// Loaded by itself once a line is drawn, so that it costs nobody a byte before.
const roundCount = 90;

/** Where a ticket stands when the order is drawn; those who left nearby and before are counted later, as everybody counts them. */
export function placeIn(
  { nowServing, segment, departed }: Board,
  { count, seed }: NonNullable<Board["shuffle"]>,
  ticket: number,
): Pick<Entry, "rank" | "position" | "ahead"> {
  const rank = rankTicket(ticket, count, seed);
  const segmentsBefore = Math.floor(rank / segment) - Math.floor(nowServing / segment);
  const gone = departed.slice(0, Math.max(0, segmentsBefore)).reduce((sum, one) => sum + one, 0);
  const position = Math.max(1, rank - nowServing - gone);
  return { rank, position, ahead: position - 1 };
}

/**
 * The rank of a ticket, from 1: where the swap-or-not network of Ethereum's consensus specification sends it among the `count`
 * who came before the opening; who came later stands where the ticket says.
 *
 * @param seed 64 hexadecimal digits
 * @example rankTicket(1, 5000, board.shuffle.seed)
 */
export function rankTicket(ticket: number, count: number, seed: string): number {
  if (ticket > count) return ticket;
  let index = ticket - 1;
  const input = new Uint8Array(37);
  input.set((seed.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)));
  for (let round = 0; round < roundCount; round += 1) {
    input[32] = round;
    const pivot = remainderOf(hashShort(input.subarray(0, 33)), count);
    const partner = (pivot + count - index) % count;
    const position = Math.max(index, partner);
    new DataView(input.buffer).setUint32(33, position / 256, true);
    const byte = hashShort(input).getUint8((position % 256) / 8);
    if ((byte >> (position % 8)) & 1) index = partner;
  }
  return index + 1;
}

/** The first 8 bytes as a little-endian number, modulo `count`: from the highest byte down, so that no step needs over 40 bits. */
function remainderOf(hash: DataView, count: number): number {
  let rest = 0;
  for (let at = 7; at >= 0; at -= 1) rest = (rest * 256 + hash.getUint8(at)) % count;
  return rest;
}
