import canonicalize from "canonicalize";
import { bytesFromText, hash } from "./bytes.ts";

/**
 * A value of JSON in the one encoding of RFC 8785, which is what gets hashed and signed. Throws a TypeError for what is no JSON.
 * @example canonicalJson({ b: 1, a: [null] }) // '{"a":[null],"b":1}'
 */
export function canonicalJson(value: unknown): string {
  const text = attempt(value);
  if (text === undefined) throw new TypeError("Expected a value of JSON.");
  return text;
}

/** SHA-256 of a value's canonical JSON, 32 bytes. */
export function hashOfJson(value: unknown): Uint8Array {
  return hash(bytesFromText(canonicalJson(value)));
}

function attempt(value: unknown): string | undefined {
  try {
    return canonicalize(value);
  } catch (error) {
    throw new TypeError("Expected a value of JSON.", { cause: error });
  }
}
