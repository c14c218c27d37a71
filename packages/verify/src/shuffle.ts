import { sha256 } from "@noble/hashes/sha2.js";

/** Rounds of the network, as Ethereum's main chain has them. */
const roundCount = 90;
const countMax = 2 ** 32 - 1;

/**
 * Where the swap-or-not network sends an index below `count`: `compute_shuffled_index` of Ethereum's consensus specification. It
 * costs 180 hashes, whatever the count.
 */
export function shuffleIndex(index: number, count: number, seed: Uint8Array): number {
  requireIndex(index, count);
  return Array.from({ length: roundCount }, (_, round) => round).reduce(
    (current, round) => swapOrNot(current, round, count, seed),
    index,
  );
}

/** The index that the network sends to this one: its rounds backwards. */
export function unshuffleIndex(index: number, count: number, seed: Uint8Array): number {
  requireIndex(index, count);
  return Array.from({ length: roundCount }, (_, round) => round).reduceRight(
    (current, round) => swapOrNot(current, round, count, seed),
    index,
  );
}

/**
 * Where the network sends each index below `count`: the same as `shuffleIndex` for all of them, at a hash for each 256 indexes and
 * round.
 */
export function shuffleAll(count: number, seed: Uint8Array): Uint32Array {
  requireCount(count);
  const shuffled = Uint32Array.from({ length: count }, (_, index) => index);
  if (count === 0) return shuffled;
  const bits = new Uint8Array(Math.ceil(count / 256) * 32);
  for (let round = 0; round < roundCount; round += 1) {
    const pivot = pivotOf(round, count, seed);
    for (let part = 0; part * 32 < bits.length; part += 1) bits.set(bitsOf(round, part, seed), part * 32);
    for (let start = 0; start < count; start += 1) {
      const index = shuffled[start] ?? 0;
      const partner = partnerOf(index, pivot, count);
      const position = Math.max(index, partner);
      if (((bits[position >>> 3] ?? 0) >>> (position & 7)) & 1) shuffled[start] = partner;
    }
  }
  return shuffled;
}

/** One round. Partners swap both or neither, so that each round is its own inverse. */
function swapOrNot(index: number, round: number, count: number, seed: Uint8Array): number {
  const partner = partnerOf(index, pivotOf(round, count, seed), count);
  const position = Math.max(index, partner);
  const bits = bitsOf(round, Math.floor(position / 256), seed);
  const byte = bits[Math.floor((position % 256) / 8)] ?? 0;
  return (byte >>> (position % 8)) & 1 ? partner : index;
}

function partnerOf(index: number, pivot: number, count: number): number {
  return (pivot + count - index) % count;
}

/** The first 8 bytes of `H(seed ‖ round)` as a little-endian number, mod `count`. */
function pivotOf(round: number, count: number, seed: Uint8Array): number {
  const input = new Uint8Array(seed.length + 1);
  input.set(seed);
  input[seed.length] = round;
  // From the highest byte down; with count < 2^32 no step needs more than 40 bits.
  return sha256(input)
    .subarray(0, 8)
    .reduceRight((rest, byte) => (rest * 256 + byte) % count, 0);
}

/** 256 bits, one for each position of the round's `part`: `H(seed ‖ round ‖ part)`, the part in 4 little-endian bytes. */
function bitsOf(round: number, part: number, seed: Uint8Array): Uint8Array {
  const input = new Uint8Array(seed.length + 5);
  input.set(seed);
  input[seed.length] = round;
  new DataView(input.buffer).setUint32(seed.length + 1, part, true);
  return sha256(input);
}

function requireCount(count: number): void {
  if (!Number.isInteger(count) || count < 0 || count > countMax) {
    throw new RangeError(`Expected a count from 0 to ${countMax}, got ${count}.`);
  }
}

function requireIndex(index: number, count: number): void {
  requireCount(count);
  if (!Number.isInteger(index) || index < 0 || index >= count) {
    throw new RangeError(`Expected an index below ${count}, got ${index}.`);
  }
}
