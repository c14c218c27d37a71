import { hexFromBytes } from "./bytes.ts";
import { canonicalJson } from "./canonical-json.ts";
import { type CheckStep, takeStep } from "./check-step.ts";
import { countBelow, type DrawLeaf, type EntryLevel, entryLevels, type Removal } from "./draw.ts";
import type { FrozenDrawProof } from "./draw-proof.ts";
import { growTree, hashLeafText } from "./merkle-tree.ts";
import { areSame } from "./same-json.ts";
import { watchForRepeats } from "./unique-texts.ts";

/** What is kept of a draw's list, however long it is: some bytes for each leaf, and those leaves that were asked for. */
export interface DrawList {
  readonly count: number;
  readonly root: Uint8Array;
  /** The indexes, from 0, of the entries that were asked for and are in the list. */
  readonly indexes: ReadonlyMap<string, number>;
  /** The leaf of the number that was asked for. */
  readonly own: OwnLeaf | null;
  /** `leaves`, `numbers` and `root`: the list held against the proof. */
  readonly steps: readonly CheckStep[];
}

export interface OwnLeaf {
  readonly leaf: DrawLeaf;
  /** Its place among the leaves, from 0. */
  readonly index: number;
}

export interface DrawListReader {
  /** Takes the next leaf. */
  add(text: string): void;
  count(): number;
  /** Ends the list. */
  end(): DrawList;
}

const reasons: readonly Removal["reason"][] = [
  "LEFT",
  "REMOVED_BOT",
  "REMOVED_DUPLICATE",
  "REMOVED_RULES",
  "ERASED",
];
const leafForm =
  /^\{"drawId":"([a-z0-9_]+)","entryId":"([a-z0-9_]+)","level":"(guest|confirmed|external)","number":([1-9]\d*),"subject":"([0-9a-f]{64})"\}$/;

/**
 * Reads leaves once, in their order.
 * @param asked entries whose indexes are wanted
 * @param ownNumber the number of the entry whose leaf is wanted
 */
export function readDrawList(
  proof: FrozenDrawProof,
  asked: ReadonlySet<string>,
  ownNumber: unknown,
): DrawListReader {
  const [tree, ids, numbers] = [growTree(), watchForRepeats(), followNumbers(proof.removals)];
  const levels: Record<EntryLevel, number> = { guest: 0, confirmed: 0, external: 0 };
  const indexes = new Map<string, number>();
  let own: OwnLeaf | null = null;
  let firstBadLeaf: number | null = null;
  return {
    add(text) {
      const index = tree.size();
      const leaf = readDrawLeaf(text);
      tree.add(hashLeafText(text));
      numbers.add(leaf?.number ?? 0);
      if (leaf === null || leaf.drawId !== proof.rules.drawId) firstBadLeaf ??= index;
      if (leaf === null) return;
      ids.add(leaf.entryId);
      levels[leaf.level] += 1;
      if (asked.has(leaf.entryId)) indexes.set(leaf.entryId, index);
      if (leaf.number === ownNumber) own ??= { leaf, index };
    },
    count: () => tree.size(),
    end() {
      const [count, root] = [tree.size(), tree.root()];
      const findLeafFault = (): string | null => {
        if (firstBadLeaf !== null) return `Leaf ${firstBadLeaf} is no entry of this draw.`;
        if (count > proof.count) return `There are more than ${proof.count} leaves.`;
        if (count !== proof.count) return `There are ${count} leaves, not ${proof.count}.`;
        if (ids.hasRepeat()) return "An entry is in the list twice.";
        const said = { guest: 0, confirmed: 0, external: 0, ...proof.levels };
        if (!areSame(said, levels)) return `The leaves are of other levels: ${canonicalJson(levels)}.`;
        const { capacity, entryLevel } = proof.rules;
        const below = countBelow(entryLevel, levels);
        if (below > 0)
          return `Of the leaves ${below} are of a lower level than the rules ask for, ${entryLevel}.`;
        return count > (capacity ?? count) ? "There are more leaves than the rules have room for." : null;
      };
      const steps = [
        takeStep(
          "leaves",
          "Every leaf is an entry of this draw, and they are as many of each level as the proof says.",
          findLeafFault,
        ),
        takeStep("numbers", "Leaves and removals are every number from 1 to the last, each once.", () => {
          return numbers.findFault(proof.lastNumber);
        }),
        takeStep("root", "The leaves make the tree's root.", () => {
          return hexFromBytes(root) === proof.root ? null : "The leaves make another root.";
        }),
      ];
      return { count, root, indexes, own, steps };
    },
  };
}

/** A leaf from its text; null for what is not exactly one. */
export function readDrawLeaf(text: string): DrawLeaf | null {
  const [, drawId = "", entryId = "", levelName, digits, subject = ""] = leafForm.exec(text) ?? [];
  const [level, number] = [entryLevels.find((name) => name === levelName), Number(digits)];
  return level && Number.isSafeInteger(number) ? { drawId, entryId, level, number, subject } : null;
}

/** What is wrong with the form of a list of removals, or null. */
export function findRemovalFault(removals: readonly Removal[]): string | null {
  if (!Array.isArray(removals)) return "There is no list of removals.";
  let last = 0;
  for (const { number, reason, ...others } of removals) {
    const isKnown = reasons.includes(reason) && Object.keys(others).length === 0;
    if (!isKnown || !Number.isSafeInteger(number)) return `The removal of ${number} is not of its form.`;
    if (number <= last) return "The numbers of the removals do not ascend.";
    last = number;
  }
  return null;
}

/** Both lists ascend, so that walking along both meets each number in its turn. */
function followNumbers(removals: readonly Removal[]) {
  let [removalAt, next] = [0, 1];
  let fault = attemptRemovals(removals);
  const passRemoved = (): void => {
    for (; fault === null && removals[removalAt]?.number === next; next += 1) removalAt += 1;
  };
  return {
    add(number: number): void {
      passRemoved();
      if (fault !== null) return;
      if (number > next) fault = `Number ${next} is neither a leaf nor removed.`;
      else if (number < next) fault = `A leaf has number ${number} where ${next} would follow.`;
      else next += 1;
    },
    findFault(lastNumber: number): string | null {
      passRemoved();
      if (fault !== null) return fault;
      if (removalAt < removals.length) return `Number ${next} is neither a leaf nor removed.`;
      return next - 1 === lastNumber ? null : `The last number is ${next - 1}, not ${lastNumber}.`;
    },
  };
}

function attemptRemovals(removals: readonly Removal[]): string | null {
  try {
    return findRemovalFault(removals);
  } catch {
    return "A removal is not of its form.";
  }
}
