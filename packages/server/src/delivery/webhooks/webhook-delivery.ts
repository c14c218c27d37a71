import { encodeId, type WebhookDelivery } from "@stanchion/contract";
import type { Selectable } from "kysely";
import type { Tables } from "../../platform/database/index.ts";

export type WebhookDeliveryRow = Selectable<Tables["webhookDeliveries"]>;

export function webhookDeliveryOf(row: WebhookDeliveryRow): WebhookDelivery {
  return {
    id: encodeId("webhookDelivery", row.id),
    eventId: encodeId("event", row.eventId),
    type: row.type,
    status: row.status,
    body: row.body,
    attempts: row.attempts,
    nextAttemptAt: row.status === "PENDING" ? row.dueAt.toISOString() : null,
    createdAt: row.createdAt.toISOString(),
  };
}

/** What is sent of an event. The text is made once, and is the same on every attempt. */
export function webhookBody(event: {
  readonly id: string;
  readonly type: WebhookDelivery["type"];
  readonly organizationId: string;
  readonly occurredAt: Date;
  readonly data: object;
  /** An example, which says so. */
  readonly isSample?: boolean;
}): string {
  return JSON.stringify({
    id: encodeId("event", event.id),
    type: event.type,
    timestamp: event.occurredAt.toISOString(),
    organizationId: encodeId("organization", event.organizationId),
    ...(event.isSample ? { sample: true } : {}),
    data: event.data,
  });
}
