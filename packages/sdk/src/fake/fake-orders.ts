import {
  fieldIssue,
  type Order,
  type OrderCreate,
  type RefundReason,
  type ValidationIssue,
} from "@stanchion/contract";
import { idOf, timeOf } from "./fake-ids.ts";
import type { AdmissionHolder, FakeWorld } from "./fake-world.ts";
import { Refusal, refuse } from "./refusal.ts";

/** Reports an order, as a shop's checkout does. */
export function createOrder(world: FakeWorld, body: OrderCreate): Order {
  const issues = buyerIssues(body);
  const holder = issues.length === 0 ? findHolder(world, body) : null;
  const items = body.items ?? [];
  // The fake has no catalogue: no item can be found in it.
  for (const [index, { id }] of items.entries())
    issues.push(fieldIssue(["items", index, "id"], "reference", "variant, or product without variants", id));
  if (holder === unknownAdmission && body.paid !== true)
    issues.push(fieldIssue("admissionId", "reference", "admission", body.admissionId ?? ""));
  if (issues.length > 0) throw refuse("VALIDATION_ERROR", { issues });
  const now = timeOf(world.clock.now());
  const isUnknown = holder === unknownAdmission;
  const known = holder === unknownAdmission ? null : holder;
  const order: Order = {
    id: body.id ?? idOf("order"),
    status: "PENDING",
    admissionId: known?.admission?.id ?? null,
    distributionId: known?.distributionId ?? null,
    consumerId: known?.consumerId ?? null,
    externalId: body.externalId ?? null,
    items: [],
    total: body.total ?? null,
    currency: body.currency ?? null,
    reason: null,
    refundReason: isUnknown ? "ADMISSION_UNKNOWN" : null,
    metadata: { ...body.metadata, ...(isUnknown ? { stanchion_admission: body.admissionId ?? "" } : {}) },
    paidAt: null,
    heldUntil: null,
    cancelledAt: null,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
  if (body.paid !== true) known?.requireUsable();
  world.orders.set(order.id, { order, holder: known });
  return body.paid === true ? pay(world, order.id, 1) : order;
}

/** Reports that an order is paid; repeating changes nothing. */
export function completeOrder(world: FakeWorld, orderId: string): Order {
  const { order } = requireOrder(world, orderId);
  return order.paidAt === null ? pay(world, orderId, order.version + 1) : order;
}

/** Cancels an order; an admission that it used up stays used. */
export function cancelOrder(world: FakeWorld, orderId: string, reason: string | null): Order {
  const { order } = requireOrder(world, orderId);
  const now = timeOf(world.clock.now());
  if (order.status === "CANCELLED") return order;
  return keep(world, orderId, {
    status: "CANCELLED",
    reason,
    cancelledAt: now,
    updatedAt: now,
    version: order.version + 1,
  });
}

export function requireOrder(world: FakeWorld, orderId: string) {
  const found = world.orders.get(orderId);
  if (found === undefined) throw refuse("ORDER_NOT_FOUND");
  return found;
}

/** What an order names that there is not. */
const unknownAdmission = "unknown admission";

function pay(world: FakeWorld, orderId: string, version: number): Order {
  const { order, holder } = requireOrder(world, orderId);
  const now = timeOf(world.clock.now());
  const refundReason =
    order.status === "CANCELLED" ? "ORDER_CANCELLED" : (order.refundReason ?? tryToUse(holder, orderId));
  const status = refundReason === null ? "PAID" : "REFUND_NEEDED";
  return keep(world, orderId, { status, refundReason, paidAt: now, updatedAt: now, version });
}

/** Uses the admission up; or why it cannot be. */
function tryToUse(holder: AdmissionHolder | null, orderId: string): RefundReason | null {
  try {
    holder?.use(orderId);
    return null;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code, facts } = error;
    if (code === "ADMISSION_USED" || code === "ADMISSION_EXPIRED") return code;
    if (facts.details?.state === "LEFT") return "ADMISSION_LEFT";
    return facts.details?.state === "DENIED" ? "ADMISSION_DENIED" : "NOT_ADMITTED";
  }
}

function keep(world: FakeWorld, orderId: string, change: Partial<Order>): Order {
  const { order: before, holder } = requireOrder(world, orderId);
  const order = { ...before, ...change };
  world.orders.set(orderId, { order, holder });
  return order;
}

/** Whose order it is; null: nobody is named. */
function findHolder(world: FakeWorld, body: OrderCreate): AdmissionHolder | typeof unknownAdmission | null {
  const { admissionId, queueId, drawId, consumerId } = body;
  if (admissionId) return holderOfAdmission(world, admissionId) ?? unknownAdmission;
  if (!consumerId) return null;
  const queue = queueId ? world.queues.get(queueId) : undefined;
  const draw = drawId ? world.draws.get(drawId) : undefined;
  if (queue) return queue.holderOf(queue.latestOf(consumerId));
  if (draw) return draw.holderOf(draw.latestOf(consumerId));
  const [field, id] = queueId ? (["queue", queueId] as const) : (["draw", drawId ?? ""] as const);
  throw refuse("VALIDATION_ERROR", { issues: [fieldIssue(`${field}Id`, "reference", field, id)] });
}

function holderOfAdmission({ queues, draws }: FakeWorld, admissionId: string): AdmissionHolder | null {
  for (const queue of queues.values()) {
    const stay = queue.entryOfAdmission(admissionId);
    if (stay !== undefined) return queue.holderOf(stay);
  }
  for (const draw of draws.values()) {
    const entry = draw.entryOfAdmission(admissionId);
    if (entry !== undefined) return draw.holderOf(entry);
  }
  return null;
}

/** Either an admission, or a consumer with one queue or draw, or nothing of these. */
function buyerIssues({ admissionId, queueId, drawId, consumerId }: OrderCreate): ValidationIssue[] {
  if (admissionId)
    return Object.entries({ queueId, drawId, consumerId }).flatMap(([field, value]) =>
      value ? [fieldIssue(field, "pattern", "left out where admissionId says who bought", value)] : [],
    );
  const issues: ValidationIssue[] = [];
  if (queueId && drawId)
    issues.push(fieldIssue("drawId", "pattern", "left out where there is a queueId", drawId));
  const isPlaced = Boolean(queueId || drawId);
  if (isPlaced && !consumerId) issues.push(fieldIssue("consumerId", "required", "string", "undefined"));
  if (!isPlaced && consumerId)
    issues.push(fieldIssue("queueId", "required", "queueId or drawId", "undefined"));
  return issues;
}
