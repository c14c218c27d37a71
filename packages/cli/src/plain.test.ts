import { expect, test } from "vitest";
import { plain } from "./plain.ts";

test("replaces what could move the cursor, in names too, and leaves all else", () => {
  const told = {
    "a\u001b": ["\u009b2J", "é 日本 🎟", "a\nb\r\u202e\u2028"],
    count: 3,
    isTrue: true,
    none: null,
  };
  expect(plain(told)).toEqual({
    "a\uFFFD": ["\uFFFD2J", "é 日本 🎟", "a\uFFFDb\uFFFD\uFFFD\uFFFD"],
    count: 3,
    isTrue: true,
    none: null,
  });
});
