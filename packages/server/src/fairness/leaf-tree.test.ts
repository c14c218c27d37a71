import { expect, test } from "vitest";
import { chunkLeaves, growTree, pathInTree } from "./leaf-tree.ts";
import { hashLeaf, treeOfLeaves } from "./merkle-tree.ts";

const leaves = (count: number): Buffer[] => Array.from({ length: count }, (_, at) => hashLeaf(`leaf ${at}`));

test.each([0, 1, 2, 255, 256, 257, 511, 512, 513, 1_000])(
  "makes the root of %i leaves by chunks",
  (count) => {
    const tree = growTree();
    for (const leaf of leaves(count)) tree.add(leaf);
    expect(tree.finish().root.equals(treeOfLeaves(leaves(count)).root)).toBe(true);
  },
);

test("leads every leaf to the root as a tree without chunks does", () => {
  for (const count of [1, 2, 256, 257, 300, 769]) {
    const all = leaves(count);
    const tree = growTree();
    for (const leaf of all) tree.add(leaf);
    const { chunkRoots } = tree.finish();
    const whole = treeOfLeaves(all);
    for (const index of [0, 1, 254, 255, 256, 299, 512, 768].filter((one) => one < count)) {
      const start = index - (index % chunkLeaves);
      const chunk = all.slice(start, start + chunkLeaves);
      expect(pathInTree(chunkRoots, chunk, index)).toEqual(whole.pathOf(index));
    }
  }
});
