/** Recognizes what the server answers by the members that this client relies on; a newer server may send more. */
import type { Board, SessionTokens } from "@stanchion/contract";
import type { CarryCode } from "./auth.ts";
import type { AnyEntry } from "./place.ts";

/** Of a line or a draw: whose it is stands in the path that was asked, or in the key of the storage. */
export function isEntry<E extends AnyEntry>(body: unknown): body is E {
  return hasMembers(body, "string", "entryId", "consumerId", "status", "enteredAt");
}

export function isBoard(body: unknown): body is Board {
  return (
    hasMembers(body, "string", "status") &&
    hasMembers(body, "number", "version", "nowServing", "segment") &&
    Array.isArray(Object(body).departed)
  );
}

/** What the public sees of a thing that has a name. */
export function isNamed<Thing>(body: unknown): body is Thing {
  return hasMembers(body, "string", "id", "name", "status");
}

export function isSessionTokens(body: unknown): body is SessionTokens {
  return hasMembers(body, "number", "expiresIn", "refreshExpiresIn") && hasTokens(body);
}

export function isCarryCode(body: unknown): body is CarryCode {
  return hasMembers(body, "string", "carryCode", "expiresAt");
}

/** Tokens, and whose they are. */
export function hasTokens<Tokens>(body: unknown): body is Tokens {
  return (
    hasMembers(body, "string", "accessToken", "refreshToken") &&
    hasMembers(Object(body).session, "string", "consumerId")
  );
}

/** Is it an object whose members of these names are of this type? */
export function hasMembers(body: unknown, type: "string" | "number", ...names: readonly string[]): boolean {
  const found = Object(body) as Record<string, unknown>;
  return names.every((name) => typeof found[name] === type);
}

/** What the text says, or undefined when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
