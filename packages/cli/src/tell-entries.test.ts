import { expect, test } from "vitest";
import { countEntries, tellEntries } from "./tell-entries.ts";

test("tells of a draw the entries of each level, and the removals by their reason", () => {
  const removals = ["LEFT", "REMOVED_BOT", "LEFT"].map((reason, index) => ({ number: index + 1, reason }));
  const counts = countEntries({ count: 5, levels: { guest: 3, confirmed: 2 }, removals });
  expect(counts).toEqual({
    count: 5,
    levels: { guest: 3, confirmed: 2 },
    removals: { LEFT: 2, REMOVED_BOT: 1 },
  });
  expect(counts && tellEntries(counts, true)).toBe(
    "5 entries: 3 of guests, 2 with a confirmed address.\nRemoved before the close: 3 (LEFT 2, REMOVED_BOT 1).",
  );
});

test("tells that nobody was removed, and of a line nothing of it", () => {
  const draw = countEntries({ count: 1, levels: { external: 1 }, removals: [] });
  expect(draw && tellEntries(draw, true)).toBe(
    "1 entry: 1 with an account of the shop.\nNobody was removed before the close.",
  );
  const line = countEntries({ n: 2, levels: { guest: 2 } });
  expect(line && tellEntries(line, true)).toBe("2 entries: 2 of guests.");
});

test("says of numbers that were not counted that they are the proof's", () => {
  const counts = countEntries({ count: 2, levels: { guest: 2, other: "many" } });
  expect(counts && tellEntries(counts, false)).toBe(
    "By the proof, not counted here: 2 entries: 2 of guests.",
  );
});

test.each([null, {}, { count: "2" }])("knows of no entries in %j", (proof) => {
  expect(countEntries(proof)).toBe(null);
});
