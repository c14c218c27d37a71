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
  "draw.consumer.lost",
  "draw.consumer.completed",
  "draw.consumer.denied",
  "draw.consumer.expired",
  "order.created",
  "order.completed",
  "order.cancelled",
  "order.refund_needed",
] as const;
export type EventType = (typeof eventTypes)[number];

/** Events that come once for every person, of which one delivery can tell many at once. */
export const batchedEventTypes = [
  "queue.consumer.entered",
  "draw.consumer.entered",
  "draw.consumer.lost",
] as const satisfies readonly EventType[];
export type BatchedEventType = (typeof batchedEventTypes)[number];
/** The type of a delivery that holds events of such a type. */
export type BatchType = `${BatchedEventType}.batch`;
export const batchTypes: readonly BatchType[] = batchedEventTypes.map((type) => `${type}.batch` as const);

/** The type of the deliveries in which events of this type come together; null: they come one by one. */
export function batchTypeOf(type: string): BatchType | null {
  return batchTypes.find((batch) => batch === `${type}.batch`) ?? null;
}

/** What a webhook endpoint is sent besides, when somebody asks for it. */
export const testEventType = "webhook.test";
