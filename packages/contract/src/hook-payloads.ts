/** What shop systems send to hooks, as far as it is read; the rest may come along. */
import * as v from "valibot";
import { clearable, currency, id, idOf, integer, price, text } from "./fields.ts";
import { limits } from "./limits.ts";

const externalId = text(1, limits.orderIdCharactersMax);

/** By Standard Webhooks: the shape is ours. An item is named by its id, or by its SKU. */
export const genericPayload = v.looseObject({
  type: text(1, 100),
  data: v.looseObject({
    externalId,
    admissionId: clearable(id("admission")),
    queueId: clearable(id("queue")),
    drawId: clearable(id("draw")),
    consumerId: clearable(id("consumer")),
    items: clearable(
      v.pipe(
        v.array(
          v.looseObject({
            id: clearable(idOf(["variant", "product"])),
            sku: clearable(text(1, limits.skuCharactersMax)),
            quantity: integer(1, limits.orderQuantityMax),
            price: clearable(price),
          }),
        ),
        v.maxLength(limits.orderItemsMax),
      ),
    ),
    total: clearable(price),
    currency: clearable(currency),
    reason: clearable(text(1, limits.reasonCharactersMax)),
  }),
});
/** What says of which kind a body is, before the rest of it is looked at. */
export const typedPayload = v.looseObject({ type: text(1, 100) });

const anyText = clearable(v.string());
/** An order of Shopify. */
export const shopifyOrder = v.looseObject({
  id: v.number(),
  cancelled_at: anyText,
  cancel_reason: anyText,
  total_price: anyText,
  currency: anyText,
  note_attributes: clearable(v.array(v.looseObject({ name: v.string(), value: v.optional(v.unknown()) }))),
  line_items: clearable(
    v.array(v.looseObject({ sku: anyText, title: anyText, quantity: v.number(), price: anyText })),
  ),
});

/** An event of Stripe, with the object that it is about. */
export const stripeEvent = v.looseObject({
  id: text(1, 255),
  type: text(1, 100),
  data: v.looseObject({
    object: v.looseObject({
      id: v.string(),
      payment_intent: v.optional(v.unknown()),
      payment_status: anyText,
      client_reference_id: anyText,
      metadata: clearable(v.record(v.string(), v.unknown())),
      amount_total: clearable(v.number()),
      currency: anyText,
      refunded: clearable(v.boolean()),
    }),
  }),
});
/** As {@link typedPayload}, of Stripe, where the event has its own id in the body. */
export const stripeTyped = v.looseObject({ id: text(1, 255), type: text(1, 100) });
