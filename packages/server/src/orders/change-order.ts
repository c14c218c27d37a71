import type { RefundReason } from "@stanchion/contract";
import type { Transaction } from "kysely";
import type { ChangeAuthor } from "../platform/audit/index.ts";
import type { Tables } from "../platform/database/index.ts";
import type { Tenant } from "../platform/http/index.ts";
import { lockBuyer } from "./buyer.ts";
import type { OrderRow } from "./order.ts";
import { releaseForOrder } from "./order-stock.ts";
import * as store from "./order-store.ts";
import { type Payment, payOrder, usedAdmissionOf } from "./pay-order.ts";
import { tellOfOrder } from "./tell-of-order.ts";

/** By whom and when an order changes. */
export interface ChangeContext {
  readonly tenant: Tenant;
  readonly author: ChangeAuthor;
  readonly now: Date;
  /** Ids of what the change is about besides. */
  readonly related?: readonly string[];
}

/**
 * What a locked order comes to once it is paid. Repeating changes nothing. One that was cancelled before it was paid needs a
 * refund; one that was paid before it was cancelled stays as it is.
 */
export async function completeOrder(
  db: Transaction<Tables>,
  { now, ...context }: ChangeContext,
  order: OrderRow,
): Promise<OrderRow> {
  if (order.paidAt !== null) return order;
  const payment = order.status === "PENDING" ? await payOrder(db, context.tenant, order) : late(order);
  return writePayment(db, { now, ...context }, order, payment);
}

/** Notes of a locked order that was paid that it cannot be honoured. */
export async function refundOrder(
  db: Transaction<Tables>,
  context: ChangeContext,
  order: OrderRow,
  refundReason: RefundReason,
): Promise<OrderRow> {
  await releaseForOrder(db, order, null);
  const { admissionId, consumerId } = order;
  const payment: Payment = { status: "REFUND_NEEDED", refundReason, admissionId, consumerId };
  return writePayment(db, context, order, payment);
}

async function writePayment(
  db: Transaction<Tables>,
  { now, ...context }: ChangeContext,
  order: OrderRow,
  payment: Payment,
): Promise<OrderRow> {
  const after = await store.updateOrder(db, context.tenant, order.id, {
    ...payment,
    paidAt: now,
    heldUntil: null,
    updatedAt: now,
    version: order.version + 1,
  });
  const event = payment.status === "PAID" ? "order.completed" : "order.refund_needed";
  await tellOfOrder(db, context, { ...context, events: [event], before: order, after });
  return after;
}

function late({ admissionId, consumerId }: OrderRow): Payment {
  return { status: "REFUND_NEEDED", refundReason: "ORDER_CANCELLED", admissionId, consumerId };
}

/** Cancels a locked order and gives its items back. Repeating changes nothing; an admission that was used up stays used. */
export async function cancelOrder(
  db: Transaction<Tables>,
  { now, ...context }: ChangeContext,
  order: OrderRow,
  reason: string | null,
): Promise<OrderRow> {
  if (order.status === "CANCELLED") return order;
  const buyer = order.status === "PAID" ? null : ((await lockBuyer(db, context.tenant, order)) ?? null);
  await releaseForOrder(db, order, usedAdmissionOf(order, buyer));
  const after = await store.updateOrder(db, context.tenant, order.id, {
    status: "CANCELLED",
    reason,
    cancelledAt: now,
    heldUntil: null,
    updatedAt: now,
    version: order.version + 1,
  });
  await tellOfOrder(db, context, { ...context, events: ["order.cancelled"], before: order, after });
  return after;
}
