import { hash } from "node:crypto";

/** Rounds of the network, as the main chain of Ethereum has them. */
const roundCount = 90;
/** How many positions one hash decides about. */
const positionsPerHash = 256;

/**
 * Where the swap-or-not network sends each index below `count`: `compute_shuffled_index` of Ethereum's consensus specification, all
 * at once, at a hash for each 256 indexes and round. The seed has 32 bytes.
 */
export function shuffleIndexes(seed: Uint8Array, count: number): Uint32Array<ArrayBuffer> {
  const shuffled = Uint32Array.from({ length: count }, (_, index) => index);
  if (count < 2) return shuffled;
  const source = Buffer.alloc(seed.length + 5);
  source.set(seed);
  const bits = Buffer.alloc(Math.ceil(count / positionsPerHash) * 32);
  for (let round = 0; round < roundCount; round += 1) {
    source[seed.length] = round;
    const pivot = pivotOf(source.subarray(0, seed.length + 1), count);
    for (let part = 0; part * 32 < bits.length; part += 1) {
      source.writeUInt32LE(part, seed.length + 1);
      hash("sha256", source, "buffer").copy(bits, part * 32);
    }
    for (let start = 0; start < count; start += 1) {
      const index = shuffled[start] ?? 0;
      const partner = pivot >= index ? pivot - index : pivot - index + count;
      const position = Math.max(index, partner);
      if (((bits[position >>> 3] ?? 0) >>> (position & 7)) & 1) shuffled[start] = partner;
    }
  }
  return shuffled;
}

/** The indexes in the order that `shuffleIndexes` gave them: its inverse. */
export function orderOf(shuffled: Uint32Array): Uint32Array<ArrayBuffer> {
  const order = new Uint32Array(shuffled.length);
  for (let index = 0; index < shuffled.length; index += 1) order[shuffled[index] ?? 0] = index;
  return order;
}

function pivotOf(source: Buffer, count: number): number {
  return Number(hash("sha256", source, "buffer").readBigUInt64LE() % BigInt(count));
}
