import { sha256 } from "@noble/hashes/sha2.js";

/** 64 random bits in two halves: numbers of JavaScript hold 53. */
export interface Word {
  readonly high: number;
  readonly low: number;
}

const countMax = 2 ** 32 - 1;

/**
 * The order that a draw's seed gives: leaf indexes, the first winner first. Fisher–Yates from the last place down, each choice
 * exactly uniform.
 * @param count how many leaves, at most 2^32 − 1
 */
export function rankLeaves(seed: Uint8Array, count: number): Uint32Array {
  if (!Number.isInteger(count) || count < 0 || count > countMax) {
    throw new RangeError(`Expected a count from 0 to ${countMax}, got ${count}.`);
  }
  const nextWord = streamWords(seed);
  const ranking = Uint32Array.from({ length: count }, (_, index) => index);
  for (let place = count - 1; place > 0; place -= 1) {
    const chosen = drawUniform(nextWord, place + 1);
    const kept = ranking[place] ?? 0;
    ranking[place] = ranking[chosen] ?? 0;
    ranking[chosen] = kept;
  }
  return ranking;
}

/** The seed's endless stream: `H(seed ‖ u64(i))` for i = 0, 1, 2 …, four big-endian words in each. */
export function streamWords(seed: Uint8Array): () => Word {
  const input = new Uint8Array(seed.length + 8);
  input.set(seed);
  const counter = new DataView(input.buffer, seed.length);
  let block = new DataView(new ArrayBuffer(0));
  let [blockNumber, offset] = [0, 32];
  return () => {
    if (offset === 32) {
      counter.setUint32(0, Math.floor(blockNumber / 2 ** 32));
      counter.setUint32(4, blockNumber % 2 ** 32);
      const digest = sha256(input);
      block = new DataView(digest.buffer, digest.byteOffset, 32);
      blockNumber += 1;
      offset = 0;
    }
    const word = { high: block.getUint32(offset), low: block.getUint32(offset + 4) };
    offset += 8;
    return word;
  };
}

/** A number from 0 to `k` − 1, each as likely: words from the last, incomplete run of `k` are thrown away. */
export function drawUniform(nextWord: () => Word, k: number): number {
  // 2^64 mod k; the words thrown away are as many, at the very top of the 64 bits.
  const thrownAway = remainder({ high: remainder({ high: 1, low: 0 }, k), low: 0 }, k);
  for (;;) {
    const word = nextWord();
    const isThrownAway = word.high === 0xffffffff && word.low >= 2 ** 32 - thrownAway;
    if (!isThrownAway) return remainder(word, k);
  }
}

/** `word` mod `k` in steps of 16 bits, so that with k < 2^32 no step needs more than 48. */
function remainder({ high, low }: Word, k: number): number {
  const upper = ((high % k) * 2 ** 16 + (low >>> 16)) % k;
  return (upper * 2 ** 16 + (low & 0xffff)) % k;
}
