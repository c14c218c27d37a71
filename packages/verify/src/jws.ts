import { ed25519 } from "@noble/curves/ed25519.js";
import { bytesFromText } from "./bytes.ts";
import { canonicalJson } from "./canonical-json.ts";

/** Keys as `/.well-known/jwks.json` answers them (RFC 7517); those of other kinds are passed over. */
export interface Jwks {
  readonly keys: readonly Jwk[];
}

export interface Jwk {
  readonly kty: string;
  readonly crv?: string;
  readonly kid?: string;
  readonly x?: string;
}

/** What the signed statements of a draw or a line call themselves. */
export type StatementType = "receipt+jws" | "freeze+jws" | "log+jws";

/** Whether a statement holds, and if so, what it says; if not, why, in a sentence. */
export type CheckedStatement =
  | { readonly holds: true; readonly statement: Readonly<Record<string, unknown>> }
  | { readonly holds: false; readonly says: string };

/**
 * Checks a compact JWS of Ed25519 (RFC 7515, RFC 8037) whose protected header is exactly `{"alg":"EdDSA","kid":…,"typ":type}` and
 * whose payload is canonical JSON. Never throws.
 */
export function checkStatement(jws: string, type: StatementType, jwks: Jwks): CheckedStatement {
  const [header, payload, signature, ...others] = typeof jws === "string" ? jws.split(".") : [];
  const signatureBytes = bytesFromBase64Url(signature);
  if (signatureBytes === null || others.length > 0) return refuse("It is no compact JWS.");
  const [protectedHeader, statement] = [readCanonical(header), readCanonical(payload)];
  if (protectedHeader === null || statement === null)
    return refuse("Its parts are no canonical JSON objects.");
  const { kid } = protectedHeader;
  const isHeader =
    typeof kid === "string" &&
    canonicalJson(protectedHeader) === canonicalJson({ alg: "EdDSA", kid, typ: type });
  if (!isHeader) return refuse(`Its protected header is not exactly that of ${type} by EdDSA.`);
  const keyBytes = bytesFromBase64Url(findKey(jwks, kid)?.x);
  if (keyBytes?.length !== 32) return refuse(`The JWKS has no Ed25519 key "${kid}".`);
  return isSigned(signatureBytes, bytesFromText(`${header}.${payload}`), keyBytes)
    ? { holds: true, statement }
    : refuse("Its signature is not that of the key.");
}

/** Keys come from outside, so that even their list may be missing. */
function findKey(jwks: Jwks, kid: string): Jwk | undefined {
  const keys: readonly Jwk[] = Array.isArray(jwks?.keys) ? jwks.keys : [];
  return keys.find((one) => one?.kid === kid && one.kty === "OKP" && one.crv === "Ed25519");
}

function refuse(says: string): CheckedStatement {
  return { holds: false, says };
}

function isSigned(signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, message, key, { zip215: false });
  } catch {
    // A signature of another length, or a key that is no point of the curve.
    return false;
  }
}

function readCanonical(part: string | undefined): Record<string, unknown> | null {
  const bytes = bytesFromBase64Url(part);
  if (bytes === null) return null;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    return isRecord(value) && canonicalJson(value) === text ? value : null;
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The bytes of base64url without padding; null for what is not, its unused bits included. */
function bytesFromBase64Url(text: string | undefined): Uint8Array | null {
  if (typeof text !== "string" || !/^[\w-]*$/.test(text) || text.length % 4 === 1) return null;
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const isWhole = btoa(binary).replaceAll("=", "") === text.replaceAll("-", "+").replaceAll("_", "/");
  return isWhole ? Uint8Array.from(binary, (character) => character.charCodeAt(0)) : null;
}
