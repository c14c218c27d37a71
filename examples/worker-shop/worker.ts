/** A shop as a Worker: nothing but Request, Response, fetch and WebCrypto. */
import { type Checkout, protectCheckout } from "@stanchion/sdk/checkout";
import {
  checkoutPage,
  missingPage,
  Orders,
  orderPage,
  productPage,
  readSettings,
  type ShopSettings,
  takeWebhook,
} from "../shop.ts";

interface Shop {
  readonly settings: ShopSettings;
  readonly checkout: Checkout;
  /** In the memory of this one worker; a shop of yours has a database. */
  readonly orders: Orders;
}

let shop: Shop | null = null;

export default {
  async fetch(request: Request, env: Record<string, string>): Promise<Response> {
    shop ??= openShop(env);
    return answer(shop, request);
  },
};

function openShop(env: Record<string, string>): Shop {
  const settings = readSettings(env);
  return { settings, checkout: protectCheckout(settings.checkout), orders: new Orders() };
}

async function answer({ settings, checkout, orders }: Shop, request: Request): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  const order = orders.find(pathname.replace("/orders/", ""));
  switch (`${request.method} ${order === undefined ? pathname : "/orders"}`) {
    case "GET /":
      return html(productPage);
    case "GET /checkout":
      return checkout.handle(request, (_, { expiresAt }) =>
        html(checkoutPage(searchParams.get("shoe"), expiresAt)),
      );
    case "POST /checkout/pay":
      return checkout.handle(request, async () => {
        const { id } = await orders.buy({
          create: (details) => checkout.order(request, details),
          complete: (order) => checkout.complete(request, order),
        });
        return new Response(null, { status: 303, headers: { Location: `/orders/${id}` } });
      });
    case "GET /orders":
      return order === undefined ? html(missingPage, 404) : html(orderPage(order));
    case "POST /hooks/stanchion": {
      const status = await takeWebhook(await request.text(), request.headers, {
        secret: settings.webhookSecret,
        note(event) {
          checkout.note(event);
          orders.note(event);
        },
      });
      return new Response(null, { status });
    }
    default:
      return html(missingPage, 404);
  }
}

function html(body: string, status = 200): Response {
  return new Response(body, { status, headers: { "Content-Type": "text/html; charset=utf-8" } });
}
