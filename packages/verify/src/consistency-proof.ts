import { areEqualBytes } from "./bytes.ts";
import { isOdd, largestPowerOfTwoBelow, parent } from "./inclusion-proof.ts";
import { hashNode, isHash, rootOfLeafHashes } from "./merkle-tree.ts";

/**
 * The proof of RFC 6962, section 2.1.2, that the tree of all these leaves begins with the tree of its first `firstSize`. Empty for
 * none and for all. Throws a RangeError when there are not as many.
 */
export function makeConsistencyPath(leafHashes: readonly Uint8Array[], firstSize: number): Uint8Array[] {
  if (!(Number.isInteger(firstSize) && firstSize >= 0 && firstSize <= leafHashes.length)) {
    throw new RangeError(`A tree of ${leafHashes.length} leaves has no beginning of ${firstSize}.`);
  }
  if (firstSize === 0) return [];
  const path: Uint8Array[] = [];
  let [start, end] = [0, leafHashes.length];
  while (end !== firstSize) {
    const middle = start + largestPowerOfTwoBelow(end - start);
    const isLeft = firstSize <= middle;
    path.push(rootOfLeafHashes(isLeft ? leafHashes.slice(middle, end) : leafHashes.slice(start, middle)));
    if (isLeft) end = middle;
    else start = middle;
  }
  // What remains is the last whole part of the first tree; where it is that whole tree, its root is known already.
  if (start !== 0) path.push(rootOfLeafHashes(leafHashes.slice(start, end)));
  return path.reverse();
}

export interface ConsistencyClaim {
  readonly firstSize: number;
  readonly firstRoot: Uint8Array;
  readonly secondSize: number;
  readonly secondRoot: Uint8Array;
  readonly path: readonly Uint8Array[];
}

/** Whether the second tree begins with the whole first one: the check of RFC 9162, section 2.1.4.2. */
export function checkConsistency(claim: ConsistencyClaim): boolean {
  const { firstSize, firstRoot, secondSize, secondRoot, path } = claim;
  const areSizes = Number.isSafeInteger(firstSize) && Number.isSafeInteger(secondSize);
  if (!areSizes || firstSize < 0 || firstSize > secondSize) return false;
  if (![firstRoot, ...path].every(isHash)) return false;
  if (firstSize === secondSize) return path.length === 0 && areEqualBytes(firstRoot, secondRoot);
  // Every tree begins with the empty one.
  if (firstSize === 0) return path.length === 0 && areEqualBytes(firstRoot, rootOfLeafHashes([]));
  return path.length > 0 && climbBoth(claim);
}

function climbBoth({ firstSize, firstRoot, secondSize, secondRoot, path }: ConsistencyClaim): boolean {
  let [node, last] = [firstSize - 1, secondSize - 1];
  for (; isOdd(node); node = parent(node)) last = parent(last);
  // A first tree of 2^k leaves is a node of the second one, so that its root stands at the path's beginning.
  const [start, ...siblings] = node === 0 ? [firstRoot, ...path] : path;
  if (start === undefined) return false;
  let [first, second] = [start, start];
  for (const sibling of siblings) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      first = hashNode(sibling, first);
      second = hashNode(sibling, second);
      for (; !isOdd(node) && node !== 0; node = parent(node)) last = parent(last);
    } else {
      second = hashNode(second, sibling);
    }
    [node, last] = [parent(node), parent(last)];
  }
  return last === 0 && areEqualBytes(first, firstRoot) && areEqualBytes(second, secondRoot);
}
