import { expect, test } from "vitest";
import { proveEntry } from "../../verify/src/testing/make-draw-entry-proof.ts";
import { makeDraw } from "../../verify/src/testing/make-draw-proof.ts";
import { findEntryMixUp } from "./find-entry-mix-up.ts";

const draw = makeDraw();
const { body } = draw.receipt;
const own = proveEntry(
  draw,
  draw.leaves.findIndex((leaf) => JSON.parse(leaf).number === body.number),
);
const others = proveEntry(draw, draw.leaves.length - 1);

test("names the number of another entry, and another draw", () => {
  expect(findEntryMixUp(others, body)).toBe("is of another entry, number 7, and the receipt is of number 2.");
  const leaf = own.leaf.replace(body.distributionId, "draw_x");
  expect(findEntryMixUp({ ...own, leaf }, body)).toBe("is of an entry of another draw, draw_x.");
});

test.each([null, {}, [], "entry", draw.receipt, draw.jwks])(
  "takes for no entry what is none: %j",
  (document) => {
    expect(findEntryMixUp(document, body)).toBe("is no proof of an entry.");
  },
);

test.each([
  ["the receipt's own", own],
  [
    "one with somebody else at the receipt's number",
    { ...own, leaf: own.leaf.replace(body.entryId, "ent_x") },
  ],
  ["one of the entry at another number", { ...own, leaf: own.leaf.replace(`"number":2`, `"number":7`) }],
  ["one without its leaf", { index: own.index, path: own.path }],
  ["one whose leaf cannot be read", { ...own, leaf: "leaf" }],
])("lets be judged %s", (_, entry) => expect(findEntryMixUp(entry, body)).toBe(null));
