import { bytesFromText, hexFromBytes } from "./bytes.ts";
import { canonicalJson } from "./canonical-json.ts";
import { type CheckStep, takeStep } from "./check-step.ts";
import { type DrawLeaf, type Removal, writeDrawLeaf } from "./draw.ts";
import type { DrawProof } from "./draw-proof.ts";
import { growTree, hashLeaf } from "./merkle-tree.ts";
import { areSame } from "./same-json.ts";

/** The list of a draw as it was read from its leaves. */
export interface DrawList {
  readonly numbers: readonly number[];
  readonly entryIds: readonly string[];
  readonly root: Uint8Array;
  readonly levels: Readonly<Record<string, number>>;
  /** The first leaf that is not of its form, from 0; null when all are. */
  readonly firstBadLeaf: number | null;
}

const reasons: readonly Removal["reason"][] = [
  "LEFT",
  "REMOVED_BOT",
  "REMOVED_DUPLICATE",
  "REMOVED_RULES",
  "ERASED",
];
const levelNames: readonly string[] = ["guest", "confirmed", "external"];

/** Reads leaves once, in their order, and keeps of each its number and its entry's id. */
export function readDrawList(leaves: Iterable<string>, drawId: unknown): DrawList {
  const [tree, numbers, entryIds]: [ReturnType<typeof growTree>, number[], string[]] = [growTree(), [], []];
  const levels: Record<string, number> = { guest: 0, confirmed: 0, external: 0 };
  let firstBadLeaf: number | null = null;
  for (const text of leaves) {
    const leaf = readDrawLeaf(text);
    if (leaf === null || leaf.drawId !== drawId) firstBadLeaf ??= tree.size();
    tree.add(hashLeaf(bytesFromText(text)));
    numbers.push(leaf?.number ?? 0);
    entryIds.push(leaf?.entryId ?? "");
    if (leaf !== null) levels[leaf.level] = (levels[leaf.level] ?? 0) + 1;
  }
  return { numbers, entryIds, root: tree.root(), levels, firstBadLeaf };
}

/** A leaf from its text; null for what is not exactly one. */
export function readDrawLeaf(text: string): DrawLeaf | null {
  try {
    const leaf = JSON.parse(text);
    const isLeaf =
      [leaf.drawId, leaf.entryId].every((id) => typeof id === "string") &&
      /^[0-9a-f]{64}$/.test(leaf.subject) &&
      Number.isSafeInteger(leaf.number) &&
      levelNames.includes(leaf.level);
    return isLeaf && writeDrawLeaf(leaf) === text ? leaf : null;
  } catch {
    return null;
  }
}

/** The steps that hold the list against the proof: `leaves`, `numbers` and `root`. */
export function checkDrawList(proof: DrawProof, list: DrawList): CheckStep[] {
  return [
    takeStep(
      "leaves",
      "Every leaf is an entry of this draw, and they are as many of each level as the proof says.",
      () => {
        if (list.firstBadLeaf !== null) return `Leaf ${list.firstBadLeaf} is no entry of this draw.`;
        if (list.numbers.length !== proof.count)
          return `There are ${list.numbers.length} leaves, not ${proof.count}.`;
        if (new Set(list.entryIds).size !== list.entryIds.length) return "An entry is in the list twice.";
        const said = { guest: 0, confirmed: 0, external: 0, ...proof.levels };
        return areSame(said, list.levels)
          ? null
          : `The leaves are of other levels: ${canonicalJson(list.levels)}.`;
      },
    ),
    takeStep("numbers", "Leaves and removals are every number from 1 to the last, each once.", () => {
      return findNumberFault(proof, list.numbers);
    }),
    takeStep("root", "The leaves make the tree's root.", () => {
      return hexFromBytes(list.root) === proof.root ? null : "The leaves make another root.";
    }),
  ];
}

function findNumberFault({ removals, lastNumber }: DrawProof, numbers: readonly number[]): string | null {
  for (const { number, reason, ...others } of removals) {
    const isKnown = reasons.includes(reason) && Object.keys(others).length === 0;
    if (!isKnown) return `The removal of ${number} is not of its form.`;
  }
  const rest = removals.map(({ number }) => number);
  if (!isAscending(numbers) || !isAscending(rest)) return "The numbers do not ascend.";
  // Both ascend, so that walking along both meets each number in its turn.
  let [leafAt, removalAt, next] = [0, 0, 1];
  for (; leafAt < numbers.length || removalAt < rest.length; next += 1) {
    if (numbers[leafAt] === next) leafAt += 1;
    else if (rest[removalAt] === next) removalAt += 1;
    else return `Number ${next} is neither a leaf nor removed.`;
  }
  return next - 1 === lastNumber ? null : `The last number is ${next - 1}, not ${lastNumber}.`;
}

function isAscending(numbers: readonly number[]): boolean {
  return numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? 0));
}
