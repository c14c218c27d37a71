import { findRemovalFault, type OwnLeaf } from "./check-draw-list.ts";
import { type CheckStep, takeStep } from "./check-step.ts";
import type { Removal } from "./draw.ts";
import {
  type AnnouncedDrawProof,
  type FrozenDrawProof,
  isFrozen,
  type PublishedDrawProof,
} from "./draw-proof.ts";
import { findReceiptMixUp } from "./find-receipt-mix-up.ts";
import type { Jwks } from "./jws.ts";
import { checkReceipt, type Receipt } from "./receipt.ts";
import { areSame } from "./same-json.ts";

/** Whether it takes the proof of the receipt's entry to check it: the list is fixed, and does not say that the entry was taken out. */
export function needsEntryProof(proof: PublishedDrawProof, receipt: Receipt): boolean {
  const isOfDraw = findReceiptMixUp(proof, receipt) === null;
  return isOfDraw && isFrozen(proof) && findRemoval(proof, receipt) === undefined;
}

/**
 * The steps of a receipt by itself, and `entry`: that the list has the entry that the receipt is for, or says why not. That one
 * alone where the receipt says nothing of this draw: whatever else does not fit follows from the mix-up.
 * @param own the leaf of the receipt's number; null where the list has none, or is not fixed yet
 */
export function checkDrawReceipt(
  proof: AnnouncedDrawProof,
  own: OwnLeaf | null,
  receipt: Receipt,
  jwks: Jwks,
): CheckStep[] {
  const mixUp = findReceiptMixUp(proof, receipt);
  if (mixUp !== null) return [{ step: "entry", holds: false, says: mixUp }];
  const steps = checkReceipt(receipt, jwks).map((one) => ({ ...one, step: `receipt's ${one.step}` }));
  const removal = findRemoval(proof, receipt);
  const entry = takeStep("entry", tellOf(proof, removal), () => {
    const { rulesHash, entryId, level, number, subject } = receipt.body;
    if (rulesHash !== proof.rulesHash) return "The receipt is of other rules.";
    if (!isFrozen(proof)) return null;
    if (removal !== undefined) return findNumbersFault(proof);
    const leaf = own?.leaf;
    const isSame =
      leaf &&
      areSame([leaf.entryId, leaf.level, leaf.number, leaf.subject], [entryId, level, number, subject]);
    return isSame ? null : "The draw has no such entry.";
  });
  return [...steps, entry];
}

/** What is wrong with the removals without the list: each number given is a leaf or removed, and none is both. */
function findNumbersFault({ removals, count, lastNumber }: FrozenDrawProof): string | null {
  const areAll = count + removals.length === lastNumber;
  return (
    findRemovalFault(removals) ?? (areAll ? null : "Leaves and removals are not as many as the numbers.")
  );
}

function tellOf(proof: AnnouncedDrawProof, removal: Removal | undefined): string {
  if (removal)
    return `The receipt's entry was taken out before the freeze, as the proof says: ${removal.reason}.`;
  return isFrozen(proof)
    ? "The receipt's entry was in the draw, just as the receipt says."
    : "The receipt is of this draw and its rules; the list is not fixed yet.";
}

/** Why the list says that the receipt's entry was taken out before the freeze; null: it does not say so. */
export function findRemovalReason(proof: AnnouncedDrawProof, receipt: Receipt): Removal["reason"] | null {
  return findRemoval(proof, receipt)?.reason ?? null;
}

function findRemoval(proof: AnnouncedDrawProof, receipt: Receipt): Removal | undefined {
  const removals = isFrozen(proof) && Array.isArray(proof.removals) ? proof.removals : [];
  return removals.find((one) => one?.number === receipt.body?.number);
}
