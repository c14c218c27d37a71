import { shapes } from "@stanchion/contract";
import { type OrderReport, type ReceivedCall, type ReceivedEvent, readPayload } from "./order-report.ts";

const kinds: Readonly<Record<string, OrderReport["kind"]>> = {
  "order.created": "pending",
  "order.paid": "paid",
  "order.cancelled": "cancelled",
};

/** What a system reports that signs by Standard Webhooks. */
export function genericReport({ headers, payload }: ReceivedCall): ReceivedEvent {
  const { type: topic } = readPayload(shapes.typedPayload, payload);
  const eventId = String(headers["webhook-id"]);
  const kind = kinds[topic];
  if (kind === undefined) return { eventId, topic, report: null };
  const { data } = readPayload(shapes.genericPayload, payload);
  return {
    eventId,
    topic,
    report: {
      kind,
      externalId: data.externalId,
      admissionId: data.admissionId ?? null,
      queueId: data.queueId ?? null,
      drawId: data.drawId ?? null,
      consumerId: data.consumerId ?? null,
      items: (data.items ?? []).map(({ id, sku, quantity, price }) => ({
        id: id ?? null,
        sku: sku ?? null,
        quantity,
        price: price ?? null,
      })),
      total: data.total ?? null,
      currency: data.currency ?? null,
      reason: data.reason ?? null,
    },
  };
}
