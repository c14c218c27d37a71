import fc from "fast-check";
import { expect, test } from "vitest";
import {
  indexOfNumber,
  isInList,
  numbersFrom,
  numbersOfLeaves,
  packNumbers,
  unpackNumbers,
} from "./entry-numbers.ts";

test("finds leaves by their numbers and numbers by their leaves, whoever is out", () => {
  const lists = fc.integer({ min: 0, max: 60 }).chain((lastNumber) =>
    fc.record({
      lastNumber: fc.constant(lastNumber),
      removed: fc.uniqueArray(fc.integer({ min: 1, max: Math.max(1, lastNumber) }), {
        maxLength: lastNumber,
      }),
    }),
  );
  fc.assert(
    fc.property(lists, ({ lastNumber, removed }) => {
      const out = removed.filter((number) => number <= lastNumber).sort((a, b) => a - b);
      const removedNumbers = packNumbers(out);
      const expected = Array.from({ length: lastNumber }, (_, at) => at + 1).filter(
        (number) => !out.includes(number),
      );
      expect([...numbersOfLeaves({ lastNumber, removedNumbers })]).toEqual(expected);
      for (const [index, number] of expected.entries()) {
        expect(indexOfNumber(number, removedNumbers)).toBe(index);
        expect(numbersFrom({ lastNumber, removedNumbers }, index, 3)).toEqual(
          expected.slice(index, index + 3),
        );
      }
      for (let number = 1; number <= lastNumber; number += 1)
        expect(isInList(number, removedNumbers)).toBe(!out.includes(number));
    }),
  );
});

test("keeps numbers up to 2^32 − 1", () => {
  expect(unpackNumbers(packNumbers([1, 0xffff_ffff, 7]))).toEqual([1, 0xffff_ffff, 7]);
});
