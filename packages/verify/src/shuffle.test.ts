import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesFromHex, bytesFromText, hash, hexFromBytes } from "./bytes.ts";
import { findTicketOfRank, rankTicket } from "./line.ts";
import { shuffleAll, shuffleIndex, unshuffleIndex } from "./shuffle.ts";

/*
 * The official vectors of Ethereum's main chain (consensus-spec-tests, shuffling/core/shuffle): each file's seed and count, and the
 * SHA-256 and size by which it is stored.
 */
const officialFiles = [
  [
    "097328e8c957de2428283954f6a1ee8ff7ad7def12e100a600178407f5decf24",
    2,
    100,
    "69610c55ba31fefcaf67843b98bd220eded3b675b6b7c6df518b0b287d7bd7d3",
  ],
  [
    "097328e8c957de2428283954f6a1ee8ff7ad7def12e100a600178407f5decf24",
    3,
    103,
    "a47d36fe3df9b680b5abb5448337b6e4698db5c4839eb1e5b355f70a71a40c45",
  ],
  [
    "17fa9c7f5e9039a2d46e73e17d8e094a796ee4c313199bad42db4ee1dc30d865",
    5,
    109,
    "f4737cc3a0f5f6ad95b066d3ddc42fd3b2ee6904f683f4c15966b9dcc75489de",
  ],
  [
    "097328e8c957de2428283954f6a1ee8ff7ad7def12e100a600178407f5decf24",
    10,
    125,
    "1265cee6e18766354dfb1bc140722cb0a4469372bd3bdf333913375868cae8d7",
  ],
  [
    "075de2b906dbd7066da008cab735bee896370154603579a50122f9b88545bd45",
    33,
    219,
    "8c01e0b357abe5d16a1ef0bcef4a8352c32bc6f4c7914b0ee4907dcede7779e3",
  ],
  [
    "0623ccb9b1619bd388284a438034d8cb6431964ba727d8b1c450303105735488",
    100,
    494,
    "5b6ee6048c54dc7934d1067d81d09441a33178cc96bbea059f56ced1e69ac42f",
  ],
  [
    "01b4f6bd5d6a06a7b74a8565ceb4f845afe0ae96a0ac05cf5e86066bf7b538ec",
    1000,
    5105,
    "1fe4a03c481ce317d63640d1caf23d3466c0583a194998a66d8a3be818a5932a",
  ],
  [
    "097328e8c957de2428283954f6a1ee8ff7ad7def12e100a600178407f5decf24",
    9999,
    60405,
    "7c74bc2bfc1418babbdd6eb4be9a5c5c5e7825e5a149f235a4df678dcb8afc39",
  ],
] as const;

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
