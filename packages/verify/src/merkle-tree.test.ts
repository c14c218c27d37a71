import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesFromHex, hexFromBytes } from "./bytes.ts";
import { checkConsistency, makeConsistencyPath } from "./consistency-proof.ts";
import { checkInclusion, makeInclusionPath } from "./inclusion-proof.ts";
import { growTree, hashLeaf, hashNode, rootOfLeafHashes, rootOfLeaves } from "./merkle-tree.ts";

// The leaves, roots and proofs that implementations of Certificate Transparency share as their test data.
const leaves = [
  "",
  "00",
  "10",
  "2021",
  "3031",
  "40414243",
  "5051525354555657",
  "606162636465666768696a6b6c6d6e6f",
];
const roots = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];
const leafHashes = leaves.map((leaf) => hashLeaf(bytesFromHex(leaf)));

test.each(roots.map((root, size) => ({ size, root })))(
  "has the known root of $size leaves of Certificate Transparency",
  ({ size, root }) => {
    expect(hexFromBytes(rootOfLeaves(leaves.slice(0, size).map((leaf) => bytesFromHex(leaf))))).toBe(root);
  },
);

test.each([
  { index: 0, size: 1, path: [] },
  {
    index: 0,
    size: 8,
    path: [
      "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
  },
  {
    index: 5,
    size: 8,
    path: [
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
  },
  { index: 2, size: 3, path: ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"] },
])("makes the known path of leaf $index among $size", ({ index, size, path }) => {
  expect(makeInclusionPath(leafHashes.slice(0, size), index).map(hexFromBytes)).toEqual(path);
});

test.each([
  { from: 1, size: 1, path: [] },
  {
    from: 1,
    size: 8,
    path: [
      "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
  },
  {
    from: 6,
    size: 8,
    path: [
      "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
  },
  {
    from: 2,
    size: 5,
    path: [
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
  },
])("makes the known proof from $from leaves to $size", ({ from, size, path }) => {
  expect(makeConsistencyPath(leafHashes.slice(0, size), from).map(hexFromBytes)).toEqual(path);
});

test("grows to the root that the recursive definition gives, and says it at each size", () => {
  const many = manyLeafHashes(130);
  const tree = growTree();
  many.forEach((leafHash, index) => {
    tree.add(leafHash);
    expect(tree.size()).toBe(index + 1);
    expect(tree.root()).toEqual(defineRoot(many.slice(0, index + 1)));
  });
});

test("accepts the path of every leaf in every tree up to 70, at no other index, size, leaf or root", () => {
  const many = manyLeafHashes(70);
  for (let size = 1; size <= many.length; size += 1) {
    const tree = many.slice(0, size);
    const root = rootOfLeafHashes(tree);
    tree.forEach((leafHash, index) => {
      const claim = { leafHash, index, size, path: makeInclusionPath(tree, index), root };
      expect(checkInclusion(claim)).toBe(true);
      const otherIndex = index === 0 ? size : index - 1;
      expect(checkInclusion({ ...claim, index: otherIndex })).toBe(false);
      expect(checkInclusion({ ...claim, leafHash: root, path: [...claim.path, root] })).toBe(false);
      expect(checkInclusion({ ...claim, path: [...claim.path, root] })).toBe(false);
      if (size > 1) expect(checkInclusion({ ...claim, path: claim.path.slice(1) })).toBe(false);
      if (size > 1) expect(checkInclusion({ ...claim, leafHash: tree[otherIndex] ?? root })).toBe(false);
    });
  }
});

test("accepts the growth from every tree to every larger one up to 40, and no other past", () => {
  const many = manyLeafHashes(40);
  for (let secondSize = 0; secondSize <= many.length; secondSize += 1) {
    const second = many.slice(0, secondSize);
    for (let firstSize = 0; firstSize <= secondSize; firstSize += 1) {
      const claim = {
        firstSize,
        firstRoot: rootOfLeafHashes(many.slice(0, firstSize)),
        secondSize,
        secondRoot: rootOfLeafHashes(second),
        path: makeConsistencyPath(second, firstSize),
      };
      expect(checkConsistency(claim)).toBe(true);
      const otherRoot = rootOfLeafHashes(many.slice(0, firstSize).reverse().slice(1));
      if (firstSize > 0) expect(checkConsistency({ ...claim, firstRoot: otherRoot })).toBe(false);
      expect(checkConsistency({ ...claim, path: [...claim.path, claim.firstRoot] })).toBe(false);
      if (firstSize > 0) expect(checkConsistency({ ...claim, secondRoot: otherRoot })).toBe(false);
      if (firstSize > 0 && firstSize < secondSize) {
        expect(checkConsistency({ ...claim, path: claim.path.slice(1) })).toBe(false);
      }
    }
  }
});

test("refuses a proof with any bit turned", () => {
  const many = manyLeafHashes(100);
  const [index, from, size] = [fc.nat(99), fc.integer({ min: 1, max: 99 }), many.length];
  const root = rootOfLeafHashes(many);
  fc.assert(
    fc.property(index, from, fc.nat(255), fc.nat(6), (leaf, firstSize, bit, at) => {
      const inclusion = makeInclusionPath(many, leaf);
      const path = turnBit(inclusion, at, bit);
      expect(checkInclusion({ leafHash: many[leaf] ?? root, index: leaf, size, path, root })).toBe(false);
      const consistency = makeConsistencyPath(many, firstSize);
      const firstRoot = rootOfLeafHashes(many.slice(0, firstSize));
      const turned = turnBit(consistency, at, bit);
      expect(
        checkConsistency({ firstSize, firstRoot, secondSize: size, secondRoot: root, path: turned }),
      ).toBe(false);
    }),
  );
});

test("refuses sizes and indexes that are none, and makes no proof for them", () => {
  const [leafHash, root] = [leafHashes[0] ?? new Uint8Array(), bytesFromHex(roots[1] ?? "")];
  for (const index of [-1, 1, 0.5, Number.NaN]) {
    expect(checkInclusion({ leafHash, index, size: 1, path: [], root })).toBe(false);
    expect(() => makeInclusionPath(leafHashes.slice(0, 1), index)).toThrow(RangeError);
  }
  for (const firstSize of [-1, 2, 0.5, Number.NaN]) {
    expect(checkConsistency({ firstSize, firstRoot: root, secondSize: 1, secondRoot: root, path: [] })).toBe(
      false,
    );
    expect(() => makeConsistencyPath(leafHashes.slice(0, 1), firstSize)).toThrow(RangeError);
  }
});

test("refuses a proof with a hash of another length", () => {
  const [first = new Uint8Array(), second = new Uint8Array()] = leafHashes;
  const root = hashNode(first, second);
  for (const bad of [second.slice(1), new Uint8Array([...second, 0]), new Uint8Array()]) {
    expect(checkInclusion({ leafHash: first, index: 0, size: 2, path: [bad], root })).toBe(false);
    expect(checkInclusion({ leafHash: bad, index: 0, size: 2, path: [second], root })).toBe(false);
    const sizes = { firstSize: 1, secondSize: 2, secondRoot: root };
    expect(checkConsistency({ ...sizes, firstRoot: first, path: [bad] })).toBe(false);
    expect(checkConsistency({ ...sizes, firstRoot: bad, path: [second] })).toBe(false);
    expect(() => hashNode(first, bad)).toThrow(RangeError);
  }
});

function manyLeafHashes(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => hashLeaf(new Uint8Array([index])));
}

/** Section 2.1 of RFC 6962, word for word. */
function defineRoot(tree: readonly Uint8Array[]): Uint8Array {
  if (tree.length === 1 && tree[0]) return tree[0];
  let split = 1;
  while (split * 2 < tree.length) split *= 2;
  return hashNode(defineRoot(tree.slice(0, split)), defineRoot(tree.slice(split)));
}

function turnBit(path: readonly Uint8Array[], at: number, bit: number): Uint8Array[] {
  return path.map((node, index) => {
    if (index !== at % path.length) return node;
    return node.map((byte, place) => (place === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
  });
}
