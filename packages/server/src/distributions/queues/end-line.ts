import { encodeId } from "@stanchion/contract";
import type { Transaction } from "kysely";
import { isSoldOut } from "../../catalog/index.ts";
import { appendToLog } from "../../fairness/index.ts";
import { type Database, inOrganization, type Tables } from "../../platform/database/index.ts";
import { endLine, readServing, touchLine } from "./admission-store.ts";
import type { Lease } from "./lease-store.ts";
import { factsOf } from "./queue-facts.ts";
import * as store from "./queue-store.ts";

type Owner = Pick<Lease, "organizationId" | "isLive">;

/** From now on nobody joins. */
export async function closeNow(
  db: Transaction<Tables>,
  owner: Owner,
  row: store.QueueWithFacts,
): Promise<void> {
  // Closed before it opened: it never opens, and its times stay in order. Who has come early is drawn at the opening all the same.
  const neverOpens = row.openAt !== null && row.openAt > row.databaseNow && !row.shuffleBeforeOpen;
  const openAt = neverOpens ? { openAt: null } : {};
  await store.updateQueue(db, owner, row.id, {
    closeAt: row.databaseNow,
    ...openAt,
    updatedAt: row.databaseNow,
  });
}

/** Everybody who waits is denied: whoever holds a receipt can see in the log that the line was ended, and how far it had come. */
export async function endForAll(
  db: Transaction<Tables>,
  owner: Owner,
  row: store.QueueWithFacts,
  reason: "SOLD_OUT" | null,
): Promise<void> {
  await endLine(db, row.id, reason);
  if (row.rulesHash === null) return;
  await appendToLog(db, owner, {
    distribution: { kind: "queue", id: row.id },
    kind: "cancelled",
    data: {
      lastTicket: row.lastTicket,
      nowServing: await readServing(db, row.id),
      queueId: encodeId("queue", row.id),
      rulesHash: row.rulesHash.toString("hex"),
    },
  });
}

/** Ends a line in which nobody can get anything any more, so that nobody waits for nothing. */
export async function endSoldOutLine(
  database: Database,
  lease: Pick<Lease, "queueId" | "organizationId" | "isLive">,
): Promise<void> {
  await inOrganization(database, lease, async (db) => {
    const row = await store.lockQueue(db, lease, lease.queueId);
    // Looked at once more under the lock: meanwhile something may have been given back, or somebody decided otherwise.
    if (row === undefined || row.endedTicket !== null || row.whenSoldOut !== "end") return;
    const { status } = factsOf(row);
    // Before the opening, and while an operator holds it, there may come more.
    if (status !== "OPEN" && status !== "CLOSED") return;
    if (!(await isSoldOut(db, row.id))) return;
    if (status !== "CLOSED") await closeNow(db, lease, row);
    await endForAll(db, lease, row, "SOLD_OUT");
    await touchLine(db, row.id);
  });
}
