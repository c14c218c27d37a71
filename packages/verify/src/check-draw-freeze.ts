import { bytesFromHex, hexFromBytes } from "./bytes.ts";
import { type CheckStep, takeStep } from "./check-step.ts";
import { type DrandBeacon, findDrandRound, hashDrandChain } from "./drand.ts";
import { checkDrandSignature, isKnownScheme } from "./drand-signature.ts";
import { hashRemovals } from "./draw.ts";
import {
  type AnnouncedDrawProof,
  type DrawProof,
  type FrozenDrawProof,
  isDrawn,
  readTime,
} from "./draw-proof.ts";
import { type CheckedStatement, checkStatement, type Jwks } from "./jws.ts";
import { findRoundThatCounts } from "./round-that-counts.ts";
import { areSame } from "./same-json.ts";

const closeToDrawMsMin = 60_000;

/** `chain`: whether the rules name a chain and a round that can be checked. */
export function checkDrawChain({ rules }: AnnouncedDrawProof): CheckStep {
  const good =
    rules.beacon.kind === "none"
      ? "The rules name no beacon."
      : "The rules name the beacon's chain and round.";
  return takeStep("chain", good, () => {
    if (rules.beacon.kind === "none") return null;
    const drawAtMs = readTime(rules.drawAt);
    const isTooSoon = drawAtMs < readTime(rules.closeAt) + closeToDrawMsMin;
    return (
      findChainFault(rules.beacon, drawAtMs) ??
      (isTooSoon ? "The draw comes too soon after the close." : null)
    );
  });
}

/** What is wrong with a beacon as rules name it, whose round is to be the first that does not come before a time; or null. */
export function findChainFault(beacon: DrandBeacon, notBeforeMs: number): string | null {
  if (beacon.kind !== "drand") return "The rules name a beacon of no known kind.";
  if (!isKnownScheme(beacon.scheme)) return `The scheme ${beacon.scheme} cannot be checked.`;
  if (hexFromBytes(hashDrandChain(beacon)) !== beacon.chainHash) return "The chain's hash is another.";
  const round = findDrandRound(beacon, notBeforeMs);
  return round === beacon.round ? null : `The first round that may count is ${round}, not ${beacon.round}.`;
}

export interface CheckedFreeze {
  readonly step: CheckStep;
  /** When the operator says that the list was fixed; null unless the step holds. */
  readonly frozenAtMs: number | null;
  /** The server's seed as the freeze shows it, which is only with a beacon. */
  readonly serverSeed: unknown;
}

/** `freeze`: whether the operator signed the very list that the proof shows, once it was closed. */
export function checkDrawFreeze(proof: FrozenDrawProof, jwks: Jwks): CheckedFreeze {
  const signed = checkStatement(proof.freeze, "freeze+jws", jwks);
  const step = takeStep("freeze", "The operator signed the list after the close.", () => {
    return findFreezeFault(proof, signed);
  });
  const frozenAtMs = step.holds && signed.holds ? readTime(signed.statement.frozenAt) : null;
  return { step, frozenAtMs, serverSeed: signed.holds ? (signed.statement.serverSeed ?? null) : null };
}

function findFreezeFault(proof: FrozenDrawProof, signed: CheckedStatement): string | null {
  if (!signed.holds) return signed.says;
  const { frozenAt, logHead, ...said } = signed.statement;
  bytesFromHex(String(logHead), 32);
  const expected = {
    algorithm: "fair-draw-v1",
    count: proof.count,
    drawId: proof.rules.drawId,
    lastNumber: proof.lastNumber,
    removalsHash: hexFromBytes(hashRemovals(proof.removals)),
    root: proof.root,
    rulesHash: proof.rulesHash,
    serverSeed: seedAtFreeze(proof, said.serverSeed),
  };
  if (!areSame(said, expected))
    return "The signed statement is of another list, other rules or another seed.";
  return readTime(frozenAt) < readTime(proof.rules.closeAt) ? "The list was signed before the close." : null;
}

/** Without a beacon the seed stays hidden until the draw. With one it is shown at once, and the draw must not take another. */
function seedAtFreeze(proof: FrozenDrawProof, said: unknown): unknown {
  if (proof.rules.beacon.kind === "none") return null;
  const shown = Reflect.get(proof, "serverSeed") ?? null;
  return isDrawn(proof) || shown !== null ? shown : hexFromBytes(bytesFromHex(String(said), 32));
}

/** What is said of a beacon that holds. @param isLate whether the list was fixed too late for the round of the rules */
export function tellBeacon(isLate: boolean): string {
  return isLate
    ? "The list was fixed too late for the round of the rules: the next one counts, which the chain's key signed, and which came after the freeze."
    : "The chain's key signed the beacon of the round that the rules wait for, which came after the freeze.";
}

/** `beacon`: whether the round that counts brought these bytes. */
export function checkDrawBeacon({ rules, beacon }: DrawProof, frozenAtMs: number | null): CheckStep {
  const chain = rules.beacon;
  if (chain.kind === "none") {
    return takeStep("beacon", "No beacon is part of the seed, as the rules say.", () => {
      return beacon === null ? null : "A beacon is part of the seed, though the rules name none.";
    });
  }
  const isLate = frozenAtMs !== null && findRoundThatCounts("draw", chain, frozenAtMs) !== chain.round;
  return takeStep("beacon", tellBeacon(isLate), () => {
    if (frozenAtMs === null) return "Without a signed freeze nobody knows which round counts.";
    if (beacon === null) return "The beacon is missing.";
    const round = findRoundThatCounts("draw", chain, frozenAtMs);
    const isSigned = checkDrandSignature(chain, round, bytesFromHex(beacon));
    return isSigned ? null : `The chain's key did not sign this as round ${round}.`;
  });
}
