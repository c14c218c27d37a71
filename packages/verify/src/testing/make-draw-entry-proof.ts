import { bytesFromText, hexFromBytes } from "../bytes.ts";
import type { DrawEntryProof } from "../check-draw.ts";
import { makeInclusionPath } from "../inclusion-proof.ts";
import { hashLeaf } from "../merkle-tree.ts";

/** One entrant's proof, as the entry's address answers it. */
export function proveEntry(
  { leaves }: { readonly leaves: readonly string[] },
  index: number,
): DrawEntryProof {
  const hashes = leaves.map((leaf) => hashLeaf(bytesFromText(leaf)));
  return { leaf: leaves[index] ?? "", index, path: makeInclusionPath(hashes, index).map(hexFromBytes) };
}
