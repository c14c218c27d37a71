import { encodeId, type Receipt, shapes } from "@stanchion/contract";
import { makeReceipts, type ReceiptFacts } from "../../fairness/index.ts";
import type { SigningKeys } from "../../platform/signing-keys/index.ts";
import type { EnterItem } from "./draw-group-store.ts";

/** What a receipt tells of an entry, as rows and groups have it. Ids are UUIDs. */
export interface EntryFacts extends Pick<EnterItem, "entryId" | "consumerId" | "level" | "salt" | "subject"> {
  readonly drawId: string;
  readonly number: number;
  readonly enteredAtMs: number;
  readonly rulesHash: Buffer;
}

/**
 * Makes the receipts of entries that are signed together. `head`: the log as they saw it; `atMs`: in ms since 1970, by which the key
 * is chosen.
 */
export type ReceiptMaker = (
  entries: readonly EntryFacts[],
  head: { readonly logSize: number; readonly logRoot: Buffer },
  atMs: number,
) => readonly Receipt[];

export function receiptMaker(keys: SigningKeys): ReceiptMaker {
  return (entries, { logSize: size, logRoot: root }, atMs) =>
    makeReceipts(keys, entries.map(receiptFacts), { size, root }, atMs);
}

function receiptFacts(entry: EntryFacts): ReceiptFacts<Receipt["body"]> {
  return {
    body: {
      consumerId: encodeId("consumer", entry.consumerId),
      distributionId: encodeId("draw", entry.drawId),
      enteredAt: new Date(entry.enteredAtMs).toISOString(),
      entryId: encodeId("entry", entry.entryId),
      level: shapes.entryLevels[entry.level] ?? "guest",
      number: entry.number,
      rulesHash: entry.rulesHash.toString("hex"),
      subject: entry.subject.toString("hex"),
    },
    salt: entry.salt.toString("hex"),
  };
}
