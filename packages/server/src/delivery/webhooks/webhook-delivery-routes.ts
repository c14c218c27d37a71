import {
  decodeId,
  encodeId,
  fieldIssue,
  limits,
  operations,
  shapes,
  testEventType,
  type ValidationIssue,
} from "@stanchion/contract";
import { recordChange } from "../../platform/audit/index.ts";
import type { Clock } from "../../platform/clock.ts";
import { apiError, validationError } from "../../platform/errors/index.ts";
import {
  jsonAnswer,
  type OperationHost,
  pageOf,
  readPage,
  registerRead,
  registerWrite,
} from "../../platform/http/index.ts";
import { newUuid } from "../../platform/randomness.ts";
import { webhookBody, webhookDeliveryOf } from "./webhook-delivery.ts";
import * as store from "./webhook-delivery-store.ts";
import type { WebhookEndpointRow } from "./webhook-endpoint.ts";
import { endpointMissing, lockEndpoint } from "./webhook-endpoint-routes.ts";
import { findEndpoint } from "./webhook-endpoint-store.ts";

const pageBytesMax = 2_097_152;

/** What was sent, a trial, and sending again. */
export function registerWebhookDeliveryRoutes(host: OperationHost, { clock }: { clock: Clock }): void {
  registerRead(host, "listWebhookDeliveries", async (call, db) => {
    const { first, after, ...filter } = call.readQuery(operations.listWebhookDeliveries.query);
    const page = readPage({ first, after });
    const id = call.idParam("webhookEndpoint");
    const endpoint = await findEndpoint(db, call.tenant, id);
    if (endpoint === undefined) throw await endpointMissing(db, call, id);
    const rows = await store.listDeliveries(db, keyOf(endpoint), {
      ...filter,
      after: page.after,
      limit: page.first + 1,
    });
    return jsonAnswer(200, pageOf(rows, fittingOf(rows, page.first), webhookDeliveryOf));
  });

  registerWrite(host, "testWebhookEndpoint", async (call, db) => {
    const endpoint = await lockEndpoint(db, call);
    call.readBody(shapes.noBody);
    refuseDisabled(endpoint);
    const now = new Date(clock.now());
    const [id, eventId] = [newUuid(clock.now()), newUuid(clock.now())];
    const { organizationId } = call.tenant;
    const endpointId = encodeId("webhookEndpoint", endpoint.id);
    const event = { id: eventId, type: testEventType, organizationId, occurredAt: now } as const;
    const row = await store.insertDelivery(db, {
      id,
      organizationId,
      endpointId: endpoint.id,
      eventId,
      type: testEventType,
      lane: eventId,
      body: webhookBody({ ...event, data: { webhookEndpointId: endpointId } }),
      status: "PENDING",
      createdAt: now,
    });
    await recordChange(db, call, { action: "webhook_endpoint.tested", target: endpointId });
    return jsonAnswer(200, webhookDeliveryOf(row));
  });

  registerWrite(host, "replayWebhookEndpoint", async (call, db) => {
    const endpoint = await lockEndpoint(db, call);
    const { deliveryId, from, to, includeDelivered } = call.readBody(shapes.webhookReplay);
    refuseBroken(deliveryId ?? null, from ?? null, to ?? null);
    refuseDisabled(endpoint);
    const key = keyOf(endpoint);
    const target = encodeId("webhookEndpoint", endpoint.id);
    const done =
      deliveryId == null
        ? await store.replayRange(db, key, {
            from: from == null ? null : new Date(from),
            to: to == null ? null : new Date(to),
            includesDelivered: includeDelivered ?? false,
            most: limits.webhooksReplayedMax,
          })
        : await replayOne(db, key, deliveryId);
    const after = {
      deliveryId: deliveryId ?? null,
      from: from ?? null,
      to: to ?? null,
      replayed: done.replayed,
    };
    await recordChange(db, call, { action: "webhook_endpoint.replayed", target, after });
    const nextFrom = done.nextFrom?.toISOString() ?? null;
    return jsonAnswer(200, { replayed: done.replayed, nextFrom });
  });
}

/** How many of them a page holds: batches are long, and a page of nothing else would be far too long. */
function fittingOf(rows: readonly { body: string }[], first: number): number {
  let bytes = 0;
  const overflowing = rows.findIndex(({ body }) => {
    bytes += body.length;
    return bytes > pageBytesMax;
  });
  return overflowing === -1 ? first : Math.min(first, Math.max(1, overflowing));
}

function keyOf({ id, organizationId }: WebhookEndpointRow): store.EndpointKey {
  return { organizationId, endpointId: id };
}

async function replayOne(
  db: Parameters<typeof store.replayDelivery>[0],
  key: store.EndpointKey,
  deliveryId: string,
): Promise<{ replayed: number; nextFrom: null }> {
  const replayed = await store.replayDelivery(db, key, decodeId("webhookDelivery", deliveryId) ?? "");
  if (replayed === undefined)
    throw validationError([fieldIssue("deliveryId", "reference", "delivery of this endpoint", deliveryId)]);
  return { replayed, nextFrom: null };
}

/** What nobody would be sent is refused. */
export function refuseDisabled({ disabledAt }: WebhookEndpointRow): void {
  if (disabledAt === null) return;
  const hint = "The endpoint is switched off; set its status to ENABLED first.";
  throw apiError("INVALID_STATE", { details: { state: "DISABLED", hint } });
}

/** One delivery or a time, not both and not neither, and the time in its order. */
function refuseBroken(deliveryId: string | null, from: string | null, to: string | null): void {
  const issues: ValidationIssue[] = [];
  if (deliveryId === null && from === null && to === null)
    issues.push(fieldIssue("", "pattern", "an object with deliveryId, or with from, to or both", "neither"));
  for (const [field, given] of Object.entries({ from, to }))
    if (deliveryId !== null && given !== null)
      issues.push(fieldIssue(field, "pattern", "left out where deliveryId is given", given));
  if (issues.length === 0 && from !== null && to !== null && Date.parse(to) <= Date.parse(from))
    issues.push(fieldIssue("to", "order", "a time after from", to));
  if (issues.length > 0) throw validationError(issues);
}
