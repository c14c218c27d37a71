import { expect, test } from "vitest";
import { makeDraw } from "../../../verify/src/testing/make-draw-proof.ts";
import { logDraw, pagesOf, wholeLog } from "../../../verify/src/testing/make-log.ts";
import { readEvidence } from "./read-evidence.ts";

const draw = logDraw(makeDraw());
const read = (log: unknown) => {
  const documents = { "proof.json": draw.proof, "jwks.json": draw.jwks, "log.json": log };
  const files = Object.entries(documents).map(([name, one]) => new File([JSON.stringify(one)], name));
  return readEvidence({ kind: "files", files });
};

test("takes a saved log that is whole, and says what to fetch instead of one that is not", async () => {
  expect(await (await read(wholeLog(draw))).log({})).toHaveLength(1);
  expect(await (await read(pagesOf(draw.proof, draw.entries))).log({})).toHaveLength(4);
  await expect(read(pagesOf(draw.proof, draw.entries)[0])).rejects.toThrow(/mode=test&first=100&size=10,/);
});
