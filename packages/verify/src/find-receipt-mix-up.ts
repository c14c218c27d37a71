import { isOfLine } from "./line-proof.ts";
import { findReceiptFault } from "./receipt.ts";

/**
 * Why a receipt says nothing of the draw or line of a proof, in a sentence: it is none, or of another. Null: it is of this one.
 *
 * @example findReceiptMixUp(proof, receipt) === null
 */
export function findReceiptMixUp(proof: { readonly rules: unknown }, receipt: unknown): string | null {
  const fault = findReceiptFault(receipt);
  if (fault !== null) return fault;
  const { distributionId } = Object(receipt).body;
  const { drawId, queueId } = Object(proof.rules);
  const [what, id] = isOfLine(proof) ? ["line", queueId] : ["draw", drawId];
  return distributionId === id
    ? null
    : `The receipt is of another ${what}, ${distributionId}, and not of ${id}.`;
}
