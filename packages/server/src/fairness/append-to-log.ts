import type { Transaction } from "kysely";
import type { Tables } from "../platform/database/index.ts";
import { type LogEntry, writeEntry } from "./log-entry.ts";
import { insertEntry, type LogOwner, lockLogRow } from "./log-store.ts";
import { appendLeaf, hashLeaf, rootOfFrontier } from "./merkle-tree.ts";

/** How long a log is, and the root of its tree, 32 bytes. */
export interface LogHead {
  readonly size: number;
  readonly root: Buffer;
}

/**
 * Appends to the organization's fairness log, in the transaction that does what the entry tells, and answers the head with it. The
 * log stays locked until the end of the transaction: whoever holds it waits for no lock but that of the audit chain.
 *
 * @example
 * await appendToLog(db, call.tenant, { distribution: { kind: "draw", id }, kind: "rules.made", data: { rulesHash } });
 * await recordChange(db, call, { action: "draw.created", target: id, after });
 */
export async function appendToLog(
  db: Transaction<Tables>,
  owner: LogOwner,
  entry: LogEntry,
): Promise<LogHead> {
  const log = await lockLogRow(db, owner);
  const body = writeEntry(entry, log.now);
  const { frontier, nodes } = appendLeaf(hashesOf(log.frontier), log.size, hashLeaf(body));
  const head = { size: log.size + 1, root: rootOfFrontier(frontier) };
  const row = { index: log.size, distributionId: entry.distribution.id, body };
  await insertEntry(db, owner, row, { ...head, frontier: Buffer.concat(frontier), nodes });
  return head;
}

/** The head that nobody can move before this transaction ends: for a statement that is going to be appended and names what was before it. */
export async function lockLog(db: Transaction<Tables>, owner: LogOwner): Promise<LogHead & { now: Date }> {
  const { size, root, now } = await lockLogRow(db, owner);
  return { size, root, now };
}

function hashesOf(frontier: Buffer): Buffer[] {
  return Array.from({ length: frontier.length / 32 }, (_, at) => frontier.subarray(at * 32, at * 32 + 32));
}
