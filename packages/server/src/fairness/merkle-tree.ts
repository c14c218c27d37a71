/** Trees of RFC 6962 over SHA-256, section 2.1. Every hash is 32 bytes. */
import { createHash, hash } from "node:crypto";

/** The complete subtree of 2^level leaves from `index` · 2^level on. */
export interface TreeNode {
  readonly level: number;
  readonly index: number;
}

export interface HashedNode extends TreeNode {
  readonly hash: Buffer;
}

/** What stands before a leaf's text in its hash. */
export const leafPrefix = "\0";
// One-shot, and through a binary text: everybody who enters waits for a leaf and a node, and other ways cost three times as much.
const nodeData = Buffer.alloc(65);
nodeData[0] = 1;

/** The root of a tree without leaves. */
export const emptyRoot: Buffer = createHash("sha256").digest();

export function hashLeaf(data: string | Uint8Array): Buffer {
  if (typeof data === "string") return hashLeafText(leafPrefix + data);
  return createHash("sha256").update(leafPrefix).update(data).digest();
}

/** As {@link hashLeaf}, of a text that has its prefix. */
export function hashLeafText(prefixed: string): Buffer {
  return Buffer.from(hash("sha256", prefixed, "binary"), "latin1");
}

export function hashNode(left: Uint8Array, right: Uint8Array): Buffer {
  nodeData.set(left, 1);
  nodeData.set(right, 33);
  return Buffer.from(hash("sha256", nodeData, "binary"), "latin1");
}

export interface GrownTree {
  /** The roots of the complete subtrees that the leaves make up, the largest first. */
  readonly frontier: readonly Buffer[];
  /** The complete subtrees that are new, the leaf first. */
  readonly nodes: readonly HashedNode[];
}

/**
 * Puts one leaf's hash behind the `size` leaves whose frontier this is; a tree grows in as little memory as it has levels.
 *
 * @example
 * let frontier: readonly Buffer[] = [];
 * leaves.forEach((leaf, size) => ({ frontier } = appendLeaf(frontier, size, hashLeaf(leaf))));
 * const root = rootOfFrontier(frontier);
 */
export function appendLeaf(frontier: readonly Buffer[], size: number, leaf: Buffer): GrownTree {
  const left = [...frontier];
  const nodes: HashedNode[] = [{ level: 0, index: size, hash: leaf }];
  let [hash, index] = [leaf, size];
  for (let level = 1; index % 2 === 1; level++) {
    const sibling = left.pop();
    if (sibling === undefined) throw new Error("the frontier is not that of so many leaves");
    [hash, index] = [hashNode(sibling, hash), (index - 1) / 2];
    nodes.push({ level, index, hash });
  }
  return { frontier: [...left, hash], nodes };
}

/** The root of all leaves, from the roots of the complete subtrees that they make up, the largest first. */
export function rootOfFrontier(frontier: readonly Buffer[]): Buffer {
  const [last, ...others] = frontier.toReversed();
  return last === undefined ? emptyRoot : others.reduce((right, left) => hashNode(left, right), last);
}

/** The tree over leaves' hashes that are all there: its root, and every leaf's path from the leaf up. */
export function treeOfLeaves(leafHashes: readonly Buffer[]): {
  readonly root: Buffer;
  pathOf(index: number): Buffer[];
  /** Every leaf's path as the inside of a JSON array of hex, at less than asking for each. */
  pathTexts(): string[];
} {
  const levels: (readonly Buffer[])[] = [leafHashes];
  for (let below = leafHashes; below.length > 1; ) {
    below = pairUp(below);
    levels.push(below);
  }
  return {
    root: levels.at(-1)?.[0] ?? emptyRoot,
    pathOf(leaf) {
      if (!(leaf in leafHashes)) throw new RangeError(`there is no leaf ${leaf} among ${leafHashes.length}`);
      const siblings = levels.map((level, height) => level[Math.floor(leaf / 2 ** height) ^ 1]);
      // The last one of a level may have none: it stands on the level above as it is.
      return siblings.filter((sibling) => sibling !== undefined);
    },
    // From the root down: what leads on from a node is the same text for all leaves below it.
    pathTexts: () =>
      levels
        .slice(0, -1)
        .reduceRight<string[]>((above, level) => textsBelow(level, above), leafHashes.length > 0 ? [""] : []),
  };
}

function textsBelow(level: readonly Buffer[], above: readonly string[]): string[] {
  const quoted = level.map((node) => `"${node.toString("hex")}"`);
  return level.map((_, index) => {
    const upper = above[index >> 1] ?? "";
    // The last one of a level may have none: it stands on the level above as it is.
    const sibling = quoted[index ^ 1];
    if (sibling === undefined) return upper;
    return upper === "" ? sibling : `${sibling},${upper}`;
  });
}

function pairUp(level: readonly Buffer[]): Buffer[] {
  const above: Buffer[] = [];
  for (let index = 0; index < level.length; index += 2) {
    const [left, right] = [level[index], level[index + 1]];
    if (left !== undefined) above.push(right === undefined ? left : hashNode(left, right));
  }
  return above;
}
