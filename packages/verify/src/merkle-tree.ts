import { sha256 } from "@noble/hashes/sha2.js";

/** The hash of a leaf by RFC 6962: `H(0x00 ‖ data)`. */
export function hashLeaf(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 1);
  bytes.set(data, 1);
  return sha256(bytes);
}

const encoder = new TextEncoder();
const room = new Uint8Array(1024);

/** The same for a leaf's text. In one piece of memory for all of them: a list may have a million. */
export function hashLeafText(text: string): Uint8Array {
  // A character takes three bytes at most.
  if (text.length * 3 >= room.length) return hashLeaf(encoder.encode(text));
  const { written } = encoder.encodeInto(text, room.subarray(1));
  return sha256(room.subarray(0, written + 1));
}

/** The hash of a node by RFC 6962: `H(0x01 ‖ left ‖ right)`; throws a RangeError unless both are 32 bytes. */
export function hashNode(left: Uint8Array, right: Uint8Array): Uint8Array {
  if (!isHash(left) || !isHash(right)) throw new RangeError("A node's children are hashes of 32 bytes.");
  const bytes = new Uint8Array(65);
  bytes[0] = 1;
  bytes.set(left, 1);
  bytes.set(right, 33);
  return sha256(bytes);
}

/** Whether bytes are as many as a hash has. */
export function isHash(bytes: Uint8Array): boolean {
  return bytes.length === 32;
}

/**
 * Grows the tree of RFC 6962 leaf by leaf and holds one hash for each level, however many leaves come.
 *
 * @example
 * const tree = growTree();
 * for (const line of lines) tree.add(hashLeaf(bytesFromText(line)));
 * tree.root();
 */
export function growTree(): GrowingTree {
  // Whole subtrees from left to right, each smaller than the one before: the bits of the size.
  const subtrees: { hash: Uint8Array; size: number }[] = [];
  let size = 0;
  return {
    add(leafHash) {
      let grown = { hash: leafHash, size: 1 };
      for (let last = subtrees.at(-1); last?.size === grown.size; last = subtrees.at(-1)) {
        subtrees.pop();
        grown = { hash: hashNode(last.hash, grown.hash), size: grown.size * 2 };
      }
      subtrees.push(grown);
      size += 1;
    },
    root() {
      const [last, ...others] = subtrees.map(({ hash }) => hash).reverse();
      if (last === undefined) return sha256(new Uint8Array());
      return others.reduce((right, left) => hashNode(left, right), last);
    },
    size: () => size,
  };
}

export interface GrowingTree {
  /** Puts a leaf's hash at the right end. */
  add(leafHash: Uint8Array): void;
  /** The root of all leaves so far, 32 bytes; of none, `H("")`. */
  root(): Uint8Array;
  size(): number;
}

/** The root of leaf hashes in their order; they are read once, and none is kept. */
export function rootOfLeafHashes(leafHashes: Iterable<Uint8Array>): Uint8Array {
  const tree = growTree();
  for (const leafHash of leafHashes) tree.add(leafHash);
  return tree.root();
}

/** The root of leaves' data in their order. */
export function rootOfLeaves(leaves: Iterable<Uint8Array>): Uint8Array {
  const tree = growTree();
  for (const leaf of leaves) tree.add(hashLeaf(leaf));
  return tree.root();
}
