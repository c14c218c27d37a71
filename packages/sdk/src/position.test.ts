import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DepartedBits, departedKnown, hasDeparted, positionOf } from "./position.ts";
import { boardWith } from "./testing/fake-server.ts";

/** The board and the bits that a server would show of a line with these departed ranks. */
function lineOf(nowServing: number, lastTicket: number, departed: ReadonlySet<number>, size: number) {
  const first = Math.floor(nowServing / size);
  const counts = Array.from({ length: Math.floor(lastTicket / size) - first + 1 }, () => 0);
  for (const rank of departed) {
    const index = Math.floor(rank / size) - first;
    if (rank > nowServing) counts[index] = (counts[index] ?? 0) + 1;
  }
  const board = boardWith({ nowServing, lastTicket, segment: size, departed: counts });
  const bitsOf = (segment: number): DepartedBits => {
    const bytes = new Uint8Array(size / 8);
    for (const rank of departed) {
      const bit = rank - segment * size;
      if (bit >= 0 && bit < size) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (1 << (bit & 7));
    }
    return { segment, bytes };
  };
  return { board, bitsOf };
}

describe("positionOf", () => {
  it("is exact for every line, and never too low without the bits", () => {
    const lines = fc.record({
      nowServing: fc.integer({ min: 0, max: 150 }),
      ahead: fc.integer({ min: 1, max: 200 }),
      behind: fc.integer({ min: 0, max: 100 }),
      departed: fc.uniqueArray(fc.integer({ min: 0, max: 450 })),
    });
    fc.assert(
      fc.property(lines, ({ nowServing, ahead, behind, departed }) => {
        const rank = nowServing + ahead;
        const gone = new Set(departed.filter((each) => each !== rank && each <= rank + behind));
        const size = 64;
        const { board, bitsOf } = lineOf(nowServing, rank + behind, gone, size);
        let waitingBefore = 0;
        for (let each = nowServing + 1; each < rank; each += 1) if (!gone.has(each)) waitingBefore += 1;
        const exact = positionOf(board, rank, bitsOf(Math.floor(rank / size)));
        expect(exact).toBe(waitingBefore + 1);
        expect(positionOf(board, rank, null)).toBeGreaterThanOrEqual(exact);
      }),
    );
  });

  it("ignores bits of another segment and bits that are served already", () => {
    const { board, bitsOf } = lineOf(10, 200, new Set([3, 5, 12]), 64);
    expect(positionOf(board, 20, bitsOf(0))).toBe(9);
    expect(positionOf(board, 20, bitsOf(1))).toBe(10);
    expect(departedKnown(board, 20, bitsOf(0))).toBe(1);
  });

  it("is never below 1", () => {
    expect(positionOf(boardWith({ nowServing: 50 }), 20, null)).toBe(1);
  });
});

describe("hasDeparted", () => {
  it("reads the least significant bit of each byte first", () => {
    const bytes = new Uint8Array(512);
    bytes[1] = 0b0000_0010;
    const bits = { segment: 1, bytes };
    const board = boardWith();
    expect(hasDeparted(board, 4_096 + 9, bits)).toBe(true);
    expect(hasDeparted(board, 4_096 + 8, bits)).toBe(false);
    expect(hasDeparted(board, 9, bits)).toBe(false);
    expect(hasDeparted(board, 9, null)).toBe(false);
  });
});
