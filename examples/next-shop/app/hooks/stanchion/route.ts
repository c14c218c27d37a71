import { takeWebhook } from "../../../../shop.ts";
import { openShop } from "../../../open-shop.ts";

export async function POST(request: Request): Promise<Response> {
  const { checkout, orders, webhookSecret } = openShop();
  const status = await takeWebhook(await request.text(), request.headers, {
    secret: webhookSecret,
    note(event) {
      checkout.note(event);
      orders.note(event);
    },
  });
  return new Response(null, { status });
}
