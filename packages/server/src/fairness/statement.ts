import { sign } from "node:crypto";
import { canonicalJson } from "../platform/canonical-json.ts";
import type { SigningKeys } from "../platform/signing-keys/index.ts";
import type { Hashed } from "./log-entry.ts";

/** What is signed for anyone to check: a group's receipts, a frozen list, a head of the log. */
export type StatementType = "receipt+jws" | "freeze+jws" | "log+jws";

/**
 * A compact JWS (RFC 7515) by the key that signs statements now. Header and payload are canonical JSON, so that a statement has one
 * text alone.
 *
 * @param nowMs milliseconds since 1970, by which the key is chosen
 */
export function signStatement(
  keys: SigningKeys,
  type: StatementType,
  statement: Hashed,
  nowMs: number,
): string {
  const { keyId, privateKey } = keys.fairness.current(nowMs);
  const signed = `${headPart(keyId, type)}.${part(statement)}`;
  return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString("base64url")}`;
}

/** The last one that was made: a key signs for months, and mostly receipts. */
let lastHead = { keyId: "", type: "", text: "" };

function headPart(keyId: string, type: StatementType): string {
  if (lastHead.keyId !== keyId || lastHead.type !== type)
    lastHead = { keyId, type, text: part({ alg: "EdDSA", kid: keyId, typ: type }) };
  return lastHead.text;
}

function part(value: Hashed): string {
  return Buffer.from(canonicalJson(value)).toString("base64url");
}
