import { limits, type OrderItem, shapes } from "@stanchion/contract";
import {
  amountOf,
  currencyOf,
  keptText,
  nobodyReported,
  type OrderReport,
  quantityOf,
  type ReceivedCall,
  type ReceivedEvent,
  readPayload,
} from "./order-report.ts";

const admissionAttribute = "stanchion_admission";
type ShopifyOrder = ReturnType<typeof readOrder>;

/** What Shopify reports. Its topic and its ids stand in headers, which are not signed: what was signed must say the same. */
export function shopifyReport({ headers, payload }: ReceivedCall): ReceivedEvent {
  const topic = keptText(String(headers["x-shopify-topic"] ?? ""), 100) ?? "";
  const sentAs = headers["x-shopify-webhook-id"] ?? headers["x-shopify-event-id"];
  const eventId = typeof sentAs === "string" && sentAs !== "" ? sentAs : null;
  if (topic !== "orders/paid" && topic !== "orders/cancelled") return { eventId, topic, report: null };
  const order = readOrder(payload);
  const isCancelled = order.cancelled_at != null;
  // Of an order that lives on nobody can be told that it was cancelled.
  if (topic === "orders/cancelled" && !isCancelled) return { eventId, topic, report: null };
  return { eventId, topic, report: reportOf(order, isCancelled ? "cancelled" : "paid") };
}

function readOrder(payload: object) {
  return readPayload(shapes.shopifyOrder, payload);
}

function reportOf(order: ShopifyOrder, kind: OrderReport["kind"]): OrderReport {
  const attribute = order.note_attributes?.find(({ name }) => name === admissionAttribute)?.value;
  const currency = currencyOf(order.currency);
  return {
    ...nobodyReported,
    kind,
    externalId: String(order.id),
    admissionId: typeof attribute === "string" ? keptText(attribute.trim(), 100) : null,
    items: (order.line_items ?? []).slice(0, limits.orderItemsMax).flatMap((line): OrderItem[] => {
      const quantity = quantityOf(line.quantity);
      const sku =
        keptText(line.sku, limits.skuCharactersMax) ?? keptText(line.title, limits.skuCharactersMax);
      const price = currency === null ? null : amountOf(line.price);
      return quantity === null ? [] : [{ id: null, sku, quantity, price }];
    }),
    total: currency === null ? null : amountOf(order.total_price),
    currency,
    reason: kind === "cancelled" ? keptText(order.cancel_reason, limits.reasonCharactersMax) : null,
  };
}
