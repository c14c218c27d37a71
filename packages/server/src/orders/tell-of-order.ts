import type { EventType } from "@stanchion/contract";
import type { Transaction } from "kysely";
import { type ChangeAuthor, recordChangeBy } from "../platform/audit/index.ts";
import type { Tables } from "../platform/database/index.ts";
import { writeEvent } from "../platform/events/index.ts";
import type { Tenant } from "../platform/http/index.ts";
import { type OrderRow, orderOf, relatedTo, settingsOf, toldOf } from "./order.ts";

type OrderEvent = Extract<EventType, `order.${string}`>;

export interface OrderChange {
  /** What happened, in its order; the first names what is recorded. */
  readonly events: readonly [OrderEvent, ...OrderEvent[]];
  readonly before: OrderRow | null;
  readonly after: OrderRow;
  /** Ids of what the change is about besides. */
  readonly related?: readonly string[];
}

/** Tells whoever is told of it, and the audit log, last in the transaction, what has become of an order. */
export async function tellOfOrder(
  db: Transaction<Tables>,
  { tenant, author }: { tenant: Tenant; author: ChangeAuthor },
  { events, before, after, related = [] }: OrderChange,
): Promise<void> {
  const shown = orderOf(after);
  for (const type of events)
    await writeEvent(db, tenant, { type, distributionId: after.distributionId, data: toldOf(shown) });
  await recordChangeBy(db, author, {
    action: events[0],
    target: shown.id,
    related: [...relatedTo(shown), ...related],
    before: before === null ? null : settingsOf(orderOf(before)),
    after: settingsOf(shown),
  });
}
