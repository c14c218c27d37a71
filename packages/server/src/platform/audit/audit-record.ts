import { type AuditAction, type AuditActor, type AuditRecord, encodeId } from "@stanchion/contract";
import type { StoredRecord } from "./audit-store.ts";
import type { ChangeAuthor } from "./change-author.ts";

/** A stored row as the API shows it. What is hashed of it is told by {@link recordHash}. */
export function auditRecordOf(tenant: ChangeAuthor["tenant"], row: StoredRecord): AuditRecord {
  return {
    format: 1,
    ...ownerOf(tenant),
    number: row.number,
    id: encodeId("auditRecord", row.recordId),
    recordedAt: row.recordedAt.toISOString(),
    // Written by this version or an earlier one, whose actions are all still known.
    action: row.action as AuditAction,
    actor: { type: row.actorType as AuditActor["type"], id: row.actorId, name: row.actorName },
    target: targetOf(row.action, row.targetId),
    related: row.related,
    changed: row.changed,
    before: parsed(row.beforeText),
    after: parsed(row.afterText),
    requestId: row.requestId,
    networkDigest: row.networkDigest?.toString("hex") ?? null,
    previousHash: row.previousHash.toString("hex"),
    hash: row.hash.toString("hex"),
    network: row.network,
    networkSalt: row.networkSalt?.toString("hex") ?? null,
  };
}

/** Whose record it is, as its hash covers it. */
export function ownerOf(tenant: ChangeAuthor["tenant"]): Pick<AuditRecord, "organizationId" | "mode"> {
  if (tenant === null) return { organizationId: null, mode: null };
  return {
    organizationId: encodeId("organization", tenant.organizationId),
    mode: tenant.isLive ? "live" : "test",
  };
}

/** What kind of thing it is, the action says. */
export function targetOf(action: string, id: string | null): AuditRecord["target"] {
  return id === null ? null : { type: action.split(".")[0] ?? "", id };
}

function parsed(text: string | null): AuditRecord["before"] {
  return text === null ? null : (JSON.parse(text) as AuditRecord["before"]);
}
