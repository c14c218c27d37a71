import { hash } from "node:crypto";

const countMax = 2 ** 32 - 1;

/**
 * The order that a draw's seed gives: leaf indexes, the first winner first. Fisher–Yates from the last place down, each choice
 * exactly uniform.
 * @param seed 32 bytes
 * @param count how many leaves, at most 2^32 − 1
 */
export function rankLeaves(seed: Uint8Array, count: number): Uint32Array<ArrayBuffer> {
  if (!Number.isInteger(count) || count < 0 || count > countMax)
    throw new RangeError(`Expected a count from 0 to ${countMax}, got ${count}.`);
  const chooseBelow = createChoices(seed);
  const ranking = new Uint32Array(count);
  for (let index = 0; index < count; index += 1) ranking[index] = index;
  for (let place = count - 1; place > 0; place -= 1) {
    const chosen = chooseBelow(place + 1);
    const kept = ranking[place] ?? 0;
    ranking[place] = ranking[chosen] ?? 0;
    ranking[chosen] = kept;
  }
  return ranking;
}

const blockBytes = 32;
const wordBytes = 8;

/** Numbers below what is asked for, from the one stream of `H(seed ‖ u64(i))` that goes on from choice to choice. */
function createChoices(seed: Uint8Array): (below: number) => number {
  const input = Buffer.alloc(seed.length + wordBytes);
  input.set(seed);
  let block = Buffer.alloc(0);
  let [nextBlock, offset] = [0, blockBytes];
  return (below) => {
    for (;;) {
      if (offset === blockBytes) {
        input.writeUInt32BE(Math.floor(nextBlock / 2 ** 32), seed.length);
        input.writeUInt32BE(nextBlock % 2 ** 32, seed.length + 4);
        block = hash("sha256", input, "buffer");
        nextBlock += 1;
        offset = 0;
      }
      const [high, low] = [block.readUInt32BE(offset), block.readUInt32BE(offset + 4)];
      offset += wordBytes;
      if (isInWholeRun(high, low, below)) return restOf(high, low, below);
    }
  };
}

/** Whether a word is below `2^64 − (2^64 mod below)`: those from the last, incomplete run are thrown away. */
function isInWholeRun(high: number, low: number, below: number): boolean {
  // Any such run begins within the last 2^32 words.
  if (high !== 0xffff_ffff) return true;
  const words = 2n ** 64n;
  return (BigInt(high) << 32n) + BigInt(low) < words - (words % BigInt(below));
}

/** A word's rest by `below`, in steps that stay below 2^53. */
function restOf(high: number, low: number, below: number): number {
  const upper = ((high % below) * 2 ** 16 + (low >>> 16)) % below;
  return (upper * 2 ** 16 + (low & 0xffff)) % below;
}
