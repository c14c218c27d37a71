import { type LineRules, shapes } from "@stanchion/contract";
import { isKnownChain, timeOfRound } from "../../fairness/index.ts";
import type { LineProofFacts } from "./line-proof-store.ts";
import { roundOfOpening } from "./line-rules.ts";

/** What an opening is said to prove. Whoever checks works it out anew. */
export function levelOfLine({
  rules: { beacon },
  witness,
  frozenAt,
}: Pick<LineProofFacts, "witness" | "frozenAt"> & { readonly rules: LineRules }): string {
  if (beacon.kind === "none") return "consistent";
  if (!isKnownChain(beacon.chainHash)) return "beacon run by an unknown party";
  if (witness === null || frozenAt === null) return "beacon";
  // Who freezes too late for the round of the rules could have waited for another one that suits.
  const isInTime = roundOfOpening(beacon, frozenAt.getTime()) === beacon.round;
  return isInTime && Date.parse(witness.at) < timeOfRound(beacon, beacon.round) ? "witnessed" : "beacon";
}

/**
 * The proof of an opening as JSON, as far as it has come.
 * @param serverSeed shown from when it can be shown; else null
 */
export function lineProofJson(facts: LineProofFacts, serverSeed: Buffer | null): string {
  const { rules, statement, seed } = facts;
  const frozen = statement !== null && {
    n: facts.cohortSize,
    levels: Object.fromEntries(
      shapes.entryLevels.map((level, index) => [level, facts.levelCounts?.[index] ?? 0]),
    ),
    root: facts.root?.toString("hex"),
    freeze: statement,
    witness: facts.witness,
    ...(serverSeed === null ? {} : { serverSeed: serverSeed.toString("hex") }),
  };
  const drawn = seed !== null && {
    beacon: facts.beacon?.toString("hex") ?? null,
    seed: seed.toString("hex"),
    drawnAt: facts.drawnAt?.toISOString(),
  };
  return JSON.stringify({
    algorithm: rules.algorithm,
    shuffleBeforeOpen: facts.shuffleBeforeOpen,
    rules,
    rulesHash: facts.rulesHash.toString("hex"),
    commitment: facts.commitment.toString("hex"),
    level: levelOfLine(facts),
    ...frozen,
    ...drawn,
  });
}

/** Changes with every byte of the proof. */
export function versionOfLineProof({
  rulesHash,
  shuffleBeforeOpen,
  statement,
  witness,
  seed,
}: LineProofFacts): string {
  const stage = [statement, witness, seed].map((part) => (part === null ? 0 : 1)).join("");
  return `${rulesHash.toString("hex", 0, 8)}-${shuffleBeforeOpen ? 1 : 0}${stage}`;
}
