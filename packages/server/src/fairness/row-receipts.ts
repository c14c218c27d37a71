import type { EntryFacts, ReceiptMaker } from "./entry-receipts.ts";

/** A row of an entry, with the log as it is to be signed with it. */
export interface SignedRow {
  readonly entryId: string;
  readonly logSize: number;
  readonly logRoot: Buffer;
}

/**
 * The receipts of groups of rows, each signed together, by the ids of their entries.
 * @param of what a receipt tells of a row, and by which time its group's key is chosen, in ms since 1970
 */
export function receiptsOfGroups<Row extends SignedRow>(
  groups: Iterable<readonly Row[]>,
  makeReceipts: ReceiptMaker,
  of: { readonly facts: (row: Row) => EntryFacts; readonly signedAtMs: (row: Row) => number },
): Map<string, string> {
  const receipts = new Map<string, string>();
  for (const rows of groups) {
    const [first] = rows;
    if (first === undefined) continue;
    const made = makeReceipts(rows.map(of.facts), first, of.signedAtMs(first));
    for (const [index, { entryId }] of rows.entries()) receipts.set(entryId, made[index] ?? "null");
  }
  return receipts;
}

/** Rows that are signed with the same head of the same log. */
export function groupsByLog<Row extends SignedRow>(rows: readonly Row[]): Iterable<readonly Row[]> {
  return Map.groupBy(rows, ({ logRoot }) => logRoot.toString("hex")).values();
}
