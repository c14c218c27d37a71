import { shapes } from "@stanchion/contract";
import { makeReceipts } from "../../fairness/index.ts";
import type { SigningKeys } from "../../platform/signing-keys/index.ts";

/** What a receipt tells of an entry. Ids as on the wire, bytes in hex. */
export interface EntryFacts {
  readonly entryId: string;
  readonly drawId: string;
  readonly consumerId: string;
  /** Index in the contract's `entryLevels`. */
  readonly level: number;
  readonly salt: string;
  readonly subject: string;
  readonly number: number;
  readonly enteredAt: string;
  readonly rulesHash: string;
}

/**
 * Makes the receipts of entries that are signed together, as JSON. `head`: the log as they saw it; `atMs`: in ms since 1970, by which
 * the key is chosen.
 */
export type ReceiptMaker = (
  entries: readonly EntryFacts[],
  head: { readonly logSize: number; readonly logRoot: Buffer },
  atMs: number,
) => readonly string[];

export function receiptMaker(keys: SigningKeys): ReceiptMaker {
  return (entries, { logSize: size, logRoot: root }, atMs) => {
    const texts = entries.map((entry) => ({ body: bodyText(entry), salt: entry.salt }));
    return makeReceipts(keys, texts, { size, root }, atMs);
  };
}

/** The body as canonical JSON. Written out by hand, members in their order: it is made for everybody who enters. */
function bodyText(entry: EntryFacts): string {
  return (
    `{"consumerId":"${entry.consumerId}","distributionId":"${entry.drawId}","enteredAt":"${entry.enteredAt}"` +
    `,"entryId":"${entry.entryId}","level":"${shapes.entryLevels[entry.level] ?? "guest"}","number":${entry.number}` +
    `,"rulesHash":"${entry.rulesHash}","subject":"${entry.subject}"}`
  );
}
