import { bytesFromHex, hexFromBytes } from "./bytes.ts";
import type { CheckedFreeze } from "./check-draw-freeze.ts";
import { findChainFault, tellBeacon } from "./check-draw-freeze.ts";
import { type CheckStep, takeStep } from "./check-step.ts";
import { checkDrandSignature } from "./drand-signature.ts";
import { entryLevels, hashRemovals, hashRules } from "./draw.ts";
import { readTime } from "./draw-proof.ts";
import { findOtherId } from "./find-other-id.ts";
import { type CheckedStatement, checkStatement, type Jwks } from "./jws.ts";
import { commitToLineSeed, lineBeaconDelayMs } from "./line.ts";
import {
  type AnnouncedLineProof,
  type FrozenLineProof,
  isLineDrawn,
  type LineProof,
  lineRulesMembers,
} from "./line-proof.ts";
import { findRoundThatCounts } from "./round-that-counts.ts";
import { areSame } from "./same-json.ts";

/** `rules`: whether they are a line's, whole, and those of the hash. */
export function checkLineRules(
  { algorithm, rules, rulesHash }: AnnouncedLineProof,
  askedId: string | undefined,
): CheckStep {
  return takeStep("rules", "The rules are those of the hash.", () => {
    if (algorithm !== "fair-line-v1" || rules.algorithm !== algorithm)
      return "The algorithm is not fair-line-v1.";
    const other = findOtherId(rules.queueId, askedId);
    if (other !== null) return other;
    if (!areSame(Object.keys(rules).sort(), lineRulesMembers))
      return "The rules have other members than a line's.";
    if (!entryLevels.includes(rules.entryLevel) || typeof rules.organizationId !== "string")
      return "The rules are not of their form.";
    return hexFromBytes(hashRules(rules)) === rulesHash ? null : "The rules have another hash.";
  });
}

/** `chain`: whether the rules name a chain and a round that can be checked. */
export function checkLineChain({ rules: { beacon, openAt } }: AnnouncedLineProof): CheckStep {
  const good =
    beacon.kind === "none" ? "The rules name no beacon." : "The rules name the beacon's chain and round.";
  return takeStep("chain", good, () => {
    return beacon.kind === "none" ? null : findChainFault(beacon, readTime(openAt) + lineBeaconDelayMs);
  });
}

/** `commitment`: whether this is the seed that the rules bound the server to. */
export function checkLineCommitment(
  { rules, commitment }: AnnouncedLineProof,
  serverSeed: unknown,
): CheckStep {
  return takeStep("commitment", "The server's seed is the one that the rules bound it to.", () => {
    const made = hexFromBytes(commitToLineSeed(bytesFromHex(String(serverSeed), 32)));
    return made === rules.commitment && made === commitment
      ? null
      : "The rules bound the server to another seed.";
  });
}

/** `freeze`: whether the operator signed the very list that the proof shows, once the line had opened. */
export function checkLineFreeze(proof: FrozenLineProof, jwks: Jwks): CheckedFreeze {
  const signed = checkStatement(proof.freeze, "freeze+jws", jwks);
  const step = takeStep("freeze", "The operator signed the list after the opening.", () => {
    return findFreezeFault(proof, signed);
  });
  const frozenAtMs = step.holds && signed.holds ? readTime(signed.statement.frozenAt) : null;
  return { step, frozenAtMs, serverSeed: signed.holds ? (signed.statement.serverSeed ?? null) : null };
}

function findFreezeFault(proof: FrozenLineProof, signed: CheckedStatement): string | null {
  if (!signed.holds) return signed.says;
  const { frozenAt, logHead, ...said } = signed.statement;
  bytesFromHex(String(logHead), 32);
  const expected = {
    algorithm: "fair-line-v1",
    lastNumber: proof.n,
    n: proof.n,
    queueId: proof.rules.queueId,
    // Who left before the opening keeps the ticket, so that nobody is removed.
    removalsHash: hexFromBytes(hashRemovals([])),
    root: proof.root,
    rulesHash: proof.rulesHash,
    serverSeed: seedAtFreeze(proof, said.serverSeed),
  };
  if (!areSame(said, expected))
    return "The signed statement is of another list, other rules or another seed.";
  return readTime(frozenAt) < readTime(proof.rules.openAt) ? "The list was signed before the opening." : null;
}

/** Without a beacon the seed stays hidden until the order is drawn. With one it is shown at once, and the drawing must not take another. */
function seedAtFreeze(proof: FrozenLineProof, said: unknown): unknown {
  if (proof.rules.beacon.kind === "none") return null;
  const shown = Reflect.get(proof, "serverSeed") ?? null;
  return isLineDrawn(proof) || shown !== null ? shown : hexFromBytes(bytesFromHex(String(said), 32));
}

/** `beacon`: whether the round that counts brought these bytes. */
export function checkLineBeacon({ rules, beacon }: LineProof, frozenAtMs: number | null): CheckStep {
  const chain = rules.beacon;
  if (chain.kind === "none") {
    return takeStep("beacon", "No beacon is part of the seed, as the rules say.", () => {
      return beacon === null ? null : "A beacon is part of the seed, though the rules name none.";
    });
  }
  const isLate = frozenAtMs !== null && findRoundThatCounts("line", chain, frozenAtMs) !== chain.round;
  return takeStep("beacon", tellBeacon(isLate), () => {
    if (frozenAtMs === null) return "Without a signed freeze nobody knows which round counts.";
    if (beacon === null) return "The beacon is missing.";
    const round = findRoundThatCounts("line", chain, frozenAtMs);
    const isSigned = checkDrandSignature(chain, round, bytesFromHex(beacon));
    return isSigned ? null : `The chain's key did not sign this as round ${round}.`;
  });
}
