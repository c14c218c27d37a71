import { bytesFromHex, hexFromBytes } from "./bytes.ts";
import { checkClaimedLevel } from "./check-claimed-level.ts";
import type { CheckedFreeze } from "./check-draw-freeze.ts";
import {
  checkLineBeacon,
  checkLineChain,
  checkLineCommitment,
  checkLineFreeze,
  checkLineRules,
} from "./check-line-freeze.ts";
import { isLineBehindLog } from "./check-line-log.ts";
import { checkLineReceipt } from "./check-line-receipt.ts";
import { checkLog } from "./check-log.ts";
import { type CheckStep, takeStep } from "./check-step.ts";
import { checkWitness } from "./check-witness.ts";
import { hashRules } from "./draw.ts";
import { readTime } from "./draw-proof.ts";
import { type DrawLevel, findLevel, type Trust } from "./find-level.ts";
import { findReceiptMixUp } from "./find-receipt-mix-up.ts";
import { inParts } from "./in-parts.ts";
import type { Jwks } from "./jws.ts";
import { knownTimeAuthorities } from "./known-time-authorities.ts";
import { makeLineSeed, rankTicket } from "./line.ts";
import { findLineEnd, findRankFate, type LineEnd, type RankFate } from "./line-progress.ts";
import {
  type FrozenLineProof,
  isLineDrawn,
  isLineFrozen,
  isLinePlain,
  type LineProof,
  type PublishedLineProof,
} from "./line-proof.ts";
import { type Cohort, readCohort } from "./read-cohort.ts";
import type { LogPage } from "./read-log.ts";
import type { Receipt } from "./receipt.ts";

export interface LineEvidence {
  readonly proof: PublishedLineProof;
  /**
   * The texts of the leaves in the order of their tickets: all of them, or some at a time as they come. Left out where the order is not
   * drawn yet: the list is shown when it is.
   */
  readonly leaves?: Iterable<string> | AsyncIterable<readonly string[]>;
  /** The operator's keys. */
  readonly jwks: Jwks;
  /** What a fan was given at joining, to see that the ticket is in the list and where it stands. */
  readonly receipt?: Receipt;
  /** The line that was asked for, where the proof came from an address: it must not be another's. */
  readonly askedId?: string | undefined;
  readonly trust?: Trust;
  /** The organization's fairness log from its first entry on, asked for after the proof. */
  readonly log?: readonly LogPage[];
}

export interface CheckedLine {
  /** In the order in which the opening's events follow from each other. */
  readonly steps: readonly CheckStep[];
  /** Null unless the order is drawn and every step holds. */
  readonly level: DrawLevel | null;
  /** How far the opening has come: what is not published yet is not checked. `plain`: nothing is drawn in this line. */
  readonly stage: "announced" | "frozen" | "drawn" | "plain";
  /** Where the receipt's ticket stands; null as long as the order is not drawn, without a receipt, or where it does not hold. */
  readonly standing: LineStanding | null;
  /** Whether the log has more of the opening than the proof shows: then the proof is to be asked for again. */
  readonly isBehindLog: boolean;
  /** When the operator ended the line, by the log; null: not, or no log was looked at. */
  readonly ended: LineEnd | null;
}

export interface LineStanding {
  readonly ticket: number;
  /** From 1; those who came after the opening stand behind all before it. */
  readonly rank: number;
  /** Of how many the order was drawn; 0 where nothing is. */
  readonly count: number;
  /** What the log says became of the rank; null where no log was looked at, or it cannot be read. */
  readonly fate: RankFate | null;
}

/**
 * Recomputes the opening of a line from its rules to a receipt's rank, as far as it has come. Rejects only when reading the leaves
 * does; whatever else it is given, what cannot be read does not hold.
 *
 * @param options.onProgress told after each part of the leaves how many were read
 * @example
 * const { steps, standing } = await checkLine({ proof, leaves: splitLines(response.body), jwks, receipt, log });
 */
export async function checkLine(
  evidence: LineEvidence,
  options: { readonly onProgress?: (leavesRead: number) => void } = {},
): Promise<CheckedLine> {
  const { proof } = evidence;
  if (!proof?.rules?.beacon) {
    const rules = { step: "rules", holds: false, says: "There are no rules of a line." };
    return {
      steps: [rules],
      level: null,
      stage: "announced",
      standing: null,
      isBehindLog: false,
      ended: null,
    };
  }
  const isShown = isLineDrawn(proof) || (isLineFrozen(proof) && evidence.leaves !== undefined);
  return judge(evidence, isShown ? await readLeaves(evidence, proof, options) : null);
}

async function readLeaves(
  { leaves = [], receipt }: LineEvidence,
  proof: FrozenLineProof,
  { onProgress }: { readonly onProgress?: (leavesRead: number) => void },
): Promise<Cohort> {
  const cohort = readCohort(proof, receipt?.body?.ticket);
  for await (const some of inParts(leaves)) {
    for (const leaf of some) cohort.add(leaf);
    onProgress?.(cohort.count());
    // Whoever answers without an end is not listened to without one.
    if (!(cohort.count() <= proof.n)) break;
  }
  return cohort.end();
}

/** Puts the steps together in the order of events. */
async function judge(
  { proof, jwks, receipt, askedId, log, trust = {} }: LineEvidence,
  cohort: Cohort | null,
): Promise<CheckedLine> {
  const freeze = isLineFrozen(proof) ? checkLineFreeze(proof, jwks) : null;
  const authorities = [...knownTimeAuthorities, ...(trust.authorities ?? [])];
  const witness =
    isLineFrozen(proof) && freeze ? await checkWitness("line", proof, freeze.frozenAtMs, authorities) : null;
  const seed = isLineDrawn(proof) && cohort ? checkSeed(proof, cohort) : null;
  const ofReceipt = receipt ? checkLineReceipt(proof, cohort, receipt, jwks) : [];
  const isOfLine = receipt !== undefined && findReceiptMixUp(proof, receipt) === null;
  const steps = [
    checkLineRules(proof, askedId),
    checkLineChain(proof),
    ...commitmentSteps(proof, freeze),
    ...(cohort?.steps ?? []),
    ...(freeze ? [freeze.step] : []),
    ...(witness ? [witness.step] : []),
    ...(isLineDrawn(proof) && freeze ? [checkLineBeacon(proof, freeze.frozenAtMs)] : []),
    ...(seed ? [seed.step] : []),
    ...ofReceipt,
    ...(log ? checkLog({ pages: log, jwks, proof, ...(isOfLine ? { receipt } : {}) }) : []),
  ];
  const isDrawn = isLineDrawn(proof);
  const holds = steps.every((step) => step.holds);
  const provable = holds ? findLevel(proof.rules.beacon, witness?.isWitnessed === true, trust) : null;
  const hasTicket = receipt !== undefined && ofReceipt.every((step) => step.holds);
  const stage = stageOf(proof);
  return {
    steps: stage === "plain" ? steps : [...steps, ...checkClaimedLevel(proof.level, provable, isDrawn)],
    level: isDrawn ? provable : null,
    stage,
    standing: hasTicket ? findStanding(proof, seed?.bytes ?? null, receipt, log) : null,
    isBehindLog: isLineBehindLog(proof, log),
    ended: log ? findLineEnd(log, proof.rules.queueId) : null,
  };
}

function stageOf(proof: PublishedLineProof): CheckedLine["stage"] {
  if (isLineDrawn(proof)) return "drawn";
  if (isLineFrozen(proof)) return "frozen";
  return isLinePlain(proof) ? "plain" : "announced";
}

/** Once the seed is shown: by the drawing, or with a beacon by the freeze. */
function commitmentSteps(proof: PublishedLineProof, freeze: CheckedFreeze | null): CheckStep[] {
  if (isLineDrawn(proof)) return [checkLineCommitment(proof, proof.serverSeed)];
  const isShown = freeze !== null && freeze.serverSeed !== null;
  return isShown ? [checkLineCommitment(proof, freeze.serverSeed)] : [];
}

/** `seed`: whether rules, list and chance make the proof's seed; `bytes` are what they make. */
function checkSeed(
  proof: LineProof,
  { root, count }: Cohort,
): { readonly step: CheckStep; readonly bytes: Uint8Array | null } {
  let bytes: Uint8Array | null = null;
  const step = takeStep("seed", "Rules, list and chance make the seed of the order.", () => {
    const drawnAt = proof.drawnAt ?? null;
    if (drawnAt !== null && readTime(drawnAt) < readTime(proof.rules.openAt))
      return `The proof says that the order was drawn at ${drawnAt}, before the opening.`;
    bytes = makeLineSeed({
      rulesHash: hashRules(proof.rules),
      root,
      count,
      serverSeed: bytesFromHex(proof.serverSeed, 32),
      beacon: bytesFromHex(proof.beacon ?? ""),
    });
    return hexFromBytes(bytes) === proof.seed ? null : "Rules, list and chance make another seed.";
  });
  return { step, bytes };
}

function findStanding(
  proof: PublishedLineProof,
  seed: Uint8Array | null,
  { body: { ticket } }: Receipt,
  log: LineEvidence["log"],
): LineStanding | null {
  if (ticket === undefined) return null;
  const stand = (rank: number, count: number): LineStanding => {
    const fate = log ? findRankFate({ rank, ticket }, log, proof.rules.queueId) : null;
    return { ticket, rank, count, fate };
  };
  if (isLinePlain(proof)) return stand(ticket, 0);
  if (!isLineDrawn(proof) || seed === null) return null;
  const { n } = proof;
  const isCount = Number.isInteger(n) && n >= 0 && n < 2 ** 32;
  return isCount ? stand(rankTicket(ticket, n, seed), n) : null;
}
