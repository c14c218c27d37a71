import { promisify } from "node:util";
import { constants, crc32, deflateRaw, inflateRaw } from "node:zlib";

/**
 * A piece of a large text as it is kept: blocks of deflate that end on a byte, so that pieces one after another are one stream,
 * whichever of them are new. (Members of gzip could be put together too, but browsers read the first of several only.)
 */
export interface DeflatedPiece {
  readonly rawBytes: number;
  readonly deflatedBytes: number;
  /** CRC-32 of the raw bytes. */
  readonly crc: number;
  /** The blocks. */
  read(): Promise<Buffer>;
}

const deflateAll = promisify(deflateRaw) as (raw: Buffer, options: object) => Promise<Buffer>;
const inflateAll = promisify(inflateRaw) as (deflated: Buffer, options: object) => Promise<Buffer>;

/** Compresses a piece, off this thread. */
export async function deflatePiece(raw: Buffer): Promise<DeflatedPiece> {
  const deflated = await deflateAll(raw, { finishFlush: constants.Z_FULL_FLUSH });
  return {
    rawBytes: raw.length,
    deflatedBytes: deflated.length,
    crc: crc32(raw),
    read: async () => deflated,
  };
}

const gzipHead = Buffer.from("1f8b08000000000000ff", "hex");
const lastBlock = Buffer.from("0300", "hex");

/** The pieces as one gzip stream: how long it is, and the bytes, each piece read when the one before it has been taken. */
export function gzipOf(pieces: readonly DeflatedPiece[]): { bytes: number; stream: AsyncIterable<Buffer> } {
  const blocks = pieces.reduce((sum, { deflatedBytes }) => sum + deflatedBytes, 0);
  return { bytes: gzipHead.length + blocks + lastBlock.length + 8, stream: gzipStream(pieces) };
}

async function* gzipStream(pieces: readonly DeflatedPiece[]): AsyncGenerator<Buffer> {
  yield gzipHead;
  let [crc, rawBytes] = [0, 0];
  for (const piece of pieces) {
    yield await piece.read();
    crc = combineCrc(crc, piece.crc, piece.rawBytes);
    rawBytes += piece.rawBytes;
  }
  const tail = Buffer.alloc(8);
  tail.writeUInt32LE(crc);
  tail.writeUInt32LE(rawBytes % 2 ** 32, 4);
  yield Buffer.concat([lastBlock, tail]);
}

/** The raw bytes from `start` on and before `end`; pieces outside are not read. */
export async function* rawOf(
  pieces: readonly DeflatedPiece[],
  start: number,
  end: number,
): AsyncGenerator<Buffer> {
  let at = 0;
  for (const piece of pieces) {
    const [from, to] = [Math.max(start - at, 0), Math.min(end - at, piece.rawBytes)];
    at += piece.rawBytes;
    if (from >= to) continue;
    const raw = await inflateAll(await piece.read(), { finishFlush: constants.Z_SYNC_FLUSH });
    yield raw.subarray(from, to);
  }
}

const polynomial = 0xedb88320;
/** x^0, in the order of bits that CRC-32 has: the highest stands for the lowest power. */
const one = 0x8000_0000;

/** The CRC-32 of two texts one after the other, from that of each and how long the second is. */
export function combineCrc(first: number, second: number, secondBytes: number): number {
  // What the second's length does to the first's is a product by x^(8 · length) over GF(2).
  let [power, square] = [one, multiply(0x0080_0000, one)];
  for (let rest = secondBytes; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) power = multiply(square, power);
    square = multiply(square, square);
  }
  return (multiply(power, first) ^ second) >>> 0;
}

/** The product of two polynomials over GF(2), modulo that of CRC-32. */
function multiply(a: number, b: number): number {
  let [product, factor] = [0, b];
  for (let bit = 31; bit >= 0; bit -= 1) {
    if ((a >>> bit) & 1) product ^= factor;
    factor = factor & 1 ? (factor >>> 1) ^ polynomial : factor >>> 1;
  }
  return product >>> 0;
}
