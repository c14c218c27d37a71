import { bytesFromHex, hexFromBytes } from "./bytes.ts";
import { type CheckStep, takeStep } from "./check-step.ts";
import { commitToDrawSeed, type DrawRules, entryLevels, hashRules } from "./draw.ts";
import { type AnnouncedDrawProof, drawRulesMembers, isTime } from "./draw-proof.ts";
import { findOtherId } from "./find-other-id.ts";
import { isCount } from "./is-count.ts";
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
    if (!isCount(rules.winnerCount)) return "The rules give no count of winners.";
    const strange = findStrangeMember(rules);
    if (strange !== undefined) return `The rules' ${strange} is not of its form.`;
    return hexFromBytes(hashRules(rules)) === rulesHash ? null : "The rules have another hash.";
  });
}

/** A member whose value is none that a draw's rules can have; the beacon's and the count of winners are looked at by themselves. */
function findStrangeMember(rules: DrawRules): string | undefined {
  const { admissionExpirationSeconds, completionGraceSeconds, capacity, openAt, closeAt, drawAt } = rules;
  const isOfForm: Readonly<Record<string, boolean>> = {
    admissionExpirationSeconds: isCount(admissionExpirationSeconds) && admissionExpirationSeconds > 0,
    backfill: typeof rules.backfill === "boolean",
    capacity: capacity === null || isCount(capacity),
    closeAt: isTime(closeAt),
    completionGraceSeconds: isCount(completionGraceSeconds),
    drawAt: isTime(drawAt),
    entryLevel: entryLevels.includes(rules.entryLevel),
    mode: rules.mode === "live" || rules.mode === "test",
    openAt: openAt === null || isTime(openAt),
    organizationId: typeof rules.organizationId === "string",
    unit: rules.unit === "consumer",
  };
  return Object.keys(isOfForm).find((name) => !isOfForm[name]);
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
