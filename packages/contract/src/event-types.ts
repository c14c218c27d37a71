/** What can happen that a shop's own systems are told of, by its dotted name. */
export const eventTypes = [
  "queue.opened",
  "queue.paused",
  "queue.resumed",
  "queue.closed",
  "queue.consumer.entered",
  "queue.consumer.admitted",
  "queue.consumer.completed",
  "queue.consumer.left",
  "queue.consumer.denied",
  "queue.consumer.expired",
  "draw.closed",
  "draw.completed",
  "draw.cancelled",
  "draw.consumer.entered",
  "draw.consumer.left",
  "draw.consumer.won",
  "draw.consumer.completed",
  "draw.consumer.denied",
  "draw.consumer.expired",
] as const;
export type EventType = (typeof eventTypes)[number];

/** What a webhook endpoint is sent besides, when somebody asks for it. */
export const testEventType = "webhook.test";
