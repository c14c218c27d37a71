const bytesMax = 55;

const primes: number[] = [];
for (let candidate = 2; primes.length < 64; candidate += 1)
  if (primes.every((prime) => candidate % prime > 0)) primes.push(candidate);
/** The first 32 bits behind the point, of the square roots and of the cube roots. */
const startWords = primes.slice(0, 8).map((prime) => Math.floor((prime ** (1 / 2) % 1) * 2 ** 32));
const roundWords = Int32Array.from(primes, (prime) => Math.floor((prime ** (1 / 3) % 1) * 2 ** 32));

/**
 * SHA-256 of what fits into one block, at once and without WebCrypto, which pages without TLS do not have.
 *
 * @param input at most 55 bytes
 */
export function hashShort(input: Uint8Array): DataView {
  if (input.length > bytesMax) throw new RangeError(`${input.length} bytes do not fit into one block.`);
  const block = new DataView(new ArrayBuffer(64));
  input.forEach((byte, at) => void block.setUint8(at, byte));
  block.setUint8(input.length, 0x80);
  block.setUint32(60, input.length * 8);
  const words = new Int32Array(64);
  const wordAt = (at: number): number => words[at] ?? 0;
  let [a, b, c, d, e, f, g, h] = startWords as Eight;
  for (let round = 0; round < 64; round += 1) {
    const [before, later] = [wordAt(round - 15), wordAt(round - 2)];
    words[round] =
      round < 16
        ? block.getUint32(round * 4)
        : wordAt(round - 16) +
          (turn(before, 7) ^ turn(before, 18) ^ (before >>> 3)) +
          wordAt(round - 7) +
          (turn(later, 17) ^ turn(later, 19) ^ (later >>> 10));
    const mixed =
      h +
      (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) +
      ((e & f) ^ (~e & g)) +
      (roundWords[round] ?? 0) +
      wordAt(round);
    const major = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    // One after another: lists of eight, made anew for each step, took twice as long.
    h = g;
    g = f;
    f = e;
    e = (d + mixed) | 0;
    d = c;
    c = b;
    b = a;
    a = (mixed + major) | 0;
  }
  const hash = new DataView(new ArrayBuffer(32));
  [a, b, c, d, e, f, g, h].forEach((word, at) => void hash.setUint32(at * 4, word + (startWords[at] ?? 0)));
  return hash;
}

type Eight = [number, number, number, number, number, number, number, number];

function turn(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}
