/** What the API takes and answers about orders. */
import * as v from "valibot";
import { clearable, currency, id, idOf, integer, metadata, metadataPatch, price, text } from "./fields.ts";
import { limits } from "./limits.ts";
import { stamps } from "./resource-parts.ts";

/** REFUND_NEEDED: the person has paid, and the order cannot be honoured. */
export const orderStatuses = ["PENDING", "PAID", "CANCELLED", "REFUND_NEEDED"] as const;
/** Why an order that was paid cannot be honoured. */
export const refundReasons = [
  "ADMISSION_EXPIRED",
  "ADMISSION_DENIED",
  "ADMISSION_LEFT",
  "ADMISSION_USED",
  "ADMISSION_UNKNOWN",
  "NOT_ADMITTED",
  "OUT_OF_STOCK",
  "ORDER_CANCELLED",
] as const;

const quantity = integer(1, limits.orderQuantityMax);
const externalId = text(1, limits.orderIdCharactersMax);
const orderItemInput = v.object({ id: idOf(["variant", "product"]), quantity, price: clearable(price) });

/**
 * Who bought is told by the admission, or by a consumer in a queue or a draw, or not at all. `paid`: completed in the same call.
 */
export const orderCreate = v.object({
  id: v.optional(id("order")),
  admissionId: clearable(id("admission")),
  queueId: clearable(id("queue")),
  drawId: clearable(id("draw")),
  consumerId: clearable(id("consumer")),
  externalId: clearable(externalId),
  items: clearable(v.pipe(v.array(orderItemInput), v.maxLength(limits.orderItemsMax))),
  total: clearable(price),
  currency: clearable(currency),
  metadata: clearable(metadata),
  paid: v.optional(v.boolean()),
  /** How long an order that is not paid yet holds what its admission does not hold; 15 minutes unless told. */
  holdSeconds: clearable(integer(limits.orderHoldSecondsMin, limits.orderHoldSecondsMax)),
});
export const orderPatch = v.object({
  externalId: clearable(externalId),
  metadata: clearable(metadataPatch),
});
export const orderCancel = v.object({ reason: clearable(text(1, limits.reasonCharactersMax)) });

/** `id` is null of what no product or variant of ours is: then its SKU is what the shop calls it. */
export const orderItem = v.object({
  id: v.nullable(v.string()),
  sku: v.nullable(v.string()),
  quantity: v.number(),
  price: v.nullable(v.string()),
});
export const order = v.object({
  id: v.string(),
  status: v.picklist(orderStatuses),
  admissionId: v.nullable(v.string()),
  /** The queue or draw that the buyer was admitted from. */
  distributionId: v.nullable(v.string()),
  consumerId: v.nullable(v.string()),
  /** What the shop's own system calls the order. */
  externalId: v.nullable(v.string()),
  items: v.array(orderItem),
  total: v.nullable(v.string()),
  currency: v.nullable(v.string()),
  /** Why it was cancelled, in the shop's words. */
  reason: v.nullable(v.string()),
  refundReason: v.nullable(v.picklist(refundReasons)),
  metadata: v.record(v.string(), v.string()),
  /** When it was reported as paid; also of an order that cannot be honoured. */
  paidAt: v.nullable(v.string()),
  /** Until when it holds its items where it is not paid; null: it holds nothing besides its admission. */
  heldUntil: v.nullable(v.string()),
  cancelledAt: v.nullable(v.string()),
  ...stamps,
});

export type Order = v.InferOutput<typeof order>;
export type OrderItem = v.InferOutput<typeof orderItem>;
export type OrderCreate = v.InferOutput<typeof orderCreate>;
export type OrderStatus = (typeof orderStatuses)[number];
export type RefundReason = (typeof refundReasons)[number];
