import { decodeId, type EventType, encodeId, fieldIssue, sampleEventData, shapes } from "@stanchion/contract";
import type { Transaction } from "kysely";
import { recordChange } from "../../platform/audit/index.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Tables } from "../../platform/database/index.ts";
import { validationError } from "../../platform/errors/index.ts";
import {
  jsonAnswer,
  type OperationCall,
  type OperationHost,
  registerWrite,
} from "../../platform/http/index.ts";
import { newUuid } from "../../platform/randomness.ts";
import { findListeners } from "./listener-store.ts";
import { webhookBody } from "./webhook-delivery.ts";
import { refuseDisabled } from "./webhook-delivery-routes.ts";
import { insertDelivery } from "./webhook-delivery-store.ts";
import * as store from "./webhook-endpoint-store.ts";

/** An example of an event, which says that it is one, to those who stream its type or to one endpoint. */
export function registerTriggerEvent(host: OperationHost, { clock }: { clock: Clock }): void {
  registerWrite(host, "triggerEvent", async (call, db) => {
    const { type, webhookEndpointId } = call.readBody(shapes.eventTrigger);
    const endpointId = webhookEndpointId ?? null;
    const receivers =
      endpointId === null
        ? await findListeners(db, call.tenant, type)
        : [await findReceiver(db, call, endpointId)];
    const eventId = newUuid(clock.now());
    const body = sampleBody(type, call.tenant.organizationId, eventId, new Date(clock.now()));
    const ids: string[] = [];
    for (const receiver of receivers) {
      const { id } = await insertDelivery(db, {
        id: newUuid(clock.now()),
        organizationId: call.tenant.organizationId,
        endpointId: receiver,
        eventId,
        type,
        lane: eventId,
        body,
        status: "PENDING",
        createdAt: new Date(clock.now()),
      });
      ids.push(id);
    }
    const after = { type, webhookEndpointId: endpointId };
    await recordChange(db, call, { action: "event.triggered", target: encodeId("event", eventId), after });
    const [deliveryId] = endpointId === null ? [] : ids;
    return jsonAnswer(200, {
      eventId: encodeId("event", eventId),
      type,
      listeners: endpointId === null ? ids.length : 0,
      deliveryId: deliveryId === undefined ? null : encodeId("webhookDelivery", deliveryId),
    });
  });
}

async function findReceiver(db: Transaction<Tables>, call: OperationCall, wireId: string): Promise<string> {
  const row = await store.lockEndpoint(db, call.tenant, decodeId("webhookEndpoint", wireId) ?? "");
  if (row === undefined)
    throw validationError([fieldIssue("webhookEndpointId", "reference", "webhook endpoint", wireId)]);
  refuseDisabled(row);
  return row.id;
}

function sampleBody(type: EventType, organizationId: string, id: string, occurredAt: Date): string {
  const data = sampleEventData(type, occurredAt);
  return webhookBody({ id, type, organizationId, occurredAt, data, isSample: true });
}
