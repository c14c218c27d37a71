import { encodeId, type RefundReason } from "@stanchion/contract";
import type { Transaction } from "kysely";
import type { LockedAdmission } from "../admissions/index.ts";
import type { Tables } from "../platform/database/index.ts";
import type { ApiError } from "../platform/errors/index.ts";
import type { Tenant } from "../platform/http/index.ts";
import { lockBuyer } from "./buyer.ts";
import { type OrderRow, refundReasonOf } from "./order.ts";
import { releaseForOrder, sellForOrder } from "./order-stock.ts";

/** What a payment comes to. */
export type Payment = Pick<OrderRow, "status" | "refundReason" | "admissionId" | "consumerId">;

/**
 * Uses up the admission of an order that was paid and sells its items, under the order's lock. The person has been charged, so
 * what cannot be honoured is no refusal: it makes the order one that needs a refund.
 */
export async function payOrder(db: Transaction<Tables>, tenant: Tenant, order: OrderRow): Promise<Payment> {
  const { admissionId, consumerId } = order;
  const buyer = await lockBuyer(db, tenant, order);
  if (buyer === undefined) return refund(db, order, "ADMISSION_UNKNOWN", null, { admissionId, consumerId });
  if (buyer === null) return sell(db, order, null, { admissionId, consumerId });
  const found = {
    admissionId: buyer.admissionId ?? admissionId,
    consumerId: buyer.consumerId,
  };
  const refusal = isUsedBy(order, buyer) ? null : buyer.refusal;
  if (refusal !== null) return refund(db, order, refundReasonOf(refusal), buyer, found);
  return sell(db, order, buyer, found);
}

type Found = Pick<OrderRow, "admissionId" | "consumerId">;

async function sell(
  db: Transaction<Tables>,
  order: OrderRow,
  buyer: LockedAdmission | null,
  found: Found,
): Promise<Payment> {
  const missing = await sellForOrder(db, order, buyer);
  if (missing.length > 0) return refund(db, order, "OUT_OF_STOCK", buyer, found);
  if (buyer !== null && buyer.refusal === null) await buyer.use(encodeId("order", order.id));
  return { status: "PAID", refundReason: null, ...found };
}

async function refund(
  db: Transaction<Tables>,
  order: OrderRow,
  refundReason: RefundReason,
  buyer: LockedAdmission | null,
  found: Found,
): Promise<Payment> {
  await releaseForOrder(db, order, usedAdmissionOf(order, buyer));
  return { status: "REFUND_NEEDED", refundReason, ...found };
}

/** The admission that was used up for this order, paid or not; null: none was. */
export function usedAdmissionOf(order: OrderRow, buyer: LockedAdmission | null): string | null {
  if (order.status === "PAID") return order.admissionId;
  return buyer !== null && isUsedBy(order, buyer) ? buyer.admissionId : null;
}

/** Was the admission completed before under this order's own id, or the shop's for it? */
function isUsedBy({ id, externalId }: OrderRow, { refusal, usedBy }: LockedAdmission): boolean {
  const isUsed = (refusal as ApiError | null)?.code === "ADMISSION_USED" && usedBy !== null;
  return isUsed && (usedBy === encodeId("order", id) || usedBy === externalId);
}
