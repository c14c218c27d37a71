import { batchTypeOf, limits } from "@stanchion/contract";
import { newUuid } from "../../platform/randomness.ts";
import type { NewDelivery, ToldEvent } from "./relay-store.ts";
import { webhookBody } from "./webhook-delivery.ts";

/** An event with what its delivery will say of it. */
export interface NumberedEvent extends Omit<ToldEvent, "data"> {
  readonly data: object;
}

interface Batch {
  readonly first: NumberedEvent;
  readonly bodies: string[];
  bytes: number;
  last: NumberedEvent;
}

/** What stands around the events of a batch, commas too, stays below this for each of them and once besides. */
const wrappingBytes = 512;

/**
 * The deliveries of these events, in their order. Neighbours of one endpoint, draw or line and type come together, where the
 * endpoint takes batches: each whole, as it would have come by itself, up to the endpoint's number and 256 KiB.
 */
export function batchDeliveries(events: readonly NumberedEvent[], nowMs: number): NewDelivery[] {
  const batches: Batch[] = [];
  const open = new Map<string, Batch>();
  for (const event of events) {
    const lane = `${event.endpointId} ${event.distributionId}`;
    const body = webhookBody(event);
    const bytes = Buffer.byteLength(body) + 1;
    const batch = open.get(lane);
    if (batch !== undefined && hasRoom(batch, event, bytes)) {
      batch.bodies.push(body);
      batch.bytes += bytes;
      batch.last = event;
    } else {
      const begun = { first: event, bodies: [body], bytes: bytes + wrappingBytes, last: event };
      batches.push(begun);
      open.set(lane, begun);
    }
  }
  return batches.map((batch) => deliveryOf(batch, nowMs));
}

function hasRoom({ first, bodies, bytes }: Batch, event: NumberedEvent, more: number): boolean {
  return (
    first.type === event.type && bodies.length < event.batchMax && bytes + more <= limits.webhookBatchBytesMax
  );
}

function deliveryOf({ first, last, bodies }: Batch, nowMs: number): NewDelivery {
  const { organizationId, endpointId, distributionId } = first;
  const lane = distributionId ?? first.id;
  const delivery = { id: newUuid(nowMs), organizationId, endpointId, lane };
  const batchType = first.batchMax > 1 ? batchTypeOf(first.type) : null;
  if (batchType === null) return { ...delivery, eventId: first.id, type: first.type, body: bodies.join() };
  const batch = { id: newUuid(nowMs), type: batchType, organizationId, occurredAt: last.occurredAt };
  // The events stand there as they are already written.
  const around = webhookBody({ ...batch, data: { events: [] } });
  const body = `${around.slice(0, -"]}}".length)}${bodies.join()}]}}`;
  return { ...delivery, eventId: batch.id, type: batchType, body };
}
