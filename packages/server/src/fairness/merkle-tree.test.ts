import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { appendLeaf, hashLeaf, rootOfFrontier, type TreeNode, treeOfLeaves } from "./merkle-tree.ts";
import { carryOut, planConsistency, planInclusion, planRoot } from "./tree-proof.ts";

interface TreeVector {
  readonly name: string;
  readonly leaves: readonly string[];
  readonly root: string;
  readonly inclusion: readonly { readonly index: number; readonly path: readonly string[] }[];
  readonly consistency: readonly { readonly from: number; readonly path: readonly string[] }[];
}

const vectors: readonly TreeVector[] = JSON.parse(
  readFileSync(new URL("../../../verify/vectors/trees.json", import.meta.url), "utf8"),
);

describe.each(vectors)("the $name", ({ leaves, root, inclusion, consistency }) => {
  const hashes = leaves.map((leaf) => hashLeaf(Buffer.from(leaf, "hex")));
  const kept = new Map<string, Buffer>();
  let frontier: readonly Buffer[] = [];
  for (const [size, hash] of hashes.entries()) {
    const grown = appendLeaf(frontier, size, hash);
    for (const { level, index, hash } of grown.nodes) kept.set(`${level}:${index}`, hash);
    frontier = grown.frontier;
  }
  const hashOf = ({ level, index }: TreeNode): Buffer => {
    const hash = kept.get(`${level}:${index}`);
    if (hash === undefined) throw new Error(`the subtree ${level}:${index} is not complete`);
    return hash;
  };
  const hex = (path: readonly Buffer[]) => path.map((hash) => hash.toString("hex"));

  it("has the root of the vectors, grown leaf by leaf or made at once", () => {
    expect(rootOfFrontier(frontier).toString("hex")).toBe(root);
    expect(treeOfLeaves(hashes).root.toString("hex")).toBe(root);
    expect(carryOut([planRoot(hashes.length)], hashOf)[0]?.toString("hex")).toBe(root);
  });

  it("has the inclusion paths of the vectors", () => {
    for (const { index, path } of inclusion) {
      expect(hex(treeOfLeaves(hashes).pathOf(index))).toEqual(path);
      expect(hex(carryOut(planInclusion(index, hashes.length), hashOf))).toEqual(path);
    }
  });

  it("has the consistency paths of the vectors", () => {
    for (const { from, path } of consistency)
      expect(hex(carryOut(planConsistency(from, hashes.length), hashOf))).toEqual(path);
  });
});

describe("a tree", () => {
  it("has no path of a leaf that is not in it", () => {
    expect(() => treeOfLeaves([hashLeaf("only")]).pathOf(1)).toThrow(RangeError);
  });
});

it("writes every leaf's path out as it gives it", () => {
  for (const count of [0, 1, 2, 3, 5, 8, 13, 256, 257]) {
    const tree = treeOfLeaves(Array.from({ length: count }, (_, at) => hashLeaf(`leaf ${at}`)));
    const paths = Array.from({ length: count }, (_, at) =>
      tree.pathOf(at).map((hash) => hash.toString("hex")),
    );
    expect(tree.pathTexts().map((text) => JSON.parse(`[${text}]`))).toEqual(paths);
  }
});
