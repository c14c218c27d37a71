/** Recognizes what the server answers by the members that this client relies on; a newer server may send more. */
import type { Board, Entry, PublicQueue, SessionTokens } from "@stanchion/contract";

export function isEntry(body: unknown): body is Entry {
  return hasMembers(body, {
    entryId: "string",
    queueId: "string",
    consumerId: "string",
    status: "string",
    lineToken: "string",
  });
}

export function isBoard(body: unknown): body is Board {
  return (
    hasMembers(body, { status: "string", version: "number", nowServing: "number", segment: "number" }) &&
    Array.isArray(Object(body).departed)
  );
}

export function isPublicQueue(body: unknown): body is PublicQueue {
  return hasMembers(body, { id: "string", name: "string", status: "string" });
}

export function isSessionTokens(body: unknown): body is SessionTokens {
  return hasMembers(body, { expiresIn: "number", refreshExpiresIn: "number" }) && hasTokens(body);
}

/** Tokens, and whose they are. */
export function hasTokens<Tokens>(body: unknown): body is Tokens {
  return (
    hasMembers(body, { accessToken: "string", refreshToken: "string" }) &&
    hasMembers(Object(body).session, { consumerId: "string" })
  );
}

/** Is it an object with members of these types? */
export function hasMembers(body: unknown, members: Readonly<Record<string, string>>): boolean {
  const found = Object(body) as Record<string, unknown>;
  return Object.entries(members).every(([name, type]) => typeof found[name] === type);
}

/** What the text says, or undefined when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
