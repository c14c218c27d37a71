/** What can happen that a shop's own systems are told of, by its dotted name. */
export const eventTypes = ["queue.paused", "queue.resumed"] as const;
export type EventType = (typeof eventTypes)[number];

/** What a webhook endpoint is sent besides, when somebody asks for it. */
export const testEventType = "webhook.test";
