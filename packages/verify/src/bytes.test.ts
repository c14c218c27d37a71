import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesFromHex, hexFromBytes, u32, u64 } from "./bytes.ts";

test("writes numbers big-endian up to the largest that each width takes", () => {
  expect(hexFromBytes(u32(258))).toBe("00000102");
  expect(hexFromBytes(u32(0xffffffff))).toBe("ffffffff");
  expect(hexFromBytes(u64(2 ** 32 + 1))).toBe("0000000100000001");
  expect(hexFromBytes(u64(Number.MAX_SAFE_INTEGER))).toBe("001fffffffffffff");
});

test.each([-1, 1.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY])(
  "refuses %d as a number of bytes",
  (number) => {
    expect(() => u32(number)).toThrow(RangeError);
    expect(() => u64(number)).toThrow(RangeError);
  },
);

test("reads what it wrote as hex", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(bytesFromHex(hexFromBytes(bytes), bytes.length)).toEqual(bytes);
    }),
  );
});

test.each(["0", "AB", "0g", " 00", "00\n", "0x00"])("refuses %j as hex", (hex) => {
  expect(() => bytesFromHex(hex)).toThrow(TypeError);
});

test("refuses hex of another length than it must have", () => {
  expect(() => bytesFromHex("00", 32)).toThrow("Expected 32 bytes in hexadecimal digits, got 1.");
});
