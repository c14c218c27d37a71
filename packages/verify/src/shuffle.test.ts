import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesFromHex, bytesFromText, hash, hexFromBytes } from "./bytes.ts";
import { findTicketOfRank, rankTicket } from "./line.ts";
import { shuffleAll, shuffleIndex, unshuffleIndex } from "./shuffle.ts";
import { officialFiles } from "./testing/ethereum-shuffles.ts";

test.each(officialFiles)("is the official shuffle of seed %s over %d", (seed, count, size, sha256) => {
  const file = bytesFromText(writeOfficialFile(seed, shuffleAll(count, bytesFromHex(seed))));
  expect(file.length).toBe(size);
  expect(hexFromBytes(hash(file))).toBe(sha256);
});

test("shuffles one index as it shuffles all, and finds the way back", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.integer({ min: 1, max: 600 }),
      (seed, count) => {
        const all = shuffleAll(count, seed);
        for (const index of new Set([0, count >> 1, count - 1])) {
          const shuffled = shuffleIndex(index, count, seed);
          expect(all[index]).toBe(shuffled);
          expect(unshuffleIndex(shuffled, count, seed)).toBe(index);
        }
        expect(new Set(all).size).toBe(count);
      },
    ),
    { numRuns: 40 },
  );
});

test("finds the way back over counts that need all 32 bits", () => {
  const [seed, count] = [hash(bytesFromText("wide")), 2 ** 32 - 1];
  for (const index of [0, 1, 2 ** 31, count - 1]) {
    expect(unshuffleIndex(shuffleIndex(index, count, seed), count, seed)).toBe(index);
  }
});

test("draws ranks for those who came before the opening, and leaves all others where they came", () => {
  const seed = hash(bytesFromText("line"));
  const ranks = Array.from({ length: 12 }, (_, index) => rankTicket(index + 1, 9, seed));
  expect(ranks.slice(0, 9).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(ranks.slice(9)).toEqual([10, 11, 12]);
  ranks.forEach((rank, index) => {
    expect(findTicketOfRank(rank, 9, seed)).toBe(index + 1);
  });
  expect(rankTicket(3, 0, seed)).toBe(3);
});

test("refuses an index, a count, a ticket or a rank that is none", () => {
  const seed = new Uint8Array(32);
  for (const [index, count] of [
    [5, 5],
    [-1, 5],
    [0.5, 5],
    [0, 0],
    [0, 2 ** 32],
  ] as const) {
    expect(() => shuffleIndex(index, count, seed)).toThrow(RangeError);
    expect(() => unshuffleIndex(index, count, seed)).toThrow(RangeError);
  }
  expect(() => shuffleAll(-1, seed)).toThrow(RangeError);
  expect(() => rankTicket(0, 5, seed)).toThrow("0 is no ticket; the first is 1.");
  expect(() => findTicketOfRank(1.5, 5, seed)).toThrow("1.5 is no rank; the first is 1.");
});

/** A vector's file as its makers write it: YAML whose list goes on in a new line once one has passed 80 columns. */
function writeOfficialFile(seed: string, shuffled: Uint32Array): string {
  let [list, column] = ["", "mapping: [".length];
  shuffled.forEach((index, at) => {
    if (at > 0) {
      const isFull = column + 1 > 80;
      list += isFull ? ",\n  " : ", ";
      column = isFull ? 2 : column + 2;
    }
    list += index;
    column += String(index).length;
  });
  return `seed: '0x${seed}'\ncount: ${shuffled.length}\nmapping: [${list}]\n`;
}
