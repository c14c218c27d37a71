import { bytesFromHex, hexFromBytes } from "./bytes.ts";
import { checkDrawBeacon, checkDrawChain, checkDrawFreeze } from "./check-draw-freeze.ts";
import { checkDrawList, type DrawList, readDrawLeaf, readDrawList } from "./check-draw-list.ts";
import { type CheckStep, takeStep } from "./check-step.ts";
import { knownDrandChains } from "./drand-signature.ts";
import { commitToDrawSeed, hashRules, makeDrawSeed, pickWinners } from "./draw.ts";
import { type DrawProof, drawRulesMembers } from "./draw-proof.ts";
import type { Jwks } from "./jws.ts";
import { rankLeaves } from "./ranking.ts";
import { checkReceipt, type Receipt } from "./receipt.ts";
import { areSame } from "./same-json.ts";

export interface DrawEvidence {
  readonly proof: DrawProof;
  /** The texts of the leaves in their order, without line ends. */
  readonly leaves: readonly string[];
  /** The operator's keys. */
  readonly jwks: Jwks;
  /** What an entrant was given, to see that this entry was in the draw. */
  readonly receipt?: Receipt;
}

/** What a draw proves. That somebody else witnessed the freeze cannot be checked yet, so that nothing is claimed of it. */
export type DrawLevel = "consistent" | "beacon" | "beacon run by an unknown party";

export interface CheckedDraw {
  /** In the order in which the draw's events follow from each other. */
  readonly steps: readonly CheckStep[];
  /** Null unless every step holds. */
  readonly level: DrawLevel | null;
}

/**
 * Recomputes a draw from its rules to its winners. Never throws, whatever proof, keys and receipt hold: what cannot be read does
 * not hold.
 *
 * @example
 * const { steps, level } = checkDraw({ proof, leaves: ndjson.split("\n").slice(0, -1), jwks });
 */
export function checkDraw({ proof, leaves, jwks, receipt }: DrawEvidence): CheckedDraw {
  if (!proof?.rules?.beacon) {
    return { steps: [{ step: "rules", holds: false, says: "There are no rules of a draw." }], level: null };
  }
  const list = readDrawList(leaves, proof.rules.drawId);
  const freeze = checkDrawFreeze(proof, jwks);
  const steps = [
    checkRules(proof),
    checkDrawChain(proof),
    checkCommitment(proof),
    ...checkDrawList(proof, list),
    freeze.step,
    checkDrawBeacon(proof, freeze.frozenAtMs),
    ...checkOutcome(proof, list),
    ...(receipt ? checkEntry({ proof, leaves, jwks }, list, receipt) : []),
  ];
  return { steps, level: steps.every(({ holds }) => holds) ? levelOf(proof) : null };
}

function levelOf({ rules: { beacon } }: DrawProof): DrawLevel {
  if (beacon.kind === "none") return "consistent";
  return Object.hasOwn(knownDrandChains, beacon.chainHash) ? "beacon" : "beacon run by an unknown party";
}

function checkRules({ algorithm, rules, rulesHash }: DrawProof): CheckStep {
  return takeStep("rules", "The rules are those of the hash.", () => {
    if (algorithm !== "fair-draw-v1" || rules.algorithm !== algorithm)
      return "The algorithm is not fair-draw-v1.";
    if (!areSame(Object.keys(rules).sort(), drawRulesMembers))
      return "The rules have other members than a draw's.";
    if (!Number.isSafeInteger(rules.winnerCount) || rules.winnerCount < 0)
      return "The rules give no count of winners.";
    return hexFromBytes(hashRules(rules)) === rulesHash ? null : "The rules have another hash.";
  });
}

function checkCommitment({ rules, commitment, serverSeed }: DrawProof): CheckStep {
  return takeStep("commitment", "The server's seed is the one that the rules bound it to.", () => {
    const made = hexFromBytes(commitToDrawSeed(bytesFromHex(serverSeed, 32)));
    return made === rules.commitment && made === commitment
      ? null
      : "The rules bound the server to another seed.";
  });
}

/** `seed`, `ranking` and `winners`, from what was checked before and not from what the proof says of itself. */
function checkOutcome(proof: DrawProof, list: DrawList): CheckStep[] {
  const count = list.entryIds.length;
  let ranking: Uint32Array = new Uint32Array();
  const seedStep = takeStep("seed", "Rules, list and chance make the draw's seed.", () => {
    const seed = makeDrawSeed({
      rulesHash: hashRules(proof.rules),
      root: list.root,
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
    const winners = pickWinners(list.entryIds, ranking, proof.rules.winnerCount);
    return areSame(winners, proof.winners) ? null : "Others won than the first of the ranking.";
  });
  return [seedStep, rankingStep, winnersStep];
}

/** The steps of a receipt by itself, and `entry`: that the list has the entry that the receipt is for, or says why not. */
function checkEntry({ proof, leaves, jwks }: DrawEvidence, list: DrawList, receipt: Receipt): CheckStep[] {
  const steps = checkReceipt(receipt, jwks).map((one) => ({ ...one, step: `receipt's ${one.step}` }));
  const removal = findRemoval(proof, receipt);
  const good = removal
    ? `The receipt's entry was taken out before the freeze, as the proof says: ${removal.reason}.`
    : "The receipt's entry was in the draw, just as the receipt says.";
  const entry = takeStep("entry", good, () => {
    const { distributionId, rulesHash, number, entryId, level, subject } = receipt.body;
    if (distributionId !== proof.rules.drawId) return "The receipt is of another draw.";
    if (rulesHash !== proof.rulesHash) return "The receipt is of other rules.";
    if (removal) return null;
    const leaf = readDrawLeaf(leaves[list.numbers.indexOf(number ?? 0)] ?? "");
    const isSame = areSame([leaf?.entryId, leaf?.level, leaf?.subject], [entryId, level, subject]);
    return leaf && isSame ? null : "The draw has no such entry.";
  });
  return [...steps, entry];
}

function findRemoval({ removals }: DrawProof, receipt: Receipt) {
  return Array.isArray(removals) ? removals.find((one) => one?.number === receipt.body?.number) : undefined;
}
