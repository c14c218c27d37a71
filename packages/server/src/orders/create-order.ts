import {
  decodeId,
  duplicateIssue,
  encodeId,
  type OrderCreate,
  type OrderItem,
  type ValidationIssue,
} from "@stanchion/contract";
import type { Transaction } from "kysely";
import { claimId } from "../identity/index.ts";
import type { Tables } from "../platform/database/index.ts";
import { apiError, validationError } from "../platform/errors/index.ts";
import type { Tenant } from "../platform/http/index.ts";
import { newUuid } from "../platform/randomness.ts";
import { type Buyer, findBuyer, lockBuyer } from "./buyer.ts";
import { amountIssues, type OrderRow } from "./order.ts";
import { readItems } from "./order-items.ts";
import { outOfStockFor, reserveForOrder } from "./order-stock.ts";
import * as store from "./order-store.ts";
import { type Payment, payOrder } from "./pay-order.ts";

const holdSecondsUnlessTold = 900;
const refundUnknown: Payment = {
  status: "REFUND_NEEDED",
  refundReason: "ADMISSION_UNKNOWN",
  admissionId: null,
  consumerId: null,
};

/** What an order is to be, its references found. */
export interface WishedOrder extends Buyer {
  readonly id: string;
  readonly externalId: string | null;
  readonly items: readonly OrderItem[];
  readonly total: string | null;
  readonly currency: string | null;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What a body wishes; throws every issue at once. */
export async function readWishedOrder(
  db: Transaction<Tables>,
  tenant: Tenant,
  body: OrderCreate,
  now: Date,
): Promise<{ wished: WishedOrder; isUnknown: boolean }> {
  const { buyer, isUnknown, issues: buyerIssues } = await findBuyer(db, tenant, body);
  const { items, issues: itemIssues } = await readItems(db, tenant, body.items ?? []);
  const externalId = body.externalId ?? null;
  const isTaken = externalId !== null && (await store.isExternalIdTaken(db, tenant, externalId, null));
  const issues: ValidationIssue[] = [
    ...buyerIssues,
    ...(isTaken ? [duplicateIssue("externalId")] : []),
    ...itemIssues,
    ...amountIssues({ total: body.total, currency: body.currency, items }),
  ];
  if (issues.length > 0) throw validationError(issues);
  const metadata = isUnknown
    ? { ...body.metadata, stanchion_admission: body.admissionId ?? "" }
    : body.metadata;
  const wished: WishedOrder = {
    ...buyer,
    id: body.id === undefined ? newUuid(now.getTime()) : (decodeId("order", body.id) ?? ""),
    externalId,
    items,
    total: body.total ?? null,
    currency: body.currency ?? null,
    metadata: metadata ?? {},
  };
  return { wished, isUnknown };
}

/** `isUnknown`: paid with an admission that there is not. */
interface OrderManner {
  readonly isPaid: boolean;
  readonly isUnknown: boolean;
  readonly holdSeconds: number | null;
}

/**
 * Writes an order that is not paid yet and holds its items; with `isPaid` it is completed as if that had been reported afterwards.
 * Throws why an unpaid one would come to nothing.
 */
export async function createOrder(
  db: Transaction<Tables>,
  { tenant, now }: { tenant: Tenant; now: Date },
  wished: WishedOrder,
  { isPaid, isUnknown, holdSeconds }: OrderManner,
): Promise<OrderRow> {
  await claimId(db, "order", wished.id, tenant);
  const order = await insertOrder(db, { tenant, now }, wished);
  if (order === undefined) throw validationError([duplicateIssue("externalId")]);
  if (isPaid) {
    const payment = isUnknown ? refundUnknown : await payOrder(db, tenant, order);
    return store.updateOrder(db, tenant, order.id, { ...payment, paidAt: now });
  }
  const buyer = await lockBuyer(db, tenant, order);
  if (buyer === undefined) throw apiError(order.distributionKind === "draw" ? "NOT_IN_DRAW" : "NOT_IN_QUEUE");
  if (buyer !== null && buyer.refusal !== null) throw buyer.refusal;
  await refuseSecond(db, { tenant, now }, order, buyer?.admissionId ?? null);
  const { shortages, isHolding } = await reserveForOrder(db, order, buyer);
  if (shortages.length > 0) throw outOfStockFor(order, shortages);
  const heldUntil = isHolding
    ? new Date(now.getTime() + (holdSeconds ?? holdSecondsUnlessTold) * 1_000)
    : null;
  return store.updateOrder(db, tenant, order.id, { admissionId: buyer?.admissionId ?? null, heldUntil });
}

/** Throws where the admission has an order already that somebody may be paying: they would pay twice. Under the admission's lock. */
async function refuseSecond(
  db: Transaction<Tables>,
  { tenant, now }: { tenant: Tenant; now: Date },
  { id }: OrderRow,
  admissionId: string | null,
): Promise<void> {
  if (admissionId === null) return;
  const since = new Date(now.getTime() - holdSecondsUnlessTold * 1_000);
  const first = await store.findOrderBeingPaid(db, tenant, { admissionId, exceptOrderId: id, now, since });
  if (first === undefined) return;
  throw apiError("ADMISSION_USED", {
    details: { state: first.status, orderId: encodeId("order", first.id), hint: secondHint },
  });
}

const secondHint =
  "The admission has an order that is not paid yet. Complete that one, or cancel it before you make another.";

/** Undefined where another order has the external id. */
export function insertOrder(
  db: Transaction<Tables>,
  { tenant, now }: { tenant: Tenant; now: Date },
  wished: WishedOrder,
): Promise<OrderRow | undefined> {
  return store.insertOrder(db, {
    ...wished,
    organizationId: tenant.organizationId,
    isLive: tenant.isLive,
    status: "PENDING",
    items: JSON.stringify(wished.items),
    metadata: JSON.stringify(wished.metadata),
    createdAt: now,
    updatedAt: now,
  });
}
