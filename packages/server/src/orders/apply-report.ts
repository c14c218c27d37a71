import { decodeId, encodeId, type HookResult, type OrderItem } from "@stanchion/contract";
import type { Transaction } from "kysely";
import { findItemsById, findItemsBySku, itemIdOf } from "../catalog/index.ts";
import { claimId } from "../identity/index.ts";
import type { Tables } from "../platform/database/index.ts";
import type { Tenant } from "../platform/http/index.ts";
import { newUuid } from "../platform/randomness.ts";
import { type Buyer, lockBuyer, nobodyNamed } from "./buyer.ts";
import { type ChangeContext, cancelOrder, completeOrder, refundOrder } from "./change-order.ts";
import { insertOrder } from "./create-order.ts";
import type { HookEvent } from "./hook-store.ts";
import type { OrderRow } from "./order.ts";
import type { OrderReport } from "./order-report.ts";
import { reserveForOrder } from "./order-stock.ts";
import * as store from "./order-store.ts";
import { tellOfOrder } from "./tell-of-order.ts";

type Db = Transaction<Tables>;

/** `isRecordedAlways`: also what concerns no admission and nothing that is sold here. */
export interface ReportContext extends ChangeContext {
  readonly isRecordedAlways: boolean;
}

/** What came of a report, with the order as it is now. */
export interface AppliedReport extends HookEvent {
  readonly order: OrderRow | null;
}

/**
 * Does what a report says to the order of this number, which is made where there is none. Nothing is refused: the shop system
 * could not do anything about it.
 */
export async function applyReport(
  db: Db,
  context: ReportContext,
  report: OrderReport,
): Promise<AppliedReport> {
  const { tenant } = context;
  const known =
    (await store.lockOrderByExternalId(db, tenant, report.externalId)) ??
    (await makeOrder(db, context, report)) ??
    // Made by another report at this very moment.
    (await store.lockOrderByExternalId(db, tenant, report.externalId));
  if (known === undefined || known === "ignored") return { result: "IGNORED", orderId: null, order: null };
  const order = await changeOrder(db, context, report, known);
  return { result: resultOf(order), orderId: order.id, order };
}

async function changeOrder(
  db: Db,
  context: ReportContext,
  report: OrderReport,
  order: OrderRow,
): Promise<OrderRow> {
  switch (report.kind) {
    case "pending":
      return order;
    case "paid":
      return payReported(db, context, report, order);
    case "cancelled":
      return cancelOrder(db, context, order, report.reason);
  }
}

/** Whom the report names bought, where the order names nobody yet. */
async function payReported(
  db: Db,
  context: ReportContext,
  report: OrderReport,
  order: OrderRow,
): Promise<OrderRow> {
  const { tenant } = context;
  const isAnybodys = order.admissionId === null && order.consumerId === null;
  if (order.status !== "PENDING" || !isAnybodys) return completeOrder(db, context, order);
  const { isUnknown, ...buyer } = await buyerOf(db, tenant, report);
  // Whoever named this admission has paid, and nobody can be let in by it.
  if (isUnknown) return refundOrder(db, context, order, "ADMISSION_UNKNOWN");
  const named = buyer.distributionId === null ? order : await store.updateOrder(db, tenant, order.id, buyer);
  return completeOrder(db, context, named);
}

/** Undefined where another order has the number. */
async function makeOrder(
  db: Db,
  context: ReportContext,
  report: OrderReport,
): Promise<OrderRow | "ignored" | undefined> {
  const { tenant, now } = context;
  const { isUnknown, ...buyer } = await buyerOf(db, tenant, report);
  const items = await knownItems(db, tenant, report.items);
  const concerns = isUnknown || buyer.distributionId !== null || items.some(({ id }) => id !== null);
  if (!concerns && !context.isRecordedAlways) return "ignored";
  const made = await insertOrder(db, context, {
    ...buyer,
    id: newUuid(now.getTime()),
    externalId: report.externalId,
    items,
    total: report.total,
    currency: report.currency,
    metadata: isUnknown ? { stanchion_admission: report.admissionId ?? "" } : {},
  });
  if (made === undefined) return undefined;
  await claimId(db, "order", made.id, tenant);
  if (report.kind === "pending") await reserveForOrder(db, made, (await lockBuyer(db, tenant, made)) ?? null);
  await tellOfOrder(db, context, { ...context, events: ["order.created"], before: null, after: made });
  return made;
}

/** `isUnknown`: somebody is named whom there is not. */
async function buyerOf(
  db: Db,
  tenant: Tenant,
  { admissionId, queueId, drawId, consumerId }: OrderReport,
): Promise<Buyer & { isUnknown: boolean }> {
  const nobody = { ...nobodyNamed, isUnknown: admissionId !== null || consumerId !== null };
  if (admissionId !== null) {
    const id = decodeId("admission", admissionId);
    const place = id === null ? undefined : await store.findAdmissionPlace(db, tenant, id);
    return place === undefined ? nobody : { admissionId: id, ...place, isUnknown: false };
  }
  const distributionKind = queueId === null ? "draw" : "queue";
  const distributionId = decodeId(distributionKind, queueId ?? drawId ?? "");
  const consumer = decodeId("consumer", consumerId ?? "");
  if (distributionId === null || consumer === null) return nobody;
  if (!(await store.hasDistribution(db, tenant, distributionKind, distributionId))) return nobody;
  return { admissionId: null, distributionId, distributionKind, consumerId: consumer, isUnknown: false };
}

/** Items of ours by their ids or SKUs; what we do not know stays as the shop calls it. */
async function knownItems(db: Db, tenant: Tenant, items: readonly OrderItem[]): Promise<OrderItem[]> {
  const ids = items.flatMap(({ id }) => (id === null ? [] : [itemIdOf(id)]));
  const skus = items.flatMap(({ id, sku }) => (id === null && sku !== null ? [sku] : []));
  const byId = await findItemsById(db, tenant, ids);
  const bySku = await findItemsBySku(db, tenant, skus);
  return items.map((item) => {
    const found = item.id === null ? bySku.get(item.sku ?? "") : byId.get(itemIdOf(item.id));
    if (found === undefined) return { ...item, id: null, sku: item.sku ?? item.id };
    return { ...item, id: encodeId(found.kind, found.id), sku: found.sku };
  });
}

function resultOf({ status }: OrderRow): HookResult {
  return status === "PAID" ? "COMPLETED" : status;
}
