import { decodeId, type KeyKind, type Scope } from "@stanchion/contract";
import { createApiKey } from "../identity/create-api-key.ts";
import type { NewOrganization } from "../identity/index.ts";
import { newUuid } from "../platform/randomness.ts";
import type { TestDatabase } from "./test-database.ts";

/** One more key of an organization, also of a mode or kind that no request of the organization's own makes. */
export async function addKey(
  db: TestDatabase,
  { organizationId }: Pick<NewOrganization, "organizationId">,
  settings: { kind: KeyKind; isLive?: boolean; name?: string; scopes?: readonly Scope[]; expiresAt?: Date },
): Promise<{ id: string; key: string }> {
  const nowMs = Date.now();
  const { kind, isLive = false, name = `One more key ${newUuid(nowMs)}`, expiresAt = null } = settings;
  const owner = { organizationId: decodeId("organization", organizationId) ?? "", isLive };
  const scopes = kind === "publishable" ? [] : (settings.scopes ?? ["*"]);
  const { row, key } = await db.database.kysely
    .transaction()
    .execute((transaction) => createApiKey(transaction, owner, { kind, name, scopes, expiresAt }, nowMs));
  return { id: row.id, key };
}
