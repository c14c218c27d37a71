import { bytesFromHex, bytesFromText, hexFromBytes } from "./bytes.ts";
import { canonicalJson } from "./canonical-json.ts";
import { type CheckStep, takeStep } from "./check-step.ts";
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

/**
 * What a document lacks to be a receipt, in a sentence; null: nothing. Whether it is a good one shows only when it is checked.
 *
 * @example findReceiptFault({}) === "This is no receipt: body is missing."
 */
export function findReceiptFault(document: unknown): string | null {
  const receipt: Readonly<Record<string, unknown>> = Object(document);
  const body: Readonly<Record<string, unknown>> = Object(receipt.body);
  const place = "ticket" in body ? "ticket" : "number";
  const isBody = typeof receipt.body === "object" && receipt.body !== null;
  const parts: readonly (readonly [name: string, value: unknown, isOfForm: boolean])[] = [
    ["body", receipt.body, isBody],
    ...textsOfBody.map((name) => [`body.${name}`, body[name], typeof body[name] === "string"] as const),
    [`body.${place}`, body[place], Number.isSafeInteger(body[place])],
    ["salt", receipt.salt, typeof receipt.salt === "string"],
    ["index", receipt.index, Number.isSafeInteger(receipt.index)],
    ["size", receipt.size, Number.isSafeInteger(receipt.size)],
    ["path", receipt.path, isListOfTexts(receipt.path)],
    ["signature", receipt.signature, typeof receipt.signature === "string"],
  ];
  const [name, value] = parts.find(([, , isOfForm]) => !isOfForm) ?? [];
  if (name === undefined) return null;
  return `This is no receipt: ${name} is ${value === undefined ? "missing" : "not of its form"}.`;
}

const textsOfBody = [
  "consumerId",
  "distributionId",
  "enteredAt",
  "entryId",
  "level",
  "rulesHash",
  "subject",
] as const satisfies readonly (keyof ReceiptBody)[];

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

/** The leaf that stands for a receipt's body in the tree of its group, 32 bytes. */
export function hashReceiptBody(body: ReceiptBody): Uint8Array {
  return hashLeaf(bytesFromText(canonicalJson(body)));
}

/**
 * Checks a receipt by itself, in this order: `subject`, that the salt and the consumer make the subject; `signature`, that a key of
 * the JWKS signed the group; `group`, that the body is in that group. Never throws for an object, whatever it holds.
 *
 * @example
 * const isGood = checkReceipt(receipt, jwks).every(({ holds }) => holds);
 */
export function checkReceipt(receipt: Receipt, jwks: Jwks): CheckStep[] {
  const signed = checkStatement(receipt.signature, "receipt+jws", jwks);
  const subject = takeStep("subject", "The salt and the consumer make the subject.", () => {
    const made = hexFromBytes(hashSubject(receipt.salt, receipt.body.consumerId));
    return made === receipt.body.subject ? null : "The salt and the consumer make another subject.";
  });
  const signature = takeStep("signature", "A key of the operator signed the receipt's group.", () => {
    return signed.holds ? null : signed.says;
  });
  const group = takeStep("group", "The receipt is in the signed group.", () => {
    return signed.holds
      ? findGroupFault(receipt, signed.statement)
      : "No group is signed that could hold the receipt.";
  });
  return [subject, signature, group];
}

function findGroupFault(receipt: Receipt, statement: Readonly<Record<string, unknown>>): string | null {
  const { root, size } = statement;
  if (size !== receipt.size || typeof root !== "string")
    return "The signed group has another size than the receipt.";
  const isInGroup = checkInclusion({
    leafHash: hashReceiptBody(receipt.body),
    index: receipt.index,
    size: receipt.size,
    path: receipt.path.map((node) => bytesFromHex(node, 32)),
    root: bytesFromHex(root, 32),
  });
  return isInGroup ? null : "The receipt's path does not lead to the signed root.";
}
