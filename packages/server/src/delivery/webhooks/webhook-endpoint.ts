import { encodeId, type WebhookEndpoint } from "@stanchion/contract";
import type { Selectable } from "kysely";
import type { Tables } from "../../platform/database/index.ts";
import { stampsOf } from "../../platform/http/index.ts";

export type WebhookEndpointRow = Selectable<Tables["webhookEndpoints"]>;

/** An endpoint as the API shows it: never with a secret. */
export function webhookEndpointOf(row: WebhookEndpointRow, now: Date): WebhookEndpoint {
  const { previousSecretEndsAt } = row;
  const isRotating = previousSecretEndsAt !== null && previousSecretEndsAt > now;
  return {
    id: encodeId("webhookEndpoint", row.id),
    url: row.url,
    events: row.events,
    description: row.description,
    maxPerMinute: row.maxPerMinute,
    maxPerBatch: row.maxPerBatch,
    status: row.disabledAt === null ? "ENABLED" : "DISABLED",
    disabledReason: row.disabledReason,
    failingSinceAt: row.failingSince?.toISOString() ?? null,
    previousSecretEndsAt: isRotating ? previousSecretEndsAt.toISOString() : null,
    ...stampsOf(row),
  };
}
