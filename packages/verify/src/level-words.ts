import type { Removal } from "./draw.ts";
import type { DrawLevel } from "./find-level.ts";

/** What a level proves and what it leaves open, in plain words. */
export function describeLevel(level: DrawLevel): string {
  return words[level];
}

const words: Readonly<Record<DrawLevel, string>> = {
  consistent:
    "The published list and the result belong together. Whoever holds the server's seed could still have chosen the result.",
  beacon:
    "Nobody could foresee or choose the order once the list was fixed. When the list was fixed rests on the operator's word.",
  witnessed:
    "The list was fixed before the randomness existed, as a third party saw, and nobody could foresee or choose the order. An operator who had closed several lists in advance, to show the one that suits, would be found out by whoever kept the closing that was published before the round.",
  "beacon run by an unknown party":
    "The published list and the result belong together. The randomness came from a party that this verifier does not know, and which could have chosen it.",
};

/** What no draw can prove. */
export const neverProven =
  "No draw can prove that each entrant is one person: look at how many entries there are of each level.";

/** That an entry was not in a draw, and why, for whoever made it. */
export function describeRemoval(reason: Removal["reason"]): string {
  return `Your entry was not in the draw: it was ${removals[reason] ?? `taken out (${reason})`} before the list was closed.`;
}

const removals: Readonly<Record<Removal["reason"], string>> = {
  LEFT: "given up",
  REMOVED_BOT: "taken out by the operator as a program's",
  REMOVED_DUPLICATE: "taken out by the operator as a second one",
  REMOVED_RULES: "taken out by the operator as against the rules",
  ERASED: "erased with the person's data",
};
