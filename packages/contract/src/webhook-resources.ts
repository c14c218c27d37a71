/** What the API takes and answers about webhooks. */
import * as v from "valibot";
import { batchTypes, eventTypes, testEventType } from "./event-types.ts";
import { clearable, dateTime, id, integer, neededInPatch, rule, text, webUrl } from "./fields.ts";
import { limits } from "./limits.ts";
import { stamps } from "./resource-parts.ts";

export const webhookEndpointStatuses = ["ENABLED", "DISABLED"] as const;
/** Why an endpoint is not sent to: the shop has said so, its server has answered 410, or nothing went through for seven days. */
export const webhookDisabledReasons = ["BY_REQUEST", "GONE", "FAILING"] as const;
const subscribed = v.pipe(v.array(v.picklist(eventTypes)), v.minLength(1), v.maxLength(eventTypes.length));
const description = text(0, limits.webhookDescriptionCharactersMax);
const maxPerMinute = integer(1, limits.webhooksPerMinuteMax);
/** Of how many people one delivery may tell, of events that come once for each person. */
const maxPerBatch = integer(1, limits.webhookBatchEventsMax);

export const webhookEndpointCreate = v.object({
  id: v.optional(id("webhookEndpoint")),
  url: webUrl,
  events: subscribed,
  description: clearable(description),
  maxPerMinute: clearable(maxPerMinute),
  maxPerBatch: clearable(maxPerBatch),
});
export const webhookEndpointPatch = v.object({
  url: neededInPatch(webUrl),
  events: neededInPatch(subscribed),
  description: clearable(description),
  maxPerMinute: clearable(maxPerMinute),
  maxPerBatch: clearable(maxPerBatch),
  status: neededInPatch(v.picklist(webhookEndpointStatuses)),
});
/** `overlapSeconds`: how long the secret of before goes on signing beside the new one. */
export const webhookEndpointRotate = v.object({
  overlapSeconds: clearable(integer(0, limits.webhookOverlapSecondsMax)),
});
export const webhookEndpoint = v.object({
  id: v.string(),
  url: v.string(),
  events: v.array(v.picklist(eventTypes)),
  description: v.nullable(v.string()),
  maxPerMinute: v.number(),
  maxPerBatch: v.number(),
  status: v.picklist(webhookEndpointStatuses),
  disabledReason: v.nullable(v.picklist(webhookDisabledReasons)),
  /** Since when nothing has gone through; null while the latest attempt did. */
  failingSinceAt: v.nullable(v.string()),
  /** Until then the secret of before the latest rotation signs too. */
  previousSecretEndsAt: v.nullable(v.string()),
  ...stamps,
});
/** With the secret, which is shown once. */
export const webhookEndpointShown = v.object({ ...webhookEndpoint.entries, secret: v.string() });

export const webhookDeliveryStatuses = ["PENDING", "DELIVERED", "FAILED"] as const;
/** Why an attempt brought no answer. */
export const webhookFailures = [
  "ADDRESS_REFUSED",
  "NOT_RESOLVED",
  "NOT_CONNECTED",
  "NOT_SECURE",
  "BROKEN_OFF",
  "TOO_SLOW",
] as const;
const webhookAttempt = v.object({
  startedAt: v.string(),
  tookMs: v.number(),
  /** Of the receiver's answer; null: there was none. */
  status: v.nullable(v.number()),
  failure: v.nullable(v.picklist(webhookFailures)),
  /** The beginning of the receiver's answer, what looks like a secret in it masked. */
  answer: v.nullable(v.string()),
});
export const webhookDelivery = v.object({
  id: v.string(),
  eventId: v.string(),
  type: v.picklist([...eventTypes, ...batchTypes, testEventType]),
  status: v.picklist(webhookDeliveryStatuses),
  /** What is sent, byte for byte, on every attempt. */
  body: v.string(),
  /** The latest, oldest first. */
  attempts: v.array(webhookAttempt),
  nextAttemptAt: v.nullable(v.string()),
  createdAt: v.string(),
});
/** One delivery, or those that were made within a time; of these, without `includeDelivered`, those alone that have failed for good. */
export const webhookReplay = v.object({
  deliveryId: clearable(id("webhookDelivery")),
  from: clearable(dateTime),
  to: clearable(dateTime),
  includeDelivered: v.optional(v.boolean()),
});
/** `nextFrom`: more is left within the time, from here on; ask again with it. */
export const webhookReplayed = v.object({
  replayed: v.number(),
  nextFrom: v.nullable(v.string()),
});

/** `events`, parted by commas: all where it is left out. `after`: the cursor of the last event that came, for going on behind it. */
const typesByComma = v.pipe(
  text(1, limits.eventTypesCharactersMax),
  rule<string>("format", "list of event types parted by commas", (value) =>
    value.split(",").every((type) => eventTypes.some((known) => known === type)),
  ),
);
export const eventStreamQuery = v.object({
  types: v.optional(typesByComma),
  maxPerBatch: v.optional(maxPerBatch),
  after: v.optional(text(1, limits.eventCursorCharactersMax)),
});
/** An example of an event, for everybody who listens to its type, or for one webhook endpoint. */
export const eventTrigger = v.object({
  type: v.picklist(eventTypes),
  webhookEndpointId: clearable(id("webhookEndpoint")),
});
export const eventTriggered = v.object({
  eventId: v.string(),
  type: v.picklist(eventTypes),
  /** How many streams get it. */
  listeners: v.number(),
  /** Of the webhook endpoint that gets it. */
  deliveryId: v.nullable(v.string()),
});

export type WebhookEndpoint = v.InferOutput<typeof webhookEndpoint>;
export type WebhookDelivery = v.InferOutput<typeof webhookDelivery>;
export type WebhookAttempt = v.InferOutput<typeof webhookAttempt>;
export type WebhookFailure = (typeof webhookFailures)[number];
