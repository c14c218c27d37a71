import { type CheckStep, takeStep } from "./check-step.ts";
import { readTime } from "./draw-proof.ts";
import { findReceiptMixUp } from "./find-receipt-mix-up.ts";
import type { Jwks } from "./jws.ts";
import { isLineFrozen, isLinePlain, type PublishedLineProof } from "./line-proof.ts";
import type { Cohort } from "./read-cohort.ts";
import { checkReceipt, type Receipt } from "./receipt.ts";
import { areSame } from "./same-json.ts";

/**
 * The steps of a receipt by itself, and `ticket`: that the line has the ticket that the receipt is for. That one alone where the
 * receipt says nothing of this line: whatever else does not fit follows from the mix-up.
 * @param cohort what the list says; null where it is not fixed yet, or not shown
 */
export function checkLineReceipt(
  proof: PublishedLineProof,
  cohort: Cohort | null,
  receipt: Receipt,
  jwks: Jwks,
): CheckStep[] {
  const mixUp = findReceiptMixUp(proof, receipt);
  if (mixUp !== null) return [{ step: "ticket", holds: false, says: mixUp }];
  const steps = checkReceipt(receipt, jwks).map((one) => ({ ...one, step: `receipt's ${one.step}` }));
  const { rulesHash, ticket, level, subject, enteredAt } = receipt.body;
  const isEarly = isLineFrozen(proof) && Number(ticket) <= proof.n;
  const ticketStep = takeStep("ticket", tellOf(proof, cohort, isEarly), () => {
    if (rulesHash !== proof.rulesHash) return "The receipt is of other rules.";
    if (!Number.isSafeInteger(ticket) || Number(ticket) < 1) return "The receipt has no ticket.";
    const isBefore = isLineFrozen(proof) && readTime(enteredAt) < readTime(proof.rules.openAt);
    if (isBefore && !isEarly)
      return `The receipt's ticket came at ${enteredAt}, before the opening, and the list of those who did leaves it out.`;
    if (isEarly && !isBefore)
      return `The receipt's ticket came at ${enteredAt}, after the opening, and the list has it among those who came before.`;
    if (!isEarly || cohort === null) return null;
    return areSame(cohort.own, { level, subject }) ? null : "The line has somebody else at this ticket.";
  });
  return [...steps, ticketStep];
}

function tellOf(proof: PublishedLineProof, cohort: Cohort | null, isEarly: boolean): string {
  if (isLinePlain(proof)) return "The receipt is of this line and its rules: it stands where it came.";
  if (!isLineFrozen(proof)) return "The receipt is of this line and its rules; the list is not fixed yet.";
  if (isEarly && cohort === null)
    return "The receipt is of this line and its rules; the list is fixed, and shown when the order is drawn.";
  return isEarly
    ? "The line has the receipt's ticket, just as the receipt says."
    : "The receipt's ticket came after the opening: it stands where it came.";
}
