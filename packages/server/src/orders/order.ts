import {
  encodeId,
  fieldIssue,
  type Order,
  type OrderItem,
  type RefundReason,
  type ValidationIssue,
} from "@stanchion/contract";
import type { Selectable } from "kysely";
import { decimalIssues } from "../catalog/index.ts";
import type { Settings } from "../platform/audit/index.ts";
import type { Tables } from "../platform/database/index.ts";
import type { ApiError } from "../platform/errors/index.ts";
import { stampsOf } from "../platform/http/index.ts";

export type OrderRow = Selectable<Tables["orders"]>;

/** An order as the API and its events show it. */
export function orderOf(row: OrderRow): Order {
  const { admissionId, distributionId, consumerId } = row;
  return {
    id: encodeId("order", row.id),
    status: row.status,
    admissionId: admissionId === null ? null : encodeId("admission", admissionId),
    distributionId:
      distributionId === null ? null : encodeId(row.distributionKind ?? "queue", distributionId),
    consumerId: consumerId === null ? null : encodeId("consumer", consumerId),
    externalId: row.externalId,
    items: row.items,
    total: row.total,
    currency: row.currency,
    reason: row.reason,
    refundReason: row.refundReason,
    metadata: row.metadata,
    paidAt: row.paidAt?.toISOString() ?? null,
    heldUntil: row.heldUntil?.toISOString() ?? null,
    cancelledAt: row.cancelledAt?.toISOString() ?? null,
    ...stampsOf(row),
  };
}

/** An order as its events tell of it: ids, states and amounts, and nothing that could name a person. */
export function toldOf(order: Order): object {
  const { externalId: _, reason: __, metadata: ___, ...told } = order;
  return told;
}

/** What the audit log keeps of an order's values. What could name the person stays out: the log cannot forget. */
export function settingsOf({ status, refundReason, items, total, currency }: Order): Settings {
  return { status, refundReason, items, total, currency };
}

/** The ids of what an order is about besides itself. */
export function relatedTo({ distributionId, admissionId, consumerId }: Order): string[] {
  return [distributionId, admissionId, consumerId].filter((id) => id !== null);
}

/** Amounts need their currency, and have no more decimals than it has. */
export function amountIssues(given: {
  readonly total?: string | null | undefined;
  readonly currency?: string | null | undefined;
  readonly items: readonly Pick<OrderItem, "price">[];
}): ValidationIssue[] {
  const { currency = null, items } = given;
  const amounts = [
    ...items.map(({ price }, index) => ({ price, field: ["items", index, "price"] })),
    { price: given.total ?? null, field: ["total"] },
  ];
  if (currency !== null) return decimalIssues(currency, amounts);
  const isNeeded = amounts.some(({ price }) => price !== null);
  return isNeeded ? [fieldIssue("currency", "required", "string", "undefined")] : [];
}

/** Why somebody who has paid is to have the money back, where the admission cannot be used. */
export function refundReasonOf({ code, details }: Pick<ApiError, "code" | "details">): RefundReason {
  if (code === "ADMISSION_USED") return "ADMISSION_USED";
  if (code === "ADMISSION_EXPIRED") return "ADMISSION_EXPIRED";
  if (details.state === "LEFT") return "ADMISSION_LEFT";
  if (details.state === "DENIED") return "ADMISSION_DENIED";
  return "NOT_ADMITTED";
}
