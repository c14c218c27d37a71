import { expect, test } from "vitest";
import { bytesFromHex, hexFromBytes } from "./bytes.ts";
import {
  commitToDrawSeed,
  hashRemovals,
  hashSubject,
  makeDrawSeed,
  pickWinners,
  type SeedParts,
  writeDrawLeaf,
} from "./draw.ts";
import { commitToLineSeed, makeLineSeed } from "./line.ts";
import { madeUpBytes } from "./testing/made-up.ts";

const parts: SeedParts = {
  rulesHash: madeUpBytes(32, "rules"),
  root: madeUpBytes(32, "root"),
  count: 3,
  serverSeed: madeUpBytes(32, "server seed"),
  beacon: madeUpBytes(48, "beacon"),
};

test("writes a leaf's members in their order and leaves out all others", () => {
  const leaf = { number: 7, level: "guest", subject: "00ff", entryId: "ent_1", drawId: "draw_1" } as const;
  const withMore = { ...leaf, name: "Ada" };
  expect(writeDrawLeaf(withMore)).toBe(
    `{"drawId":"draw_1","entryId":"ent_1","level":"guest","number":7,"subject":"00ff"}`,
  );
});

test("gives another seed for every other part, and for a line", () => {
  const others: SeedParts[] = [
    { ...parts, rulesHash: parts.root },
    { ...parts, root: parts.rulesHash },
    { ...parts, count: 4 },
    { ...parts, serverSeed: parts.root },
    { ...parts, beacon: new Uint8Array() },
  ];
  const seeds = [makeLineSeed(parts), ...[parts, ...others].map(makeDrawSeed)].map(hexFromBytes);
  expect(new Set(seeds).size).toBe(7);
});

test("commits a draw and a line to the same seed by different hashes", () => {
  expect(commitToDrawSeed(parts.serverSeed)).not.toEqual(commitToLineSeed(parts.serverSeed));
});

test("tells people apart by salt and by id, and takes no salt of another length", () => {
  const salt = "00".repeat(16);
  const subjects = [
    hashSubject(salt, "cons_1"),
    hashSubject(salt, "cons_2"),
    hashSubject(`01${salt.slice(2)}`, "cons_1"),
  ];
  expect(new Set(subjects.map(hexFromBytes)).size).toBe(3);
  expect(() => hashSubject(salt.slice(2), "cons_1")).toThrow("Expected 16 bytes");
});

test("hashes no removals as an empty list", () => {
  expect(hexFromBytes(hashRemovals([]))).toBe(
    "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945",
  );
});

test("lets all win where there are fewer than may win, and nobody where nobody may", () => {
  const ranking = Uint32Array.from([2, 0, 1]);
  expect(pickWinners(["a", "b", "c"], ranking, 10)).toEqual(["c", "a", "b"]);
  expect(pickWinners(["a", "b", "c"], ranking, 2)).toEqual(["c", "a"]);
  expect(pickWinners(["a", "b", "c"], ranking, 0)).toEqual([]);
  expect(() => pickWinners(["a"], ranking, 1)).toThrow("There is no entry 2 among 1.");
});

test("refuses a count that 8 bytes of a safe number do not hold", () => {
  expect(() => makeDrawSeed({ ...parts, count: -1 })).toThrow(RangeError);
  expect(() => bytesFromHex("zz")).toThrow(TypeError);
});
