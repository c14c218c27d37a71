import { orderOf } from "../../fairness/index.ts";
import type { Log } from "../../platform/log.ts";
import type { DrawnRanks, Lease } from "./lease-store.ts";
import { createShuffles, drawnRow } from "./shuffles.ts";

/** Which tickets have the ranks that a worker serves next, in the lines whose order was drawn. */
export interface DrawnOrders {
  /**
   * The ranks behind the serving one; null where all that were drawn are served, or none were.
   * "unknown": they are being worked out.
   * @param most how many of them
   */
  next(lease: Lease, nowServing: number, most: number): DrawnRanks | null | "unknown";
  /** The rank of a ticket; null: it is being worked out. */
  rankOf(lease: Lease, ticket: number): number | null;
  forget(queueId: string): void;
}

export function createDrawnOrders(log: Log): DrawnOrders {
  const shuffles = createShuffles(log);
  const orders = new Map<string, { readonly ranks: Uint32Array; readonly tickets: Uint32Array }>();

  return {
    next(lease, nowServing, most) {
      const drawn = drawnRow(lease);
      if (drawn === null || nowServing >= drawn.cohortSize) return null;
      const ranks = shuffles.known(drawn);
      if (ranks === null) return "unknown";
      let order = orders.get(lease.queueId);
      if (order?.ranks !== ranks) {
        order = { ranks, tickets: orderOf(ranks) };
        orders.set(lease.queueId, order);
      }
      const tickets = order.tickets.subarray(nowServing, nowServing + most);
      return { firstRank: nowServing + 1, tickets: Array.from(tickets, (index) => index + 1) };
    },
    rankOf(lease, ticket) {
      const drawn = drawnRow(lease);
      if (drawn === null || ticket > drawn.cohortSize) return ticket;
      const ranks = shuffles.known(drawn);
      return ranks === null ? null : (ranks[ticket - 1] ?? 0) + 1;
    },
    forget(queueId) {
      shuffles.forget(queueId);
      orders.delete(queueId);
    },
  };
}
