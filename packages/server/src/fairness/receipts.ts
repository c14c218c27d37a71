import type { SigningKeys } from "../platform/signing-keys/index.ts";
import type { LogHead } from "./append-to-log.ts";
import { hashLeafText, leafPrefix, treeOfLeaves } from "./merkle-tree.ts";
import { signStatement } from "./statement.ts";

/** What a receipt tells of an entry as the canonical JSON that is hashed, and the salt in hex that only the entrant is given. */
export interface ReceiptFacts {
  readonly body: string;
  readonly salt: string;
}

/**
 * The receipts of a group that was written together, in its order, each as JSON: it is part of the answer of everybody who enters.
 * The group is signed once, and each receipt proves that it is in it; the signature names the log's head as the group saw it, so
 * that the log cannot be rewritten behind it. A receipt is never kept: whoever asks later is given one that is made anew.
 *
 * @param head the log as it is committed when the entries are
 * @param nowMs milliseconds since 1970, by which the key is chosen
 */
export function makeReceipts(
  keys: SigningKeys,
  group: readonly ReceiptFacts[],
  head: LogHead,
  nowMs: number,
): string[] {
  if (group.length === 0) return [];
  // Hashing lays a text out in one piece, of which the body is a part: a text of many parts is walked through whenever it is read.
  const leaves = group.map(({ body }) => leafPrefix + body);
  const tree = treeOfLeaves(leaves.map(hashLeafText));
  const size = group.length;
  const statement = {
    logHead: head.root.toString("hex"),
    logSize: head.size,
    root: tree.root.toString("hex"),
    size,
  };
  const signature = signStatement(keys, "receipt+jws", statement, nowMs);
  const paths = tree.pathTexts();
  return group.map(
    ({ salt }, index) =>
      `{"body":${leaves[index]?.slice(leafPrefix.length)},"salt":"${salt}","index":${index},"size":${size}` +
      `,"path":[${paths[index]}],"signature":"${signature}"}`,
  );
}
