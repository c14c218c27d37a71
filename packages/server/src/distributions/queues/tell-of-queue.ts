import type { EventType } from "@stanchion/contract";
import type { Kysely } from "kysely";
import type { Tables } from "../../platform/database/index.ts";
import { writeEvent } from "../../platform/events/index.ts";
import type { Tenant } from "../../platform/http/index.ts";
import { queueOf } from "./queue.ts";
import { factsOf } from "./queue-facts.ts";
import type { QueueWithFacts } from "./queue-store.ts";
import type { QueueAction } from "./record-queue-change.ts";

/** Opening and closing come by the clock too, and are told of by who watches it: schedule-watch.ts. */
const told: readonly EventType[] = ["queue.paused", "queue.resumed"];

/** Notes for the shop's own systems what somebody has done to a queue, where it is an event. */
export async function tellOfQueue(
  db: Kysely<Tables>,
  tenant: Tenant,
  action: QueueAction,
  row: QueueWithFacts,
): Promise<void> {
  const type = told.find((known) => known === action);
  if (type === undefined) return;
  await writeEvent(db, tenant, { type, distributionId: row.id, data: queueOf(row, factsOf(row)) });
}
