import { areEqualBytes } from "./bytes.ts";
import { hashNode, isHash, rootOfLeafHashes } from "./merkle-tree.ts";

/**
 * The path of RFC 6962, section 2.1.1, from the leaf at `index` up to the root: the hashes that it meets on its way. Throws a
 * RangeError when there is no such leaf.
 */
export function makeInclusionPath(leafHashes: readonly Uint8Array[], index: number): Uint8Array[] {
  if (!(Number.isInteger(index) && index >= 0 && index < leafHashes.length)) {
    throw new RangeError(`There is no leaf ${index} among ${leafHashes.length}.`);
  }
  const path: Uint8Array[] = [];
  let [start, end] = [0, leafHashes.length];
  while (end - start > 1) {
    const middle = start + largestPowerOfTwoBelow(end - start);
    const isLeft = index < middle;
    path.push(rootOfLeafHashes(isLeft ? leafHashes.slice(middle, end) : leafHashes.slice(start, middle)));
    if (isLeft) end = middle;
    else start = middle;
  }
  return path.reverse();
}

export interface InclusionClaim {
  readonly leafHash: Uint8Array;
  readonly index: number;
  /** How many leaves the tree has. */
  readonly size: number;
  readonly path: readonly Uint8Array[];
  readonly root: Uint8Array;
}

/** Whether the path leads from the leaf at that index to that root: the check of RFC 9162, section 2.1.3.2. */
export function checkInclusion({ leafHash, index, size, path, root }: InclusionClaim): boolean {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false;
  if (![leafHash, ...path].every(isHash)) return false;
  let [node, last, reached] = [index, size - 1, leafHash];
  for (const sibling of path) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      reached = hashNode(sibling, reached);
      for (; !isOdd(node) && node !== 0; node = parent(node)) last = parent(last);
    } else {
      reached = hashNode(reached, sibling);
    }
    [node, last] = [parent(node), parent(last)];
  }
  return last === 0 && areEqualBytes(reached, root);
}

/** The split of RFC 6962: the largest power of two below `size`, which is 2 or more. */
export function largestPowerOfTwoBelow(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}

/** The number of a node's parent on the level above; no shift, for numbers beyond 32 bits. */
export function parent(node: number): number {
  return Math.floor(node / 2);
}

export function isOdd(node: number): boolean {
  return node % 2 === 1;
}
