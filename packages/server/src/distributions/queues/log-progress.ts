import { encodeId } from "@stanchion/contract";
import { appendToLog } from "../../fairness/index.ts";
import { type Database, inOrganization } from "../../platform/database/index.ts";
import type { DrawnOrders } from "./drawn-ranks.ts";
import type { Lease } from "./lease-store.ts";
import { type Departure, listDepartures, lockProgress, noteLogged } from "./progress-store.ts";

/** One entry of the log stays readable; what is more comes a second later. */
const exceptionsMax = 1_000;

/**
 * Tells the fairness log how far a line has come, and who was not called in order: so whoever holds a receipt can see that nobody
 * was let past. Does nothing where there is nothing new, or where the order is not drawn, or not known to this process yet.
 */
export async function logProgress(database: Database, orders: DrawnOrders, lease: Lease): Promise<void> {
  const { queueId } = lease;
  if (lease.isUndrawn) return;
  await inOrganization(database, lease, async (db) => {
    const line = await lockProgress(db, queueId);
    if (line === undefined) return;
    const until = Math.min(line.departed, line.loggedDeparted + exceptionsMax);
    if (line.nowServing === line.loggedServing && until === line.loggedDeparted) return;
    const departures = await listDepartures(db, queueId, line.loggedDeparted, until);
    const exceptions = exceptionsOf(departures, (ticket) => orders.rankOf(lease, ticket));
    if (exceptions === null) return;
    await noteLogged(db, queueId, line.nowServing, until);
    await appendToLog(db, lease, {
      distribution: { kind: "queue", id: queueId },
      kind: "line.progress",
      data: {
        exceptions,
        nowServing: line.nowServing,
        queueId: encodeId("queue", queueId),
        version: line.lastTicket + line.departed + line.controlVersion,
      },
    });
  });
}

function exceptionsOf(departures: readonly Departure[], rankOf: (ticket: number) => number | null) {
  const exceptions = departures.map(({ ticket, outcome }) => ({
    rank: rankOf(ticket) ?? 0,
    outcome,
    // Why somebody was denied is free text, and nobody else's business.
    reason: outcome === "LEFT" ? null : "BY_OPERATOR",
  }));
  return exceptions.some(({ rank }) => rank === 0) ? null : exceptions;
}
