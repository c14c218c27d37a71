import { expect, test } from "vitest";
import { makeDraw } from "../../verify/src/testing/make-draw-proof.ts";
import { makeLine } from "../../verify/src/testing/make-line-proof.ts";
import { findProofMixUp } from "./find-proof-mix-up.ts";

const { proof, receipt, jwks } = makeDraw();
const { proof: lineProof } = makeLine(5);

test.each([
  null,
  {},
  [],
  "proof",
  7,
  receipt,
  jwks,
  { leaf: "", index: 0, path: [] },
  { size: 1, root: "", head: "", data: [] },
])("takes for no proof what is none: %j", (document) => {
  expect(findProofMixUp(document, "draw")?.says).toBe("is no proof of a draw.");
  expect(findProofMixUp(document, "line")).toMatchObject({
    says: "is no proof of a line.",
    next: expect.stringContaining("/api/v1/queues/{queueId}/proof"),
  });
});

test("says which command checks a proof of the other kind", () => {
  expect(findProofMixUp(proof, "line")).toEqual({
    says: "is the proof of a draw, and not of a line.",
    next: "check it by verify-draw",
  });
  expect(findProofMixUp(lineProof, "draw")?.next).toBe("check it by verify-line");
});

test.each(Object.keys(proof).concat("nothing"))("lets a proof be judged that lost %s", (member) => {
  const { [member]: _, ...rest } = { ...proof } as Record<string, unknown>;
  expect(findProofMixUp(rest, "draw")).toBe(null);
});

test("lets a proof be judged that says of itself that it is of the other kind as well", () => {
  expect(findProofMixUp({ ...proof, algorithm: "fair-line-v1" }, "draw")).toBe(null);
  expect(findProofMixUp({ ...lineProof, algorithm: "fair-draw-v1" }, "line")).toBe(null);
  expect(findProofMixUp({ freeze: proof.freeze }, "draw")).toBe(null);
});
