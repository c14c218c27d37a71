import { randomBytes } from "node:crypto";
import { type AuditAction, type AuditActor, encodeId } from "@stanchion/contract";
import type { Transaction } from "kysely";
import type { Tables } from "../database/index.ts";
import type { OperationCall } from "../http/index.ts";
import { newUuid } from "../randomness.ts";
import { ownerOf, targetOf } from "./audit-record.ts";
import { appendRecord, findKeyName, lockChain } from "./audit-store.ts";
import { authorOf, type ChangeAuthor } from "./change-author.ts";
import { type HashedRecord, networkDigest, recordHash } from "./record-hash.ts";
import { type Settings, settingsChange } from "./settings-change.ts";

export interface Change {
  readonly action: AuditAction;
  /** The id of what was changed; null: what the action names is there once only. */
  readonly target: string | null;
  /** Ids of what the change is about besides. */
  readonly related?: readonly string[];
  /** The settings before; null, or left out: there were none. */
  readonly before?: Settings | null;
  readonly after?: Settings | null;
  /** The names of what changed, where the values must not be kept: whatever a person could ask to have erased. */
  readonly changed?: readonly string[];
}

/**
 * Puts a change into the organization's audit log, in the transaction that makes the change. To be called last in it: it
 * locks the chain, and whoever holds that waits for no other lock.
 *
 * @example
 * await recordChange(db, call, { action: "queue.updated", target: after.id, before, after });
 */
export async function recordChange(
  db: Transaction<Tables>,
  call: OperationCall,
  change: Change,
): Promise<void> {
  await recordChangeBy(db, authorOf(call), change);
}

/** As {@link recordChange}, for what no request has asked for. */
export async function recordChangeBy(
  db: Transaction<Tables>,
  author: ChangeAuthor,
  change: Change,
): Promise<void> {
  const { tenant, network, requestId } = author;
  const actor = await namedActor(db, author);
  const chain = await lockChain(db, tenant);
  const salt = network === null ? null : randomBytes(32);
  const digest = salt === null || network === null ? null : networkDigest(salt, network);
  const recordId = newUuid(chain.now.getTime());
  const kept = settingsChange(change.before ?? null, change.after ?? null);
  const changed = [...(change.changed ?? kept.changed)];
  const related = [...(change.related ?? [])];
  const number = chain.lastNumber + 1;
  const record: HashedRecord = {
    format: 1,
    ...ownerOf(tenant),
    number,
    id: encodeId("auditRecord", recordId),
    recordedAt: chain.now.toISOString(),
    action: change.action,
    actor,
    target: targetOf(change.action, change.target),
    related,
    changed,
    before: kept.before,
    after: kept.after,
    requestId,
    networkDigest: digest?.toString("hex") ?? null,
    previousHash: chain.lastHash.toString("hex"),
  };
  await appendRecord(db, chain, {
    number,
    recordId,
    recordedAt: chain.now,
    action: change.action,
    actorType: actor.type,
    actorId: actor.id,
    actorName: actor.name,
    targetId: change.target,
    related,
    changed,
    before: kept.before === null ? null : JSON.stringify(kept.before),
    after: kept.after === null ? null : JSON.stringify(kept.after),
    requestId,
    networkDigest: digest,
    hash: recordHash(record),
    network,
    networkSalt: salt,
  });
}

async function namedActor(
  db: Transaction<Tables>,
  { actor, tenant }: Pick<ChangeAuthor, "actor" | "tenant">,
): Promise<AuditActor> {
  if (tenant === null || actor.type !== "key" || actor.id === null || actor.name !== null) return actor;
  return { ...actor, name: await findKeyName(db, tenant, actor.id) };
}
