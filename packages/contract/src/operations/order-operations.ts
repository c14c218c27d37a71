/** Orders: what the shop's checkout reports back. */
import * as v from "valibot";
import { id, text } from "../fields.ts";
import { limits } from "../limits.ts";
import * as shapes from "../order-resources.ts";
import { listOf, noBody } from "../resources.ts";
import { listQuery, type OperationShape, secretGeneral } from "./operation-shape.ts";

const orderListQuery = v.object({
  first: listQuery.first,
  after: listQuery.after,
  status: v.optional(v.picklist(shapes.orderStatuses)),
  externalId: v.optional(text(1, limits.orderIdCharactersMax)),
  consumerId: v.optional(id("consumer")),
  admissionId: v.optional(id("admission")),
});
const orderErrors = ["ORDER_NOT_FOUND", "OTHER_ORGANIZATION"] as const;
const onOrder = { ...secretGeneral, tag: "orders" } as const;
/** What other systems call, as they report admissions. */
const reported = { access: "secret", rateClass: "webhook", tag: "orders", keptLongest: true } as const;
const orderPath = "/api/v1/orders/{orderId}";

export const orderOperations = {
  createOrder: {
    ...reported,
    method: "POST",
    path: "/api/v1/orders",
    summary: "Report an order; with `paid` it is completed at once and its admission used up",
    body: shapes.orderCreate,
    status: 201,
    answer: shapes.order,
    idempotent: true,
    errors: [
      "ALREADY_EXISTS",
      "NOT_IN_QUEUE",
      "NOT_IN_DRAW",
      "ADMISSION_EXPIRED",
      "ADMISSION_USED",
      "INVALID_STATE",
      "OUT_OF_STOCK",
    ],
  },
  listOrders: {
    ...onOrder,
    method: "GET",
    path: "/api/v1/orders",
    summary: "List orders, newest first",
    query: orderListQuery,
    status: 200,
    answer: listOf(shapes.order),
    errors: [],
  },
  readOrder: {
    ...onOrder,
    method: "GET",
    path: orderPath,
    summary: "Read an order",
    status: 200,
    answer: shapes.order,
    errors: [...orderErrors],
  },
  updateOrder: {
    ...onOrder,
    method: "PATCH",
    path: orderPath,
    summary: "Change what the shop notes of an order by a merge patch: its own number, and metadata",
    body: shapes.orderPatch,
    status: 200,
    answer: shapes.order,
    ifMatch: true,
    errors: [...orderErrors],
  },
  completeOrder: {
    ...reported,
    method: "POST",
    path: `${orderPath}/complete`,
    summary:
      "Report that an order is paid: its admission is used up, or the order is REFUND_NEEDED where it cannot be honoured",
    body: noBody,
    bodyNeeded: false,
    status: 200,
    answer: shapes.order,
    idempotent: true,
    errors: [...orderErrors],
  },
  cancelOrder: {
    ...reported,
    method: "POST",
    path: `${orderPath}/cancel`,
    summary: "Cancel an order, paid or not; an admission that it used up stays used",
    body: shapes.orderCancel,
    bodyNeeded: false,
    status: 200,
    answer: shapes.order,
    idempotent: true,
    errors: [...orderErrors, "VALIDATION_ERROR"],
  },
} as const satisfies Record<string, OperationShape>;
