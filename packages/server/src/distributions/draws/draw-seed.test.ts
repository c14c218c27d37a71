import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { makeDrawSeed } from "./draw-seed.ts";

interface DrawVector {
  readonly name: string;
  readonly rulesHash: string;
  readonly root: string;
  readonly count: number;
  readonly serverSeed: string;
  readonly beacon: string | null;
  readonly seed: string;
}

const vectors: DrawVector[] = JSON.parse(
  readFileSync(new URL("../../../../verify/vectors/draws.json", import.meta.url), "utf8"),
);
const bytes = (hex: string): Buffer => Buffer.from(hex, "hex");

test.each(vectors)("makes the seed of $name", ({ rulesHash, root, count, serverSeed, beacon, seed }) => {
  const made = makeDrawSeed({
    rulesHash: bytes(rulesHash),
    root: bytes(root),
    count,
    serverSeed: bytes(serverSeed),
    beacon: bytes(beacon ?? ""),
  });
  expect(made.toString("hex")).toBe(seed);
});
