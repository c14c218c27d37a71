import { bytesFromHex, hexFromBytes } from "./bytes.ts";
import { type CheckStep, takeStep } from "./check-step.ts";
import { hashRules, makeDrawSeed } from "./draw.ts";
import type { DrawProof } from "./draw-proof.ts";
import { rankLeaves } from "./ranking.ts";
import { findUniformityFault, measureUniformity } from "./uniformity.ts";

export interface CheckedOutcome {
  /** `seed`, `ranking`, `winners` and `uniformity`. */
  readonly steps: readonly CheckStep[];
  /** The ranking that rules, list and chance give; empty where they cannot be read. */
  readonly ranking: Uint32Array;
}

/** What an outcome is worked out from: what was checked before, and not what the proof says of it. */
export interface ListOfOutcome {
  readonly count: number;
  readonly root: Uint8Array;
  /** The indexes, from 0, of the winners that are known to be in the list. */
  readonly indexes: ReadonlyMap<string, number>;
  /** Whether the indexes of all winners are known, or only that of one entry. */
  readonly isWhole: boolean;
}

/** Recomputes the outcome of a list. */
export function checkDrawOutcome(proof: DrawProof, list: ListOfOutcome): CheckedOutcome {
  const { count, root } = list;
  let ranking: Uint32Array = new Uint32Array();
  const seedStep = takeStep("seed", "Rules, list and chance make the draw's seed.", () => {
    const seed = makeDrawSeed({
      rulesHash: hashRules(proof.rules),
      root,
      count,
      serverSeed: bytesFromHex(proof.serverSeed, 32),
      beacon: bytesFromHex(proof.beacon ?? ""),
    });
    ranking = rankLeaves(seed, count);
    return hexFromBytes(seed) === proof.seed ? null : "Rules, list and chance make another seed.";
  });
  const rankingStep = takeStep("ranking", "The seed gives this ranking.", () => {
    const isSame =
      proof.ranking.length === count && ranking.every((leaf, place) => leaf === proof.ranking[place]);
    return isSame && ranking.length === count ? null : "The seed gives another ranking.";
  });
  const winnersStep = takeStep("winners", "The first of the ranking won, as many as the rules give.", () => {
    return findWinnerFault(proof, list, ranking);
  });
  // Of a ranking that is another there is nothing to say.
  const uniformity = rankingStep.holds ? [checkUniformity(proof, ranking)] : [];
  return { steps: [seedStep, rankingStep, winnersStep, ...uniformity], ranking };
}

/** `uniformity`: whether the proof says truly how far the order follows that of entering. That it does is a warning, and no fault. */
function checkUniformity({ uniformity }: DrawProof, ranking: Uint32Array): CheckStep {
  const measured = measureUniformity(ranking);
  const good = measured?.isUnusual
    ? "The order follows the order of entering more, or less, than chance brings once in a thousand draws. That alone proves nothing: look closer at all the rest."
    : "The order has no more to do with the order of entering than chance brings.";
  return takeStep("uniformity", good, () => findUniformityFault(uniformity, measured));
}

function findWinnerFault(proof: DrawProof, list: ListOfOutcome, ranking: Uint32Array): string | null {
  const { winners, rules } = proof;
  const winning = ranking.subarray(0, rules.winnerCount);
  const places = new Map(Array.from(winning, (index, place) => [index, place]));
  const areAll = Array.isArray(winners) && winners.length === winning.length;
  const areTheFirst = list.isWhole
    ? areAll && winners.every((entryId, place) => list.indexes.get(entryId) === winning[place])
    : areAll &&
      [...list.indexes].every(([entryId, index]) => {
        const place = places.get(index);
        return place === undefined ? !winners.includes(entryId) : winners[place] === entryId;
      });
  return areTheFirst ? null : "Others won than the first of the ranking.";
}
