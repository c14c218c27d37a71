import { canonicalJson } from "../platform/canonical-json.ts";
import type { SigningKeys } from "../platform/signing-keys/index.ts";
import type { LogHead } from "./append-to-log.ts";
import type { Hashed } from "./log-entry.ts";
import { hashLeaf, treeOfLeaves } from "./merkle-tree.ts";
import { signStatement } from "./statement.ts";

/** What a receipt tells of an entry, and the salt in hex that only the entrant is given. */
export interface ReceiptFacts<Body extends Hashed> {
  readonly body: Body;
  readonly salt: string;
}

/** A receipt as it crosses the wire: hashes in hex, the signature a compact JWS. */
export interface SignedReceipt<Body extends Hashed> extends ReceiptFacts<Body> {
  readonly index: number;
  readonly size: number;
  readonly path: string[];
  readonly signature: string;
}

/**
 * The receipts of a group that was written together, in its order. The group is signed once, and each receipt proves that it is in
 * it; the signature names the log's head as the group saw it, so that the log cannot be rewritten behind it. A receipt is never kept:
 * whoever asks later is given one that is made anew.
 *
 * @param head the log as it is committed when the entries are
 * @param nowMs milliseconds since 1970, by which the key is chosen
 */
export function makeReceipts<Body extends Hashed>(
  keys: SigningKeys,
  group: readonly ReceiptFacts<Body>[],
  head: LogHead,
  nowMs: number,
): SignedReceipt<Body>[] {
  if (group.length === 0) return [];
  const tree = treeOfLeaves(group.map(({ body }) => hashLeaf(canonicalJson(body))));
  const size = group.length;
  const statement = {
    logHead: head.root.toString("hex"),
    logSize: head.size,
    root: tree.root.toString("hex"),
    size,
  };
  const signature = signStatement(keys, "receipt+jws", statement, nowMs);
  return group.map(({ body, salt }, index) => {
    const path = tree.pathOf(index).map((hash) => hash.toString("hex"));
    return { body, salt, index, size, path, signature };
  });
}
