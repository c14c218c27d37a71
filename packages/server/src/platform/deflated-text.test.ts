import { randomBytes } from "node:crypto";
import { crc32, gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { combineCrc, type DeflatedPiece, deflatePiece, gzipOf, rawOf } from "./deflated-text.ts";

const texts = ["first ", "", "a".repeat(100_000), randomBytes(5_000).toString("hex"), "last"];
const whole = Buffer.from(texts.join(""));
const makePieces = (): Promise<DeflatedPiece[]> =>
  Promise.all(texts.map((text) => deflatePiece(Buffer.from(text))));

async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

test("puts pieces together to one gzip stream of the length that it said", async () => {
  const { bytes, stream } = gzipOf(await makePieces());
  const zipped = await collect(stream);
  expect(zipped).toHaveLength(bytes);
  expect(gunzipSync(zipped).equals(whole)).toBe(true);
  expect(bytes).toBeLessThan(whole.length / 5);
});

test("makes an empty stream of no pieces", async () => {
  expect(gunzipSync(await collect(gzipOf([]).stream))).toHaveLength(0);
});

test("cuts any range out of the raw text, and reads the pieces of that range alone", async () => {
  const pieces = await makePieces();
  let reads = 0;
  const counted = pieces.map((piece) => ({
    ...piece,
    read: () => {
      reads += 1;
      return piece.read();
    },
  }));
  for (const [start, end] of [
    [0, 3],
    [2, 10],
    [100_004, 100_010],
    [0, whole.length],
  ] as const)
    expect((await collect(rawOf(pieces, start, end))).equals(whole.subarray(start, end))).toBe(true);
  await collect(rawOf(counted, 0, 3));
  expect(reads).toBe(1);
});

test("works out a CRC of two texts from that of each", () => {
  for (const [first, second] of [
    ["", ""],
    ["a", ""],
    ["", "b"],
    ["stan", "chion"],
    ["x".repeat(70_000), "y".repeat(1_000_003)],
  ] as const) {
    const combined = combineCrc(crc32(first), crc32(second), second.length);
    expect(combined).toBe(crc32(first + second));
  }
});
