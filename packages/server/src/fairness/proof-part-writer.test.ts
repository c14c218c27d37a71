import { describe, expect, it } from "vitest";
import { writeProofParts } from "./proof-part-writer.ts";

describe("the parts of a proof", () => {
  /** What is written of a text that comes in pieces of so many characters. */
  const writtenOf = async (text: string, pieceCharacters: number): Promise<unknown[][]> => {
    const written: unknown[][] = [];
    const writer = writeProofParts(async (_, values) => written.push([...values]), "a draw", "leaves");
    for (let at = 0; at < text.length; at += pieceCharacters)
      await writer.add(text.slice(at, at + pieceCharacters));
    await writer.finish();
    return written;
  };

  it("are cut at the same places, in whatever pieces the text comes", async () => {
    const text = Array.from({ length: 400_000 }, (_, number) => `${number},`).join("");
    const [small, large] = [await writtenOf(text, 1_000), await writtenOf(text, 1_600_000)];
    expect(small).toHaveLength(3);
    expect(large).toEqual(small);
  });

  it("of nothing are none", async () => {
    expect(await writtenOf("", 1)).toEqual([]);
  });
});
