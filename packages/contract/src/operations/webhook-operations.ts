/** Webhooks: where the shop's own systems are told what happened, and what became of it. */
import * as v from "valibot";
import { dateTime } from "../fields.ts";
import { listOf, noBody } from "../resources.ts";
import * as shapes from "../webhook-resources.ts";
import { listQuery, type OperationShape, secretGeneral } from "./operation-shape.ts";

const pageQuery = { first: listQuery.first, after: listQuery.after };
const endpointListQuery = v.object({
  ...pageQuery,
  status: v.optional(v.picklist(shapes.webhookEndpointStatuses)),
});
const deliveryListQuery = v.object({
  ...pageQuery,
  status: v.optional(v.picklist(shapes.webhookDeliveryStatuses)),
  from: v.optional(dateTime),
  to: v.optional(dateTime),
});
const endpointErrors = ["WEBHOOK_ENDPOINT_NOT_FOUND", "OTHER_ORGANIZATION"] as const;
const onEndpoint = { ...secretGeneral, tag: "webhooks" } as const;
const endpointPath = "/api/v1/webhook-endpoints/{webhookEndpointId}";

export const webhookOperations = {
  createWebhookEndpoint: {
    ...onEndpoint,
    method: "POST",
    path: "/api/v1/webhook-endpoints",
    summary: "Create a webhook endpoint; its secret is shown in this answer and, at a rotation, the new one",
    body: shapes.webhookEndpointCreate,
    status: 201,
    answer: shapes.webhookEndpointShown,
    idempotent: true,
    errors: ["ALREADY_EXISTS", "INVALID_STATE"],
  },
  listWebhookEndpoints: {
    ...onEndpoint,
    method: "GET",
    path: "/api/v1/webhook-endpoints",
    summary: "List webhook endpoints, newest first; never a secret",
    query: endpointListQuery,
    status: 200,
    answer: listOf(shapes.webhookEndpoint),
    errors: [],
  },
  readWebhookEndpoint: {
    ...onEndpoint,
    method: "GET",
    path: endpointPath,
    summary: "Read a webhook endpoint and whether it is sent to; never its secret",
    status: 200,
    answer: shapes.webhookEndpoint,
    errors: [...endpointErrors],
  },
  updateWebhookEndpoint: {
    ...onEndpoint,
    method: "PATCH",
    path: endpointPath,
    summary: "Change a webhook endpoint by a merge patch, switch it off, or on again",
    body: shapes.webhookEndpointPatch,
    status: 200,
    answer: shapes.webhookEndpoint,
    ifMatch: true,
    errors: [...endpointErrors],
  },
  deleteWebhookEndpoint: {
    ...onEndpoint,
    method: "DELETE",
    path: endpointPath,
    summary: "Delete a webhook endpoint; what was not delivered yet never will be",
    status: 204,
    ifMatch: true,
    errors: [...endpointErrors],
  },
  rotateWebhookEndpoint: {
    ...onEndpoint,
    method: "POST",
    path: `${endpointPath}/rotate-secret`,
    summary:
      "Give a webhook endpoint a new secret, shown once; the old one signs too for as long as is asked for",
    body: shapes.webhookEndpointRotate,
    bodyNeeded: false,
    status: 200,
    answer: shapes.webhookEndpointShown,
    idempotent: true,
    errors: [...endpointErrors, "VALIDATION_ERROR"],
  },
  testWebhookEndpoint: {
    ...onEndpoint,
    method: "POST",
    path: `${endpointPath}/test`,
    summary:
      "Send an event of the type webhook.test to a webhook endpoint; its deliveries tell what became of it",
    body: noBody,
    bodyNeeded: false,
    status: 200,
    answer: shapes.webhookDelivery,
    idempotent: true,
    errors: [...endpointErrors, "INVALID_STATE"],
  },
  replayWebhookEndpoint: {
    ...onEndpoint,
    method: "POST",
    path: `${endpointPath}/replay`,
    summary:
      "Deliver again, with the same ids and bytes: one delivery, or those of a time that have failed for good",
    body: shapes.webhookReplay,
    status: 200,
    answer: shapes.webhookReplayed,
    idempotent: true,
    errors: [...endpointErrors, "INVALID_STATE"],
  },
  streamEvents: {
    ...onEndpoint,
    method: "GET",
    path: "/api/v1/events/stream",
    summary:
      "What happens from now on as server-sent events, each with the body that webhook endpoints are sent; for development",
    query: shapes.eventStreamQuery,
    status: 200,
    answerType: "text/event-stream",
    errors: ["INVALID_STATE"],
  },
  triggerEvent: {
    ...onEndpoint,
    method: "POST",
    path: "/api/v1/events/trigger",
    summary: "Send an example of an event, of nobody and nothing, to who streams events or to one endpoint",
    body: shapes.eventTrigger,
    status: 200,
    answer: shapes.eventTriggered,
    idempotent: true,
    errors: ["INVALID_STATE"],
  },
  listWebhookDeliveries: {
    ...onEndpoint,
    method: "GET",
    path: `${endpointPath}/deliveries`,
    summary: "What was sent to a webhook endpoint within thirty days and what it answered, newest first",
    query: deliveryListQuery,
    status: 200,
    answer: listOf(shapes.webhookDelivery),
    errors: [...endpointErrors],
  },
} as const satisfies Record<string, OperationShape>;
