import { type AuditAction, encodeId } from "@stanchion/contract";
import type { Transaction } from "kysely";
import { recordChange, type Settings } from "../../platform/audit/index.ts";
import type { Tables } from "../../platform/database/index.ts";
import type { OperationCall } from "../../platform/http/index.ts";
import type { LockedEntry } from "./admission-store.ts";
import { queueOf } from "./queue.ts";
import { factsOf } from "./queue-facts.ts";
import type { QueueWithFacts } from "./queue-store.ts";

export type QueueAction = Extract<AuditAction, `queue.${string}`>;

/** Puts a change of a queue on the record, with its experience and its sequence. */
export async function recordQueueChange(
  db: Transaction<Tables>,
  call: OperationCall,
  change: { action: QueueAction; before: QueueWithFacts | null; after: QueueWithFacts | null },
): Promise<void> {
  const { action, before, after } = change;
  const row = after ?? before;
  if (row === null) throw new Error("a change of nothing");
  await recordChange(db, call, {
    action,
    target: encodeId("queue", row.id),
    related: [encodeId("experience", row.experienceId), encodeId("sequence", row.sequenceId)],
    before: before && settingsOf(before),
    after: after && settingsOf(after),
  });
}

/** Who waits is no setting; that the line was ended for them is one. */
function settingsOf(row: QueueWithFacts): Settings {
  const { waiting: _, ...settings } = queueOf(row, factsOf(row));
  return { ...settings, isEnded: row.endedTicket !== null };
}

/** Puts on the record what became of an entry by hand; why, and everything else that is personal, stays in its own row. */
export async function recordEntryChange(
  db: Transaction<Tables>,
  call: OperationCall,
  queueId: string,
  entry: LockedEntry,
  change: { status: "ADMITTED" } | { status: "DENIED"; isBlocked: boolean },
): Promise<void> {
  const isDenied = change.status === "DENIED";
  await recordChange(db, call, {
    action: isDenied ? "entry.denied" : "entry.admitted",
    target: encodeId("entry", entry.entryId),
    related: [encodeId("queue", queueId), encodeId("consumer", entry.consumerId)],
    before: { status: entry.status, ...(isDenied ? { isBlocked: false } : {}) },
    after: change,
    ...(isDenied ? { changed: ["status", "reason", ...(change.isBlocked ? ["isBlocked"] : [])] } : {}),
  });
}
