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
    Array.isArray((body as { departed?: unknown }).departed)
  );
}

export function isPublicQueue(body: unknown): body is PublicQueue {
  return hasMembers(body, { id: "string", name: "string", status: "string" });
}

export function isSessionTokens(body: unknown): body is SessionTokens {
  return (
    hasMembers(body, {
      accessToken: "string",
      refreshToken: "string",
      expiresIn: "number",
      refreshExpiresIn: "number",
    }) && hasMembers((body as { session?: unknown }).session, { consumerId: "string" })
  );
}

function hasMembers(body: unknown, members: Readonly<Record<string, string>>): boolean {
  if (typeof body !== "object" || body === null) return false;
  const found = body as Record<string, unknown>;
  return Object.entries(members).every(([name, type]) => typeof found[name] === type);
}
