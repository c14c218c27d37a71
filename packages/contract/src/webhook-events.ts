/** What the events say that a shop's own systems are told of, and an example of each. */
import * as v from "valibot";
import { drawEntryStatuses, drawStatuses } from "./draw-resources.ts";
import { type EventType, eventTypes } from "./event-types.ts";
import { encodeId, type IdKind } from "./ids.ts";
import { order } from "./order-resources.ts";
import { entryStatuses, queue } from "./resources.ts";

/** Counts what one endpoint is told of one queue or draw, from 1; 0: of an example. */
const sequence = v.pipe(v.number(), v.integer(), v.minValue(0));
const admission = v.object({ id: v.string(), expiresAt: v.string() });
const queueEvent = v.strictObject({ sequence, ...queue.entries });
const entryEvent = v.strictObject({
  sequence,
  entryId: v.string(),
  queueId: v.string(),
  consumerId: v.string(),
  status: v.picklist(entryStatuses),
  ticket: v.number(),
  enteredAt: v.string(),
});
const admittedEvent = v.strictObject({ ...entryEvent.entries, admission });
const drawEvent = v.strictObject({
  sequence,
  id: v.string(),
  name: v.string(),
  status: v.picklist(drawStatuses),
  closeAt: v.string(),
  drawAt: v.string(),
  winnerCount: v.number(),
});
const drawStayEvent = v.strictObject({
  sequence,
  entryId: v.string(),
  drawId: v.string(),
  consumerId: v.string(),
  status: v.picklist(drawEntryStatuses),
});
const drawEntryEvent = v.strictObject({
  ...drawStayEvent.entries,
  number: v.number(),
  enteredAt: v.string(),
});
const wonEvent = v.strictObject({ ...drawStayEvent.entries, admission });

/** Without what the shop has written itself; numbered where it is of a queue or draw. */
const { externalId: _, metadata: __, reason: ___, ...orderMembers } = order.entries;
const orderEvent = v.strictObject({ sequence: v.optional(sequence), ...orderMembers });

/** The schema of `data` of each type. */
export const eventData = {
  "queue.opened": queueEvent,
  "queue.paused": queueEvent,
  "queue.resumed": queueEvent,
  "queue.closed": queueEvent,
  "queue.consumer.entered": entryEvent,
  "queue.consumer.admitted": admittedEvent,
  "queue.consumer.completed": entryEvent,
  "queue.consumer.left": entryEvent,
  "queue.consumer.denied": entryEvent,
  "queue.consumer.expired": entryEvent,
  "draw.closed": drawEvent,
  "draw.completed": drawEvent,
  "draw.cancelled": drawEvent,
  "draw.consumer.entered": drawEntryEvent,
  "draw.consumer.left": v.union([drawEntryEvent, drawStayEvent]),
  "draw.consumer.won": wonEvent,
  "draw.consumer.lost": drawStayEvent,
  "draw.consumer.completed": drawStayEvent,
  "draw.consumer.denied": drawStayEvent,
  "draw.consumer.expired": drawStayEvent,
  "order.created": orderEvent,
  "order.completed": orderEvent,
  "order.cancelled": orderEvent,
  "order.refund_needed": orderEvent,
} as const satisfies Record<EventType, v.GenericSchema>;

const none = "00000000-0000-0000-0000-000000000000";
/** An id that nothing has: what reads an example finds nothing by it, in no mode. */
const noId = (kind: IdKind): string => encodeId(kind, none);

const statusOf: Readonly<Record<string, string>> = {
  opened: "OPEN",
  paused: "PAUSED",
  resumed: "OPEN",
  closed: "CLOSED",
  completed: "COMPLETED",
  cancelled: "CANCELLED",
  admitted: "ADMITTED",
  left: "LEFT",
  denied: "DENIED",
  expired: "EXPIRED",
  won: "WON",
  lost: "LOST",
};

/** What an event of this type says, by way of example: of nobody and nothing, numbered 0. */
export function sampleEventData(type: EventType, now: Date): Readonly<Record<string, unknown>> {
  const at = now.toISOString();
  const later = new Date(now.getTime() + 600_000).toISOString();
  const [kind, whose, ...more] = type.split(".");
  const [isPersons, verb] = [whose === "consumer", more[0] ?? whose ?? ""];
  if (kind === "order") return { sequence: 0, ...sampleOrder(verb, at) };
  const isQueue = kind === "queue";
  const status = statusOf[verb] ?? (isQueue ? "QUEUED" : "ENTERED");
  if (!isPersons) return { sequence: 0, ...(isQueue ? sampleQueue(status, at) : sampleDraw(status, at)) };
  const stay = {
    sequence: 0,
    entryId: noId("entry"),
    [isQueue ? "queueId" : "drawId"]: noId(isQueue ? "queue" : "draw"),
    consumerId: noId("consumer"),
    status,
  };
  const admitted =
    verb === "admitted" || verb === "won" ? { admission: { id: noId("admission"), expiresAt: later } } : {};
  if (isQueue) return { ...stay, ticket: 1, enteredAt: at, ...admitted };
  return { ...stay, ...(verb === "entered" ? { number: 1, enteredAt: at } : {}), ...admitted };
}

type Sample<S extends v.GenericSchema> = Omit<v.InferOutput<S>, "status"> & { readonly status: string };

function sampleQueue(status: string, at: string): Sample<typeof queue> {
  return {
    id: noId("queue"),
    name: "Example",
    experienceId: noId("experience"),
    sequenceId: noId("sequence"),
    status,
    openAt: at,
    closeAt: null,
    timeZone: "UTC",
    waitlistUrl: null,
    capacity: null,
    waiting: 0,
    pageUrl: null,
    shuffleBeforeOpen: false,
    joinFrom: null,
    beacon: { kind: "none" },
    rulesHash: null,
    isPaused: false,
    admitRate: 60,
    maxConcurrentAdmissions: null,
    maxAdmissions: null,
    admissionExpirationSeconds: 600,
    completionGraceSeconds: 60,
    entryLevel: "guest",
    requireFingerprint: false,
    checkoutUrl: null,
    holds: [],
    whenSoldOut: "wait",
    version: 1,
    createdAt: at,
    updatedAt: at,
  };
}

function sampleOrder(verb: string, at: string): Omit<Sample<typeof orderEvent>, "sequence"> {
  const isPaid = verb === "completed" || verb === "refund_needed";
  return {
    id: noId("order"),
    status: { completed: "PAID", cancelled: "CANCELLED", refund_needed: "REFUND_NEEDED" }[verb] ?? "PENDING",
    admissionId: noId("admission"),
    distributionId: noId("queue"),
    consumerId: noId("consumer"),
    items: [{ id: null, sku: "EXAMPLE", quantity: 1, price: "120.00" }],
    total: "120.00",
    currency: "EUR",
    refundReason: verb === "refund_needed" ? "ADMISSION_EXPIRED" : null,
    paidAt: isPaid ? at : null,
    heldUntil: null,
    cancelledAt: verb === "cancelled" ? at : null,
    version: 1,
    createdAt: at,
    updatedAt: at,
  };
}

function sampleDraw(status: string, at: string): Omit<Sample<typeof drawEvent>, "sequence"> {
  return { id: noId("draw"), name: "Example", status, closeAt: at, drawAt: at, winnerCount: 1 };
}

const distanceMax = 8;

/** The type that somebody probably meant; null where none is near. */
export function nearestEventType(missed: string): EventType | null {
  const found = eventTypes
    .map((type) => ({ type, distance: isShortFor(missed, type) ? 0 : lettersApart(missed, type) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return found === undefined || found.distance > Math.min(distanceMax, missed.length) ? null : found.type;
}

/** The first and the last word alone, such as `draw.won`. */
function isShortFor(missed: string, type: EventType): boolean {
  const words = type.split(".");
  return missed === `${words[0]}.${words.at(-1)}`;
}

/** How many letters must be put in, taken out or changed. */
function lettersApart(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1)
      next.push(
        Math.min(
          (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
          (row[j] ?? 0) + 1,
          (next[j - 1] ?? 0) + 1,
        ),
      );
    row = next;
  }
  return row[b.length] ?? 0;
}
