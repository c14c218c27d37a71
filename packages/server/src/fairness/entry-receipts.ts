import { shapes } from "@stanchion/contract";
import type { SigningKeys } from "../platform/signing-keys/index.ts";
import { makeReceipts } from "./receipts.ts";

/** What a receipt tells of an entry. Ids as on the wire, bytes in hex. */
export interface EntryFacts {
  readonly entryId: string;
  readonly distributionId: string;
  readonly consumerId: string;
  /** Index in the contract's `entryLevels`. */
  readonly level: number;
  readonly salt: string;
  readonly subject: string;
  /** In the order of arrival, from 1. */
  readonly place: number;
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

/** `placeName`: a draw numbers its entries, a line hands out tickets. */
export function receiptMaker(keys: SigningKeys, placeName: "number" | "ticket"): ReceiptMaker {
  const bodyText = placeName === "number" ? drawBody : lineBody;
  return (entries, { logSize: size, logRoot: root }, atMs) => {
    const texts = entries.map((entry) => ({ body: bodyText(entry), salt: entry.salt }));
    return makeReceipts(keys, texts, { size, root }, atMs);
  };
}

// Canonical JSON, written out by hand with the members in their order: it is made for everybody who enters.
function drawBody(entry: EntryFacts): string {
  return `${bodyHead(entry)},"number":${entry.place}${bodyTail(entry)}}`;
}

function lineBody(entry: EntryFacts): string {
  return `${bodyHead(entry)}${bodyTail(entry)},"ticket":${entry.place}}`;
}

function bodyHead(entry: EntryFacts): string {
  return (
    `{"consumerId":"${entry.consumerId}","distributionId":"${entry.distributionId}","enteredAt":"${entry.enteredAt}"` +
    `,"entryId":"${entry.entryId}","level":"${shapes.entryLevels[entry.level] ?? "guest"}"`
  );
}

function bodyTail({ rulesHash, subject }: EntryFacts): string {
  return `,"rulesHash":"${rulesHash}","subject":"${subject}"`;
}
