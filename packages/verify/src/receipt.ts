import { bytesFromHex, bytesFromText, hexFromBytes } from "./bytes.ts";
import { canonicalJson } from "./canonical-json.ts";
import { hashSubject } from "./draw.ts";
import { checkInclusion } from "./inclusion-proof.ts";
import { checkStatement, type Jwks } from "./jws.ts";
import { hashLeaf } from "./merkle-tree.ts";

/** What an entrant is given: proof that the entry was made, with the log as it stood then. */
export interface Receipt {
  readonly body: ReceiptBody;
  /** 16 bytes in hex, which only the entrant has. */
  readonly salt: string;
  /** The entry's place in the group that was signed together. */
  readonly index: number;
  readonly size: number;
  readonly path: readonly string[];
  /** A compact JWS over the group's root. */
  readonly signature: string;
}

export interface ReceiptBody {
  readonly consumerId: string;
  readonly distributionId: string;
  readonly enteredAt: string;
  readonly entryId: string;
  readonly level: string;
  readonly rulesHash: string;
  readonly subject: string;
  /** In a draw. */
  readonly number?: number;
  /** In a line. */
  readonly ticket?: number;
}

/** One thing that was checked, whether it holds, and that in a sentence. */
export interface CheckStep {
  readonly step: string;
  readonly holds: boolean;
  readonly says: string;
}

/** The leaf that stands for a receipt's body in the tree of its group, 32 bytes. */
export function hashReceiptBody(body: ReceiptBody): Uint8Array {
  return hashLeaf(bytesFromText(canonicalJson(body)));
}

/**
 * Checks a receipt by itself, in this order: `subject`, that the salt and the consumer make the subject; `signature`, that a key of
 * the JWKS signed the group; `group`, that the body is in that group. Never throws, whatever the receipt holds.
 *
 * @example
 * const isGood = checkReceipt(receipt, jwks).every(({ holds }) => holds);
 */
export function checkReceipt(receipt: Receipt, jwks: Jwks): CheckStep[] {
  const signed = checkStatement(receipt.signature, "receipt+jws", jwks);
  const signature: CheckStep = {
    step: "signature",
    holds: signed.holds,
    says: signed.holds ? "A key of the operator signed the receipt's group." : signed.says,
  };
  return [checkSubject(receipt), signature, checkGroup(receipt, signed.holds ? signed.statement : null)];
}

function checkSubject({ body, salt }: Receipt): CheckStep {
  const holds = attempt(() => hexFromBytes(hashSubject(salt, body.consumerId)) === body.subject);
  const says = holds
    ? "The salt and the consumer make the subject."
    : "The salt and the consumer make another subject.";
  return { step: "subject", holds, says };
}

function checkGroup(receipt: Receipt, statement: Readonly<Record<string, unknown>> | null): CheckStep {
  const step = "group";
  if (statement === null)
    return { step, holds: false, says: "No group is signed that could hold the receipt." };
  const { root, size } = statement;
  if (size !== receipt.size || typeof root !== "string") {
    return { step, holds: false, says: "The signed group has another size than the receipt." };
  }
  const holds = attempt(() =>
    checkInclusion({
      leafHash: hashReceiptBody(receipt.body),
      index: receipt.index,
      size: receipt.size,
      path: receipt.path.map((node) => bytesFromHex(node, 32)),
      root: bytesFromHex(root, 32),
    }),
  );
  const says = holds
    ? "The receipt is in the signed group."
    : "The receipt's path does not lead to the signed root.";
  return { step, holds, says };
}

/** What cannot even be read does not hold. */
function attempt(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}
