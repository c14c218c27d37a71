import { treeOfLeaves } from "./merkle-tree.ts";

/** How many leaves a kept root stands for: so few that one entry's proof reads them anew, so many that the roots are few. */
export const chunkLeaves = 256;
const hashBytes = 32;

/** The tree of a list too long to hold: whole chunks are trees of their own, whose roots are the leaves of the upper tree. */
export interface GrowingTree {
  add(leafHash: Buffer): void;
  /** The roots of all chunks, the last one's too, and the root of all. */
  finish(): { readonly chunkRoots: Buffer; readonly root: Buffer };
}

export function growTree(): GrowingTree {
  const roots: Buffer[] = [];
  let chunk: Buffer[] = [];
  const close = (): void => {
    roots.push(treeOfLeaves(chunk).root);
    chunk = [];
  };
  return {
    add(leafHash) {
      chunk.push(leafHash);
      if (chunk.length === chunkLeaves) close();
    },
    finish() {
      if (chunk.length > 0) close();
      return { chunkRoots: Buffer.concat(roots), root: treeOfLeaves(roots).root };
    },
  };
}

/** A leaf's path to the root, from the leaf up. `chunk`: the hashes of the leaves that share its chunk. */
export function pathInTree(chunkRoots: Buffer, chunk: readonly Buffer[], index: number): Buffer[] {
  const roots = Array.from({ length: chunkRoots.length / hashBytes }, (_, at) =>
    chunkRoots.subarray(at * hashBytes, (at + 1) * hashBytes),
  );
  const lower = treeOfLeaves(chunk).pathOf(index % chunkLeaves);
  return [...lower, ...treeOfLeaves(roots).pathOf(Math.floor(index / chunkLeaves))];
}
