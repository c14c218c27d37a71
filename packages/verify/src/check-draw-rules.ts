import { bytesFromHex, hexFromBytes } from "./bytes.ts";
import { type CheckStep, takeStep } from "./check-step.ts";
import { commitToDrawSeed, hashRules } from "./draw.ts";
import { type AnnouncedDrawProof, drawRulesMembers } from "./draw-proof.ts";
import { findOtherId } from "./find-other-id.ts";
import { areSame } from "./same-json.ts";

/** `rules`: whether they are a draw's, of the one that was asked for, whole, and those of the hash. */
export function checkDrawRules(
  { algorithm, rules, rulesHash }: AnnouncedDrawProof,
  askedId: string | undefined,
): CheckStep {
  return takeStep("rules", "The rules are those of the hash.", () => {
    if (algorithm !== "fair-draw-v1" || rules.algorithm !== algorithm)
      return "The algorithm is not fair-draw-v1.";
    const other = findOtherId(rules.drawId, askedId);
    if (other !== null) return other;
    if (!areSame(Object.keys(rules).sort(), drawRulesMembers))
      return "The rules have other members than a draw's.";
    if (!Number.isSafeInteger(rules.winnerCount) || rules.winnerCount < 0)
      return "The rules give no count of winners.";
    return hexFromBytes(hashRules(rules)) === rulesHash ? null : "The rules have another hash.";
  });
}

/** `commitment`: whether this is the seed that the rules bound the server to. */
export function checkDrawCommitment(
  { rules, commitment }: AnnouncedDrawProof,
  serverSeed: unknown,
): CheckStep {
  return takeStep("commitment", "The server's seed is the one that the rules bound it to.", () => {
    const made = hexFromBytes(commitToDrawSeed(bytesFromHex(String(serverSeed), 32)));
    return made === rules.commitment && made === commitment
      ? null
      : "The rules bound the server to another seed.";
  });
}
