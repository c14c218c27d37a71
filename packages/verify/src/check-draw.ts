import { bytesFromHex, bytesFromText } from "./bytes.ts";
import { checkClaimedLevel } from "./check-claimed-level.ts";
import { checkDrawAwards, countDenied } from "./check-draw-awards.ts";
import { checkDrawCancellation, findCancellation } from "./check-draw-cancellation.ts";
import { type CheckedFreeze, checkDrawBeacon, checkDrawChain, checkDrawFreeze } from "./check-draw-freeze.ts";
import {
  type DrawList,
  findRemovalFault,
  type OwnLeaf,
  readDrawLeaf,
  readDrawList,
} from "./check-draw-list.ts";
import { findLaterAwards, isBehindLog } from "./check-draw-log.ts";
import { checkDrawOutcome, type ListOfOutcome } from "./check-draw-outcome.ts";
import { checkDrawReceipt, findRemovalReason, needsEntryProof } from "./check-draw-receipt.ts";
import { checkDrawCommitment, checkDrawRules } from "./check-draw-rules.ts";
import { checkDrawVoid, findVoid } from "./check-draw-void.ts";
import { checkLog } from "./check-log.ts";
import { type CheckStep, takeStep } from "./check-step.ts";
import { checkWitness } from "./check-witness.ts";
import type { Award, Removal } from "./draw.ts";
import {
  type DrawProof,
  type FrozenDrawProof,
  isCancelled,
  isDrawn,
  isFrozen,
  isVoid,
  type PublishedDrawProof,
} from "./draw-proof.ts";
import { type DrawLevel, findLevel, type Trust } from "./find-level.ts";
import { findReceiptMixUp } from "./find-receipt-mix-up.ts";
import { inParts } from "./in-parts.ts";
import { checkInclusion } from "./inclusion-proof.ts";
import type { Jwks } from "./jws.ts";
import { knownTimeAuthorities } from "./known-time-authorities.ts";
import { hashLeaf } from "./merkle-tree.ts";
import type { LogPage } from "./read-log.ts";
import type { Receipt } from "./receipt.ts";

export interface DrawEvidence {
  readonly proof: PublishedDrawProof;
  /** The operator's keys. */
  readonly jwks: Jwks;
  /** What an entrant was given, to see that this entry was in the draw and where it stood. */
  readonly receipt?: Receipt;
  /** The draw that was asked for, where the proof came from an address: it must not be another's. */
  readonly askedId?: string | undefined;
  readonly trust?: Trust;
  /** The organization's fairness log from its first entry on, asked for after the proof. */
  readonly log?: readonly LogPage[];
  /** The texts of the leaves in their order, without line ends: all of them, or some at a time as they come. */
  readonly leaves: Iterable<string> | AsyncIterable<readonly string[]>;
}

/** One entrant's evidence: all that is needed without the list. */
export interface DrawEntryEvidence {
  readonly proof: PublishedDrawProof;
  readonly jwks: Jwks;
  readonly receipt?: Receipt;
  /** The draw that was asked for, where the proof came from an address: it must not be another's. */
  readonly askedId?: string | undefined;
  readonly trust?: Trust;
  /** The organization's fairness log from its first entry on, asked for after the proof. */
  readonly log?: readonly LogPage[];
  /** As the entry's public address answers it; not needed where `needsEntryProof` says so. */
  readonly entry?: DrawEntryProof | undefined;
}

/** The way from one entry's leaf to the root of the list. */
export interface DrawEntryProof {
  /** The leaf's text. */
  readonly leaf: string;
  readonly index: number;
  readonly path: readonly string[];
}

export interface CheckedDraw {
  /** In the order in which the draw's events follow from each other. */
  readonly steps: readonly CheckStep[];
  /** Null unless the draw is drawn and every step holds. */
  readonly level: DrawLevel | null;
  /** How far the draw has come: what is not published yet is not checked. */
  readonly stage: "announced" | "frozen" | "drawn";
  /** Where the receipt's entry stood, or the one entry that was checked; null as long as nothing is drawn, without such an entry, or where the receipt does not hold. */
  readonly standing: DrawStanding | null;
  /** Why the operator's list says that the receipt's entry is not in it: it was taken out before the freeze; null: it was not, or the receipt does not hold. */
  readonly removal: Removal["reason"] | null;
  /** Whether the log has more of the draw than the proof shows: then the proof is to be asked for again. */
  readonly isBehindLog: boolean;
  /** When the draw was called off: it gave nobody a place, and of a list that was fixed the order shows what would have been. Null: it was not. */
  readonly cancelledAt: string | null;
  /** When the draw came to nothing, since the beacon that it waited for never came. Null: it did not. */
  readonly voidedAt: string | null;
  /** What the log has of the seats behind what the proof shows; null as long as nothing is drawn, or where no log was looked at. */
  readonly laterAwards: { readonly count: number; readonly denied: number } | null;
}

export interface DrawStanding {
  /** In the ranking, from 1. */
  readonly place: number;
  /** Of how many. */
  readonly count: number;
  /** By the draw itself, and not as an alternate afterwards; false where it was called off. */
  readonly hasWon: boolean;
  /** What became of the entry since, as the proof says, and behind that the log. */
  readonly awards: readonly Award[];
}

export interface CheckDrawOptions {
  /** Told after each part of the leaves how many were read. */
  readonly onProgress?: (leavesRead: number) => void;
}

/**
 * Recomputes a draw from its rules to its winners, as far as it has come. The leaves are read once; what is kept of them is some
 * 20 bytes for each. Rejects only when reading the leaves does; whatever proof, keys and receipt hold, what cannot be read does
 * not hold.
 *
 * @example
 * const leaves = splitLines(response.body);
 * const { steps, level } = await checkDraw({ proof, leaves, jwks }, { onProgress: (read) => show(read / proof.count) });
 */
export async function checkDraw(
  evidence: DrawEvidence,
  options: CheckDrawOptions = {},
): Promise<CheckedDraw> {
  const { proof, leaves } = evidence;
  if (!hasRules(proof)) return withoutRules;
  if (!isFrozen(proof)) return judge(evidence, null);
  const list = await readLeaves(evidence, proof, leaves, options);
  return judge(evidence, { ...list, isWhole: true });
}

/**
 * Checks what one entrant needs without the list: that the entry is in it, and which place the draw gave it. What the list says of
 * all others is not looked at. Never throws.
 */
export async function checkDrawEntry(evidence: DrawEntryEvidence): Promise<CheckedDraw> {
  const { proof, entry, receipt } = evidence;
  if (!hasRules(proof)) return withoutRules;
  if (!isFrozen(proof)) return judge(evidence, null);
  const isInList = receipt === undefined || needsEntryProof(proof, receipt);
  return judge(evidence, isInList ? readEntry(proof, entry) : readNoEntry(proof));
}

const withoutRules: CheckedDraw = {
  steps: [{ step: "rules", holds: false, says: "There are no rules of a draw." }],
  level: null,
  stage: "announced",
  standing: null,
  removal: null,
  isBehindLog: false,
  cancelledAt: null,
  voidedAt: null,
  laterAwards: null,
};

function hasRules(proof: PublishedDrawProof | null | undefined): boolean {
  return Boolean(proof?.rules?.beacon);
}

type ReadList = ListOfOutcome & Pick<DrawList, "own" | "steps">;

async function readLeaves(
  { receipt, log }: DrawEvidence,
  proof: FrozenDrawProof,
  leaves: DrawEvidence["leaves"],
  { onProgress }: CheckDrawOptions,
): Promise<DrawList> {
  const list = readDrawList(proof, findNamed(proof, log), receipt?.body?.number);
  for await (const some of inParts(leaves)) {
    for (const leaf of some) list.add(leaf);
    onProgress?.(list.count());
    // Whoever answers without an end is not listened to without one.
    if (list.count() > proof.count) break;
  }
  return list.end();
}

/** The entries that the outcome names, so that their leaves are found on the way. */
function findNamed(proof: FrozenDrawProof, log: DrawEvidence["log"]): Set<string> {
  if (!isDrawn(proof)) return new Set();
  const { winners, awards } = proof;
  const awarded = [...(Array.isArray(awards) ? awards : []), ...findLaterAwards(proof, log ?? [])];
  return new Set([...(Array.isArray(winners) ? winners : []), ...awarded.map((award) => award?.entryId)]);
}

/** A list of which one leaf is known: its root is the proof's own, and the path shows the leaf in it. */
function readEntry(proof: FrozenDrawProof, entry: DrawEntryProof | undefined): ReadList {
  const leaf = readDrawLeaf(entry?.leaf ?? "");
  const own: OwnLeaf | null = leaf && entry ? { leaf, index: entry.index } : null;
  let root: Uint8Array = new Uint8Array();
  const path = takeStep("path", "The entry is in the list, at its place in the order of numbers.", () => {
    root = bytesFromHex(proof.root, 32);
    if (!entry || own === null || own.leaf.drawId !== proof.rules.drawId)
      return "The leaf is no entry of this draw.";
    const fault = findRemovalFault(proof.removals);
    if (fault !== null) return fault;
    const removedBefore = proof.removals.filter(({ number }) => number < own.leaf.number).length;
    if (own.index !== own.leaf.number - 1 - removedBefore)
      return "The leaf stands where its number does not belong.";
    const isIn = checkInclusion({
      leafHash: hashLeaf(bytesFromText(entry.leaf)),
      index: entry.index,
      size: proof.count,
      path: entry.path.map((node) => bytesFromHex(node, 32)),
      root,
    });
    return isIn ? null : "The entry's path does not lead to the root of the list.";
  });
  const indexes = new Map(own && path.holds ? [[own.leaf.entryId, own.index]] : []);
  return { count: proof.count, root, indexes, own: path.holds ? own : null, steps: [path], isWhole: false };
}

/** A list of which no leaf is known, nor asked for. */
function readNoEntry({ count, root }: FrozenDrawProof): ReadList {
  const isRoot = /^[0-9a-f]{64}$/.test(root);
  const known = { root: isRoot ? bytesFromHex(root) : new Uint8Array(), indexes: new Map(), own: null };
  return { count, ...known, steps: [], isWhole: false };
}

/** Puts the steps together in the order of events. */
async function judge(
  { proof, jwks, receipt, askedId, log, trust = {} }: Omit<DrawEvidence, "leaves">,
  list: ReadList | null,
): Promise<CheckedDraw> {
  const freeze = isFrozen(proof) && list !== null ? checkDrawFreeze(proof, jwks) : null;
  const authorities = [...knownTimeAuthorities, ...(trust.authorities ?? [])];
  const witness =
    isFrozen(proof) && freeze !== null
      ? await checkWitness("draw", proof, freeze.frozenAtMs, authorities)
      : null;
  const outcome = isDrawn(proof) && list !== null ? checkDrawOutcome(proof, list) : null;
  const later = isDrawn(proof) && log ? findLaterAwards(proof, log) : null;
  const own = list?.own ?? null;
  const ofReceipt = receipt ? checkDrawReceipt(proof, own, receipt, jwks) : [];
  const isOfDraw = receipt !== undefined && findReceiptMixUp(proof, receipt) === null;
  const steps = [
    checkDrawRules(proof, askedId),
    checkDrawChain(proof),
    ...commitmentSteps(proof, freeze),
    ...(list?.steps ?? []),
    ...(freeze === null ? [] : [freeze.step]),
    ...(witness === null ? [] : [witness.step]),
    ...(isDrawn(proof) && freeze !== null ? [checkDrawBeacon(proof, freeze.frozenAtMs)] : []),
    ...(outcome?.steps ?? []),
    ...(isCancelled(proof) ? [checkDrawCancellation(proof)] : []),
    ...(isVoid(proof) ? [checkDrawVoid(proof, freeze?.frozenAtMs ?? null)] : []),
    ...(isDrawn(proof) && list && outcome && !isCancelled(proof)
      ? [
          checkDrawAwards(
            proof,
            { ...list, ranking: outcome.ranking },
            {
              later: later ?? [],
              frozenAtMs: freeze?.frozenAtMs ?? null,
            },
          ),
        ]
      : []),
    ...ofReceipt,
    ...(log ? checkLog({ pages: log, jwks, proof, ...(isOfDraw ? { receipt } : {}) }) : []),
  ];
  const holds = steps.every((step) => step.holds);
  const provable = holds ? findLevel(proof.rules.beacon, witness?.isWitnessed === true, trust) : null;
  const stage = isDrawn(proof) ? "drawn" : isFrozen(proof) ? "frozen" : "announced";
  const standing =
    isDrawn(proof) && outcome && own && ofReceipt.every((step) => step.holds)
      ? findStanding(proof, own, outcome.ranking, later ?? [])
      : null;
  const isOver = (isCancelled(proof) || isVoid(proof)) && !isDrawn(proof);
  const levelSteps = isOver ? [] : checkClaimedLevel(proof.level, provable, isDrawn(proof));
  return {
    steps: [...steps, ...levelSteps],
    level: stage === "drawn" ? provable : null,
    stage,
    standing,
    removal: receipt && ofReceipt.every((step) => step.holds) ? findRemovalReason(proof, receipt) : null,
    isBehindLog: isBehindLog(proof, log),
    cancelledAt: findCancellation(proof, log ?? []),
    voidedAt: findVoid(proof, log ?? []),
    laterAwards: later && { count: later.length, denied: countDenied(later) },
  };
}

/** Once the seed is shown: by the draw, or with a beacon by the freeze. */
function commitmentSteps(proof: PublishedDrawProof, freeze: CheckedFreeze | null): CheckStep[] {
  if (isDrawn(proof)) return [checkDrawCommitment(proof, proof.serverSeed)];
  const isShown = freeze !== null && freeze.serverSeed !== null;
  return isShown ? [checkDrawCommitment(proof, freeze.serverSeed)] : [];
}

function findStanding(
  proof: DrawProof,
  { leaf, index }: OwnLeaf,
  ranking: Uint32Array,
  later: readonly Award[],
): DrawStanding | null {
  const { rules, awards } = proof;
  const place = ranking.indexOf(index) + 1;
  if (place === 0) return null;
  const all = [...(Array.isArray(awards) ? awards : []), ...later];
  const own = all.filter((award) => award?.entryId === leaf.entryId);
  const hasWon = place <= rules.winnerCount && !isCancelled(proof);
  return { place, count: ranking.length, hasWon, awards: own };
}
