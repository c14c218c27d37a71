import type { ReceiptBody } from "@stanchion/verify";

/**
 * Why a saved entry.json says nothing of a receipt's entry, as the end of a sentence: it is none, or of another entry or draw. Null: it
 * is of this one, true or not. One that has the receipt's number or its entry is of this one, since somebody else at the receipt's
 * number is what the check is there to find.
 *
 * @example findEntryMixUp({}, receipt.body) === "is no proof of an entry."
 */
export function findEntryMixUp(document: unknown, body: ReceiptBody): string | null {
  const entry = Object(document);
  // A receipt has a path, too.
  const isEntry =
    Object.hasOwn(entry, "leaf") || (Object.hasOwn(entry, "path") && !Object.hasOwn(entry, "body"));
  if (!isEntry) return "is no proof of an entry.";
  const { drawId, entryId, number } = readLeaf(entry.leaf);
  if (typeof drawId !== "string" || typeof entryId !== "string" || typeof number !== "number") return null;
  if (drawId !== body.distributionId) return `is of an entry of another draw, ${drawId}.`;
  if (number === body.number || entryId === body.entryId) return null;
  return `is of another entry, number ${number}, and the receipt is of number ${body.number}.`;
}

/** Members of a leaf's text, of whatever shape. */
function readLeaf(text: unknown): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(String(text)));
  } catch {
    return {};
  }
}
