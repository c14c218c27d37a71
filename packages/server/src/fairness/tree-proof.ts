/** Proofs of RFC 6962 out of a tree whose complete subtrees are kept: which of them a proof needs, and the proof made of them. */
import { rootOfFrontier, type TreeNode } from "./merkle-tree.ts";

/** The leaves from `start` on and before `end`; a step of a proof is their root. */
interface Leaves {
  readonly start: number;
  readonly end: number;
}

/** A proof whose hashes are still to be looked up: for each step the complete subtrees that it is made of, the largest first. */
export type ProofPlan = readonly (readonly TreeNode[])[];

/** That the leaf at `index`, below `size`, is in the tree of the first `size` leaves; steps go from the leaf up (section 2.1.1). */
export function planInclusion(index: number, size: number): ProofPlan {
  const steps: Leaves[] = [];
  let [start, end] = [0, size];
  while (end - start > 1) {
    const middle = start + largestPowerBelow(end - start);
    steps.push(index < middle ? { start: middle, end } : { start, end: middle });
    if (index < middle) end = middle;
    else start = middle;
  }
  return steps.reverse().map(subtreesOf);
}

/** That the tree of the first `to` leaves begins with that of the first `from`, which are no more; empty for none and for all (section 2.1.2). */
export function planConsistency(from: number, to: number): ProofPlan {
  if (from === 0) return [];
  const steps: Leaves[] = [];
  let [start, end] = [0, to];
  while (end !== from) {
    const middle = start + largestPowerBelow(end - start);
    steps.push(from <= middle ? { start: middle, end } : { start, end: middle });
    if (from <= middle) end = middle;
    else start = middle;
  }
  // What remains ends both trees; where it is all of the older one, its root is known already.
  if (start !== 0) steps.push({ start, end });
  return steps.reverse().map(subtreesOf);
}

/** The complete subtrees that make up the tree of the first `size` leaves, the largest first. */
export function planRoot(size: number): readonly TreeNode[] {
  return subtreesOf({ start: 0, end: size });
}

/** The steps' hashes, 32 bytes each. */
export function carryOut(plan: ProofPlan, hashOf: (node: TreeNode) => Buffer): Buffer[] {
  return plan.map((nodes) => rootOfFrontier(nodes.map(hashOf)));
}

function subtreesOf({ start, end }: Leaves): TreeNode[] {
  const nodes: TreeNode[] = [];
  for (let next = start; next < end; ) {
    let level = 0;
    while (next + 2 ** (level + 1) <= end) level += 1;
    nodes.push({ level, index: next / 2 ** level });
    next += 2 ** level;
  }
  return nodes;
}

function largestPowerBelow(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}
