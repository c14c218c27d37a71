import { limits } from "@stanchion/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDepartures, segmentOf } from "./departures.ts";

const ranksMax = 5 * limits.boardSegmentRanks;
const rank = fc.oneof(
  fc.integer({ min: 1, max: ranksMax }),
  // Around the borders of segments and bytes.
  fc
    .tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: -9, max: 9 }))
    .map(([segment, offset]) => Math.min(ranksMax, Math.max(1, segment * limits.boardSegmentRanks + offset))),
);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("add" as const), rank }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("serveTo" as const), rank }) },
);

describe("the departures", () => {
  it("count as a plain set of the ranks above the serving one does", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), fc.array(rank, { maxLength: 40 }), (steps, asked) => {
        const departures = createDepartures();
        const plain = new Set<number>();
        let serving = 0;
        for (const { kind, rank } of steps) {
          if (kind === "add") {
            departures.add(rank);
            if (rank > serving) plain.add(rank);
          } else if (rank > serving) {
            serving = rank;
            departures.serveTo(rank);
            for (const gone of plain) if (gone <= serving) plain.delete(gone);
          }
        }
        const above = [...plain];
        for (const one of [...asked, serving, serving + 1, ranksMax]) {
          expect(departures.has(one)).toBe(plain.has(one));
          expect(departures.countBelow(one)).toBe(above.filter((gone) => gone < one).length);
        }
        const counts = departures.counts();
        for (const [index, count] of counts.entries()) {
          const segment = segmentOf(serving) + index;
          expect(count).toBe(above.filter((gone) => segmentOf(gone) === segment).length);
          expect(bitsOf(departures.segment(segment), segment)).toEqual(
            above.filter((gone) => segmentOf(gone) === segment).sort((a, b) => a - b),
          );
        }
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(above.length);
      }),
      { numRuns: 200 },
    );
  });

  it("know nothing of ranks that are served already", () => {
    const departures = createDepartures();
    departures.add(3);
    departures.serveTo(5);
    departures.add(4);
    expect([departures.has(3), departures.has(4), departures.countBelow(100)]).toEqual([false, false, 0]);
    expect(departures.counts().every((count) => count === 0)).toBe(true);
  });

  it("start anew when they are cleared", () => {
    const departures = createDepartures();
    departures.serveTo(10);
    departures.add(12);
    departures.clear();
    departures.add(2);
    expect([departures.has(2), departures.has(12), departures.countBelow(100)]).toEqual([true, false, 1]);
  });

  it("show an empty segment as 512 bytes of zeros", () => {
    expect(createDepartures().segment(7)).toEqual(Buffer.alloc(512));
  });
});

/** The ranks whose bits are set, least significant bit of a byte first. */
function bitsOf(bytes: Buffer, segment: number): number[] {
  const ranks: number[] = [];
  for (const [at, byte] of bytes.entries())
    for (let bit = 0; bit < 8; bit += 1)
      if ((byte >> bit) & 1) ranks.push(segment * limits.boardSegmentRanks + at * 8 + bit);
  return ranks;
}
