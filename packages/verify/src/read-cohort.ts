import { hexFromBytes } from "./bytes.ts";
import { type CheckStep, takeStep } from "./check-step.ts";
import { countBelow } from "./draw.ts";
import type { FrozenLineProof } from "./line-proof.ts";
import { growTree, hashLeafText } from "./merkle-tree.ts";
import { areSame } from "./same-json.ts";

/** What the list of those who came before the opening says of one ticket. */
export interface OwnTicket {
  readonly level: string;
  readonly subject: string;
}

/** Who came before the opening, as the leaves say. */
export interface Cohort {
  readonly count: number;
  readonly root: Uint8Array;
  /** Null where the list has no such ticket. */
  readonly own: OwnTicket | null;
  /** `leaves` and `root`. */
  readonly steps: readonly CheckStep[];
}

const leafForm =
  /^\{"level":"(guest|confirmed|external)","queueId":"([a-z0-9_]+)","subject":"([0-9a-f]{64})","ticket":([1-9]\d*)\}$/;

/** Takes the leaves one after another, in the order of tickets; kept of them is one ticket's alone. */
export function readCohort(proof: FrozenLineProof, ownTicket: unknown) {
  const tree = growTree();
  const levels: Record<string, number> = { guest: 0, confirmed: 0, external: 0 };
  let firstBadLeaf: number | null = null;
  let own: OwnTicket | null = null;
  const findLeafFault = (): string | null => {
    if (firstBadLeaf !== null)
      return `Leaf ${firstBadLeaf} is not the ticket of this line that it should be.`;
    if (tree.size() !== proof.n) return `There are ${tree.size()} leaves or more, not ${proof.n}.`;
    const said = { guest: 0, confirmed: 0, external: 0, ...proof.levels };
    if (!areSame(said, levels)) return "The leaves are of other levels than the proof says.";
    const { entryLevel } = proof.rules;
    const below = countBelow(entryLevel, levels);
    return below === 0
      ? null
      : `Of the leaves ${below} are of a lower level than the rules ask for, ${entryLevel}.`;
  };
  return {
    add(text: string): void {
      const index = tree.size();
      const [, level = "", queueId, subject = "", ticket] = leafForm.exec(text) ?? [];
      tree.add(hashLeafText(text));
      if (queueId !== proof.rules.queueId || Number(ticket) !== index + 1) firstBadLeaf ??= index;
      if (level !== "") levels[level] = (levels[level] ?? 0) + 1;
      if (index + 1 === ownTicket) own = { level, subject };
    },
    count: () => tree.size(),
    end: (): Cohort => ({
      count: tree.size(),
      root: tree.root(),
      own,
      steps: [
        takeStep("leaves", "The leaves are the tickets of this line from 1 on, each once.", findLeafFault),
        takeStep("root", "The leaves make the tree's root.", () => {
          return hexFromBytes(tree.root()) === proof.root ? null : "The leaves make another root.";
        }),
      ],
    }),
  };
}
